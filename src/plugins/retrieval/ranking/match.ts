import { isStatement } from '#core/text/statements.ts';
import type { Span } from '#core/turn.ts';
import type { Reading } from '../analysis/passage-analysis.ts';
import { type QueryTerms, shareOfPieces } from '../analysis/query-terms.ts';

/** A sentence of a passage, with what it has of the question; offsets into the passage's text. */
export interface SentenceMatch extends Span {
  readonly text: string;
  /** Tokens. */
  readonly length: number;
  /** The count of each token of the question. */
  readonly counts: ReadonlyMap<number, number>;
  /** The share of the question's weight that it has, 0..1. */
  readonly coverage: number;
}

/** A passage, read once for all that the second stage wants to know of it. */
export interface PassageMatch {
  readonly sentences: readonly SentenceMatch[];
  /** Number of first sentences that are headings. */
  readonly headings: number;
  /** The share of the question in the last of those headings, reduced by its other words, 0..1. */
  readonly heading: number;
  /** 0..1 */
  readonly coverage: number;
  /** The positions of each token of the question, in tokens, rising. */
  readonly places: ReadonlyMap<number, readonly number[]>;
  /** The share of the question's pieces of words that it has, 0..1. */
  readonly pieces: number;
}

/** Maximum number of headings at the start of a passage. */
const MOST_HEADINGS = 3;
/** The minimum share of the question's weight for a heading to be its answer. Many headings name the question's topic. */
const WHOLE_QUESTION = 0.75;

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
  const headings = headingsIn(sentences);
  const own = sentences[headings - 1];
  const asks = own !== undefined && own.coverage >= WHOLE_QUESTION;
  const heading = asks ? own.coverage * shareOf(own.counts, reading.sentences[headings - 1]?.tokens) : 0;
  return { sentences, headings, heading, coverage: coverageOf(places.keys(), terms), places, pieces };
}

function headingsIn(sentences: readonly SentenceMatch[]): number {
  const first = sentences.slice(0, MOST_HEADINGS + 1).findIndex(({ text }) => isStatement(text));
  return Math.max(0, first);
}

/** The share of a sentence's tokens that the question has. */
const shareOf = (counts: ReadonlyMap<number, number>, tokens: Uint32Array | undefined): number =>
  counts.size / Math.max(1, new Set(tokens).size);

/** The share of the question's weight that these tokens are. */
export function coverageOf(tokens: Iterable<number>, { weights, total }: QueryTerms): number {
  if (total === 0) return 0;
  let held = 0;
  for (const token of tokens) held += weights.get(token) ?? 0;
  return Math.min(1, held / total);
}
