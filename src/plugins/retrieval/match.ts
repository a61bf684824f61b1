import { sentences } from '#core/sentences.ts';
import type { Span } from '#core/turn.ts';
import { joinedWords, type QueryTerms, shareOfPieces } from './query-terms.ts';
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
  const passage = readPassage(text);
  let place = 0;
  const found = passage.sentences.map(({ start, end, tokens }): SentenceMatch => {
    const counts = new Map<string, number>();
    for (const token of tokens) {
      place += 1;
      if (!terms.weights.has(token)) continue;
      counts.set(token, (counts.get(token) ?? 0) + 1);
      const known = places.get(token);
      if (known) known.push(place);
      else places.set(token, [place]);
    }
    return {
      start,
      end,
      text: text.slice(start, end),
      length: tokens.length,
      counts,
      coverage: coverageOf(counts.keys(), terms),
    };
  });
  const pieces = shareOfPieces(passage.words, terms.pieces);
  return { sentences: found, coverage: coverageOf(places.keys(), terms), places, pieces };
}

/** Of a passage, what no question changes. */
interface ReadPassage {
  /** Single CJK characters left out: they are everywhere. */
  readonly sentences: readonly (Span & { readonly tokens: readonly string[] })[];
  readonly words: string;
}

/** Passages that are remembered: the same ones are candidates for one question after the other. */
const MOST_READ = 2_000;
let read = new Map<string, ReadPassage>();
let readBefore = read;

function readPassage(text: string): ReadPassage {
  const known = read.get(text) ?? readBefore.get(text);
  if (known) return known;
  const parts = sentences(text).map(({ start, end }) => ({
    start,
    end,
    tokens: tokenize(text.slice(start, end)).filter((token) => !isCjkSingle(token)),
  }));
  const passage = { sentences: parts, words: joinedWords(new Set(parts.flatMap(({ tokens }) => tokens))) };
  if (read.size >= MOST_READ) {
    readBefore = read;
    read = new Map();
  }
  read.set(text, passage);
  return passage;
}

/** The share of the question's weight that these tokens are. */
export function coverageOf(tokens: Iterable<string>, { weights, total }: QueryTerms): number {
  if (total === 0) return 0;
  let held = 0;
  for (const token of tokens) held += weights.get(token) ?? 0;
  return Math.min(1, held / total);
}
