import { sentences } from './sentences.ts';
import type { Citation, Passage, Span } from './turn.ts';
import { comparableWords, isCjk, negationsIn, numbersIn } from './words.ts';

/** A sentence with less of its weight borne out gets no citation. */
const LEAST_SUPPORT = 0.6;
/** What a second sentence must add, for both to be cited. */
const WORTH_A_SECOND = 0.15;
/** Shorter literal matches happen by chance; UTF-16 code units. */
const LEAST_QUOTATION = { cjk: 5, other: 12 };
const MOST_SENTENCES = 400;

interface Source extends Span {
  readonly passage: Passage;
  readonly text: string;
  readonly words: ReadonlySet<string>;
}

/**
 * Aligns a finished answer with the passages that it was given: literal quotations first, then each other sentence with the
 * one or two adjacent sentences of a passage that hold most of its words, weighted by how rare they are among the passages.
 * A sentence whose numbers are not in the source, or that differs from it in negation, is not borne out.
 *
 * What comes back is verified: `quote` is what `[start, end)` cuts out of the document, `[answerStart, answerEnd)` lies in the
 * answer, and no offset splits a surrogate pair. In the order of the answer.
 */
export function cite(answer: string, passages: readonly Passage[]): Citation[] {
  const sources = passages.flatMap(sourcesOf).slice(0, MOST_SENTENCES);
  if (sources.length === 0) return [];
  const quoted = quotations(answer, sources);
  const weights = rarity(sources);
  const aligned = sentences(answer)
    .filter(
      (sentence) =>
        !quoted.some((citation) => citation.answerStart < sentence.end && sentence.start < citation.answerEnd),
    )
    .flatMap((sentence) => align(answer, sentence, sources, weights) ?? []);
  return [...quoted, ...aligned]
    .filter((citation) => isSound(answer, citation))
    .sort((a, b) => a.answerStart - b.answerStart);
}

function sourcesOf(passage: Passage): Source[] {
  return sentences(passage.text).map(({ start, end }) => {
    const text = passage.text.slice(start, end);
    return { passage, start, end, text, words: new Set(comparableWords(text)) };
  });
}

/** Every place where the answer says a source sentence word for word; the longest wins where two overlap. */
function quotations(answer: string, sources: readonly Source[]): Citation[] {
  const found: Citation[] = [];
  for (const source of sources.toSorted((a, b) => b.text.length - a.text.length)) {
    if (source.text.length < (isCjk(source.text) ? LEAST_QUOTATION.cjk : LEAST_QUOTATION.other)) continue;
    const answerStart = answer.indexOf(source.text);
    const answerEnd = answerStart + source.text.length;
    if (answerStart < 0 || found.some((other) => other.answerStart < answerEnd && answerStart < other.answerEnd))
      continue;
    found.push(citation(source.passage, source, { start: answerStart, end: answerEnd }, 1));
  }
  return found;
}

/** How much a word tells: the logarithm of one over its share of the source sentences. */
function rarity(sources: readonly Source[]): (word: string) => number {
  const counts = new Map<string, number>();
  for (const { words } of sources) for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return (word) => Math.log(1 + (sources.length + 1) / ((counts.get(word) ?? 0) + 0.5));
}

function align(
  answer: string,
  sentence: Span,
  sources: readonly Source[],
  weightOf: (word: string) => number,
): Citation | undefined {
  const text = answer.slice(sentence.start, sentence.end);
  const words = new Set(comparableWords(text));
  const total = sum(words, weightOf);
  if (total === 0) return undefined;
  const shareOf = (...of: readonly Source[]) =>
    sum(new Set([...words].filter((word) => of.some((source) => source.words.has(word)))), weightOf) / total;

  let best: { readonly span: Span; readonly passage: Passage; readonly share: number } | undefined;
  for (const [index, source] of sources.entries()) {
    const alone = shareOf(source);
    if (alone === 0) continue;
    const next = sources[index + 1];
    const both = next?.passage === source.passage ? shareOf(source, next) : 0;
    const [share, end] = next && both >= alone + WORTH_A_SECOND ? [both, next.end] : [alone, source.end];
    if (share < LEAST_SUPPORT || share <= (best?.share ?? 0)) continue;
    const cut = source.passage.text.slice(source.start, end);
    if (bearsOut(text, cut)) best = { span: { start: source.start, end }, passage: source.passage, share };
  }
  return best && citation(best.passage, best.span, sentence, Math.min(1, best.share));
}

const sum = (words: Iterable<string>, weightOf: (word: string) => number): number => {
  let total = 0;
  for (const word of words) total += weightOf(word);
  return total;
};

function bearsOut(claim: string, source: string): boolean {
  const known = new Set(numbersIn(source));
  return numbersIn(claim).every((number) => known.has(number)) && negationsIn(claim) > 0 === negationsIn(source) > 0;
}

/** `span` is within the passage's text. */
function citation(passage: Passage, span: Span, inAnswer: Span, support: number): Citation {
  return {
    passage,
    start: passage.start + span.start,
    end: passage.start + span.end,
    quote: passage.text.slice(span.start, span.end),
    answerStart: inAnswer.start,
    answerEnd: inAnswer.end,
    support,
  };
}

function isSound(answer: string, { passage, start, end, quote, answerStart, answerEnd }: Citation): boolean {
  const cut = passage.text.slice(start - passage.start, end - passage.start);
  return (
    start >= passage.start &&
    start < end &&
    end <= passage.end &&
    cut === quote &&
    quote.isWellFormed() &&
    answerStart < answerEnd &&
    answerEnd <= answer.length &&
    answer.slice(answerStart, answerEnd).isWellFormed()
  );
}
