import { sentences } from '#core/text/sentences.ts';
import { isStatement } from '#core/text/statements.ts';
import { comparableWords, isCjk, isFunctionWord } from '#core/text/words.ts';
import type { Highlight, Passage } from '#core/turn.ts';

export interface Chosen {
  readonly passage: Passage;
  /** Word for word as in the passage, from `start` of its text. */
  readonly text: string;
  readonly start: number;
  readonly score: number;
  /** False for a heading or a line of code. */
  readonly isStatement: boolean;
}

/**
 * The minimum share of a question's weight in an answering sentence. The value separates XQuAD's answerable questions best from
 * questions whose article was removed. Pairs of Chinese characters match less often than words.
 */
const RELEVANT = { cjk: 0.24, other: 0.34 };
/** The minimum of a further sentence, relative to the best one's rank and to its score alone. */
const ALSO_RELEVANT = { rank: 0.7, score: 0.4 };
const MOST_SENTENCES = 3;
/** The factor for a sentence that is no statement. It is left out beside a statement. */
const FRAGMENT = 0.5;
/** The weight of the passage's score against the sentence's. */
const PASSAGE_WEIGHT = 0.8;
/** UTF-16 code units: shorter text says nothing unless it has most of the question, longer text is not a sentence. */
const SHORTEST = { cjk: 5, other: 12, telling: 3 };
const TELLING = 0.7;
const LONGEST = 1_500;

/**
 * Chooses the one to three sentences of the passages that answer best, best first; none if nothing is relevant. A heading or
 * a line of code is chosen only if it answers better than every statement.
 */
export function chooseSentences(query: string, passages: readonly Passage[], cjk: boolean): Chosen[] {
  const candidates = passages.flatMap((passage) =>
    (passage.highlights ?? overlaps(query, passage)).flatMap((one) => candidateOf(passage, one)),
  );
  const nearest = candidates.toSorted((a, b) => closeness(b) - closeness(a))[0];
  if (!nearest || nearest.score < (cjk ? RELEVANT.cjk : RELEVANT.other)) return [];
  candidates.sort((a, b) => rank(b) - rank(a));
  const best = candidates[0] as Chosen;
  const chosen: Chosen[] = [];
  for (const one of candidates) {
    if (chosen.length === MOST_SENTENCES) break;
    const isRelevant = rank(one) >= rank(best) * ALSO_RELEVANT.rank && one.score >= best.score * ALSO_RELEVANT.score;
    if (!isRelevant || (best.isStatement && !one.isStatement)) continue;
    if (!chosen.some(({ text }) => text === one.text)) chosen.push(one);
  }
  return withValues(chosen);
}

/** A name that stands above its value, or a heading: its letters are no code, and no mark ends it. */
const LABEL = /^[\p{L}\p{N}][^=(){}[\]<>;|$\\\n\t]{0,60}$/u;

/** Adds the sentence after a name or a heading, which by itself answers nothing. */
function withValues(chosen: readonly Chosen[]): Chosen[] {
  return chosen.flatMap((one) => {
    if (one.isStatement || !LABEL.test(one.text)) return [one];
    const end = one.start + one.text.length;
    const after = one.passage.text.slice(end, end + LONGEST);
    const [next] = sentences(after);
    const text = next && after.slice(next.start, next.end);
    const isKnown = chosen.some(({ passage, start }) => passage === one.passage && next && start === end + next.start);
    if (!next || !text || isKnown || text.startsWith('#') || !/^\s*\n/.test(after)) return [one];
    return [one, { ...one, text, start: end + next.start }];
  });
}

/** The score of a sentence together with its passage. */
const closeness = ({ passage, score }: Chosen): number => score + PASSAGE_WEIGHT * passage.score;
const rank = (one: Chosen): number => closeness(one) - (one.isStatement ? 0 : one.score * (1 - FRAGMENT));

/** Highlights come from a plugin and are untrusted. Ignores those outside of the passage, those that cut no sentence out of it, and scores outside of 0..1. */
export function candidateOf(passage: Passage, { start, end, score }: Highlight): Chosen[] {
  const text = passage.text.slice(start, end);
  const shortest = score >= TELLING ? SHORTEST.telling : isCjk(text) ? SHORTEST.cjk : SHORTEST.other;
  const lies = Number.isInteger(start) && Number.isInteger(end) && start >= 0 && end <= passage.text.length;
  const isUsable = text.length >= shortest && text.length <= LONGEST && text === text.trim() && text.isWellFormed();
  return lies && isUsable && score >= 0 && score <= 1
    ? [{ passage, text, start, score, isStatement: isStatement(text) }]
    : [];
}

/** For passages without highlights: the share of the question's words in each sentence. */
function overlaps(query: string, { text }: Passage): Highlight[] {
  const asked = new Set(comparableWords(query).filter((word) => !isFunctionWord(word)));
  return sentences(text).map((span) => {
    const held = new Set(comparableWords(text.slice(span.start, span.end)));
    return { ...span, score: [...asked].filter((word) => held.has(word)).length / Math.max(1, asked.size) };
  });
}
