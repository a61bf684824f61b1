import type { Span } from '#core/turn.ts';
import type { Reading } from './analysis.ts';
import { type QueryTerms, shareOfPieces } from './query-terms.ts';

/** A sentence of a passage, with what it has of the question; offsets into the passage's text. */
export interface SentenceMatch extends Span {
  readonly text: string;
  /** Tokens. */
  readonly length: number;
  /** How often it has each token of the question. */
  readonly counts: ReadonlyMap<number, number>;
  /** The share of the question's weight that it has, 0..1. */
  readonly coverage: number;
}

/** A passage, read once for all that the second stage wants to know of it. */
export interface PassageMatch {
  readonly sentences: readonly SentenceMatch[];
  /** 0..1 */
  readonly coverage: number;
  /** Where each token of the question stands, counted in tokens, rising. */
  readonly places: ReadonlyMap<number, readonly number[]>;
  /** The share of the question's pieces of words that it has, 0..1. */
  readonly pieces: number;
}

export function matchPassage(reading: Reading, terms: QueryTerms): PassageMatch {
  const places = new Map<number, number[]>();
  let place = 0;
  const sentences = reading.sentences.map(({ start, end, tokens }): SentenceMatch => {
    const counts = new Map<number, number>();
    for (const token of tokens) {
      place += 1;
      if (!terms.weights.has(token)) continue;
      counts.set(token, (counts.get(token) ?? 0) + 1);
      const known = places.get(token);
      if (known) known.push(place);
      else places.set(token, [place]);
    }
    const text = reading.text.slice(start, end);
    return { start, end, text, length: tokens.length, counts, coverage: coverageOf(counts.keys(), terms) };
  });
  const pieces = shareOfPieces(reading.text, (token) => places.has(token), terms.pieces);
  return { sentences, coverage: coverageOf(places.keys(), terms), places, pieces };
}

/** The share of the question's weight that these tokens are. */
export function coverageOf(tokens: Iterable<number>, { weights, total }: QueryTerms): number {
  if (total === 0) return 0;
  let held = 0;
  for (const token of tokens) held += weights.get(token) ?? 0;
  return Math.min(1, held / total);
}
