import { sentences } from '#core/sentences.ts';
import type { Span } from '#core/turn.ts';
import { type QueryTerms, shareOfPieces } from './query-terms.ts';
import { isCjkSingle, tokenize } from './tokens.ts';

/** A sentence of a passage, with what it has of the question; offsets into the passage's text. */
export interface SentenceMatch extends Span {
  readonly text: string;
  /** Tokens. */
  readonly length: number;
  /** How often it has each token of the question. */
  readonly counts: ReadonlyMap<string, number>;
  /** The share of the question's weight that it has, 0..1. */
  readonly coverage: number;
}

/** A passage, read once for all that the second stage wants to know of it. */
export interface PassageMatch {
  readonly sentences: readonly SentenceMatch[];
  /** 0..1 */
  readonly coverage: number;
  /** Where each token of the question stands, counted in tokens, rising. */
  readonly places: ReadonlyMap<string, readonly number[]>;
  /** The share of the question's pieces of words that it has, 0..1. */
  readonly pieces: number;
}

export function matchPassage(text: string, terms: QueryTerms): PassageMatch {
  const places = new Map<string, number[]>();
  const seen = new Set<string>();
  let place = 0;
  const found = sentences(text).map(({ start, end }): SentenceMatch => {
    const sentence = text.slice(start, end);
    const counts = new Map<string, number>();
    const from = place;
    for (const token of tokenize(sentence)) {
      if (isCjkSingle(token)) continue;
      place += 1;
      if (terms.weights.has(token)) {
        counts.set(token, (counts.get(token) ?? 0) + 1);
        const known = places.get(token);
        if (known) known.push(place);
        else places.set(token, [place]);
      } else seen.add(token);
    }
    return { start, end, text: sentence, length: place - from, counts, coverage: coverageOf(counts.keys(), terms) };
  });
  for (const token of places.keys()) seen.add(token);
  return { sentences: found, coverage: coverageOf(places.keys(), terms), places, pieces: shareOfPieces(seen, terms.pieces) };
}

/** The share of the question's weight that these tokens are. */
export function coverageOf(tokens: Iterable<string>, { weights, total }: QueryTerms): number {
  if (total === 0) return 0;
  let held = 0;
  for (const token of tokens) held += weights.get(token) ?? 0;
  return Math.min(1, held / total);
}
