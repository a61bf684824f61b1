import { sentences } from '../text/sentences.ts';
import { comparableWords, isCjk, isFunctionWord, negatedWords, numbersIn } from '../text/words.ts';
import type { Citation, Passage, Span } from '../turn.ts';

/** A sentence with less support gets no citation. The value separates BEGIN's attributable answers best from the others. */
const LEAST_SUPPORT = 0.55;
/** The support that a second sentence must add for both to be cited. */
const WORTH_A_SECOND = 0.15;
/** Shorter literal matches happen by chance; UTF-16 code units. */
const LEAST_QUOTATION = { cjk: 5, other: 12 };
/** The minimum share of an answer's sentence that a quotation must cover for the sentence to count as quoted. */
const MOSTLY = 0.6;
const FUNCTION_WORD_WEIGHT = 0.2;
/** Almost any text contains this few content words by chance. In Chinese they are pairs of characters. */
const LEAST_WORDS = { cjk: 4, other: 3 };
const MOST_SOURCES = 400;

/** A sentence of a passage; offsets into the passage's text. */
interface Source extends Span {
  readonly passage: Passage;
  readonly text: string;
  readonly words: ReadonlySet<string>;
}

/** All sentences of all passages, with the way from a word to those that have it. */
interface Sources {
  readonly list: readonly Source[];
  readonly having: ReadonlyMap<string, readonly number[]>;
}

/**
 * Aligns a finished answer with its passages: literal quotations first, then each other sentence with the
 * one or two adjacent sentences of a passage that hold most of its words, weighted by how rare they are among the passages.
 * A source does not support a sentence with a number that it lacks, or a sentence that negates what it says (or the reverse).
 *
 * The result is verified: `quote` is what `[start, end)` cuts out of the document, `[answerStart, answerEnd)` lies in the
 * answer, and no offset splits a surrogate pair. Sorted by position in the answer, without overlap there.
 */
export function cite(answer: string, passages: readonly Passage[]): Citation[] {
  const sources = sourcesOf(passages);
  if (sources.list.length === 0) return [];
  const said = sentences(answer);
  const quoted = quotations(answer, said, sources.list);
  const aligned = said
    .filter((sentence) => !quoted.some((citation) => overlap(sentence, spanInAnswer(citation)) > 0))
    .flatMap((sentence) => quotedIn(answer, sentence, passages) ?? align(answer, sentence, sources) ?? []);
  return [...quoted, ...aligned]
    .filter((citation) => isSound(answer, citation))
    .sort((a, b) => a.answerStart - b.answerStart);
}

function sourcesOf(passages: readonly Passage[]): Sources {
  const list: Source[] = [];
  const having = new Map<string, number[]>();
  for (const passage of passages) {
    for (const { start, end } of sentences(passage.text)) {
      if (list.length === MOST_SOURCES) return { list, having };
      const text = passage.text.slice(start, end);
      const words = new Set(comparableWords(text));
      for (const word of words) {
        const places = having.get(word);
        if (places) places.push(list.length);
        else having.set(word, [list.length]);
      }
      list.push({ passage, start, end, text, words });
    }
  }
  return { list, having };
}

const isLongEnough = (text: string): boolean =>
  text.length >= (isCjk(text) ? LEAST_QUOTATION.cjk : LEAST_QUOTATION.other);

/** Finds source sentences that the answer repeats word for word as most of one of its sentences. The longest win. */
function quotations(answer: string, said: readonly Span[], sources: readonly Source[]): Citation[] {
  const found: Citation[] = [];
  for (const source of sources.toSorted((a, b) => b.text.length - a.text.length)) {
    if (!isLongEnough(source.text)) continue;
    const start = answer.indexOf(source.text);
    const place = { start, end: start + source.text.length };
    if (start < 0 || found.some((other) => overlap(place, spanInAnswer(other)) > 0)) continue;
    const touched = said.filter((sentence) => overlap(sentence, place) > 0);
    if (touched.some((sentence) => overlap(sentence, place) < MOSTLY * (sentence.end - sentence.start))) continue;
    found.push(citation(source.passage, source, place, 1));
  }
  return found;
}

/** Finds an answer's sentence word for word within a longer sentence of a passage. The last punctuation mark may differ. */
function quotedIn(answer: string, sentence: Span, passages: readonly Passage[]): Citation | undefined {
  const text = answer.slice(sentence.start, sentence.end).replace(/[.!?。！？]$/, '');
  if (!isLongEnough(text)) return undefined;
  for (const passage of passages) {
    const start = passage.text.indexOf(text);
    if (start >= 0 && isWholeWords(passage.text, start, start + text.length))
      return citation(passage, { start, end: start + text.length }, sentence, 1);
  }
  return undefined;
}

const WORD = /[\p{Script=Latin}\p{N}]/u;
const isWholeWords = (text: string, start: number, end: number): boolean =>
  !(WORD.test(text[start - 1] ?? ' ') && WORD.test(text[start] ?? ' ')) &&
  !(WORD.test(text[end - 1] ?? ' ') && WORD.test(text[end] ?? ' '));

/** The source, or two adjacent ones, with the greatest share of the sentence's weight, that the guards let pass. */
function align(answer: string, sentence: Span, { list, having }: Sources): Citation | undefined {
  const claim = plain(answer.slice(sentence.start, sentence.end));
  if (!saysSomething(claim)) return undefined;
  const alone = new Float64Array(list.length);
  /** Scores of each sentence together with the next one of the same passage. */
  const paired = new Float64Array(list.length);
  let total = 0;
  for (const word of new Set(comparableWords(claim))) {
    const places = having.get(word) ?? [];
    const weight = weightOf(word, places.length, list.length);
    total += weight;
    for (const [index, place] of places.entries()) {
      alone[place] = (alone[place] as number) + weight;
      paired[place] = (paired[place] as number) + weight;
      if (place > 0 && places[index - 1] !== place - 1) paired[place - 1] = (paired[place - 1] as number) + weight;
    }
  }
  if (total === 0) return undefined;

  let best: { readonly source: Source; readonly end: number; readonly share: number } | undefined;
  for (const [index, source] of list.entries()) {
    const next = list[index + 1];
    const both = next?.passage === source.passage ? (paired[index] as number) / total : 0;
    const single = (alone[index] as number) / total;
    const better = Math.max(single, (alone[index + 1] ?? 0) / total);
    const [share, end] = next && both >= better + WORTH_A_SECOND ? [both, next.end] : [single, source.end];
    if (share < LEAST_SUPPORT || share <= (best?.share ?? 0)) continue;
    if (bearsOut(claim, source.passage.text.slice(source.start, end))) best = { source, end, share };
  }
  return best && citation(best.source.passage, { start: best.source.start, end: best.end }, sentence, best.share);
}

/** The logarithm of one over a word's share of the sources; words that no source has weigh most. */
const weightOf = (word: string, count: number, sources: number): number =>
  Math.log(1 + (sources + 1) / (count + 0.5)) * (isFunctionWord(word) ? FUNCTION_WORD_WEIGHT : 1);

/** Without what is no part of the claim: an item's number, references such as [1], emphasis. */
const plain = (text: string): string =>
  text.replace(/^\s*(?:[-*•]|\d{1,3}[.)、])\s+/, '').replace(/\[\^?\d{1,3}\]|[*_`]/g, ' ');

/** False for text that ends in a colon: it only introduces what follows. */
function saysSomething(claim: string): boolean {
  const words = new Set(comparableWords(claim).filter((word) => !isFunctionWord(word)));
  return words.size >= (isCjk(claim) ? LEAST_WORDS.cjk : LEAST_WORDS.other) && !/[:：]\s*$/.test(claim);
}

function bearsOut(claim: string, source: string): boolean {
  const known = new Set(numbersIn(source));
  return numbersIn(claim).every((number) => known.has(number)) && !denies(claim, source) && !denies(source, claim);
}

/** True if one text negates a word that the other uses without negation. */
function denies(one: string, other: string): boolean {
  const negated = negatedWords(one);
  if (negated.size === 0) return false;
  const negatedThere = negatedWords(other);
  const words = new Set(comparableWords(other));
  return [...negated].some((word) => words.has(word) && !negatedThere.has(word));
}

const spanInAnswer = ({ answerStart, answerEnd }: Citation): Span => ({ start: answerStart, end: answerEnd });
const overlap = (a: Span, b: Span): number => Math.min(a.end, b.end) - Math.max(a.start, b.start);

/** `span` is within the passage's text. */
function citation(passage: Passage, span: Span, inAnswer: Span, support: number): Citation {
  return {
    passage,
    start: passage.start + span.start,
    end: passage.start + span.end,
    quote: passage.text.slice(span.start, span.end),
    answerStart: inAnswer.start,
    answerEnd: inAnswer.end,
    support: Math.min(1, support),
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
