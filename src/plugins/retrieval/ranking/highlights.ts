import { isNamedValue, isStatement } from '#core/text/statements.ts';
import type { Highlight } from '#core/turn.ts';
import type { QueryTerms } from '../analysis/query-terms.ts';
import { coverageOf, type PassageMatch, type SentenceMatch } from './match.ts';

/** Highlights a passage. */
const MOST = 5;

/** Lines that only mark the start or end of code, or separate parts. */
const MARK = /^(?:`{3,}|~{3,})[\w+-]*$|^[^\p{L}\p{N}]+$/u;
/** Headings, questions and lines that end in a colon answer nothing. They tell the topic of the text after them. */
const INTRODUCTION = /^(?:#{1,6}\s|={2,6} )|[?？:：]["'”’」』)）*]*$/;
const HAS_NUMBER =
  /\p{N}|[一二三四五六七八九十百千万两][年月日个人次名位种]|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|hundred|thousand|million|billion|first|second|third)\b/iu;
const HAS_NAME = /[\p{Ll},;] \p{Lu}\p{Ll}+|[·《“]/u;

/** The factor for a sentence that is no statement, such as a line of code. */
const FRAGMENT = 0.5;

/**
 * The sentences of a passage that answer best, best first, statements before others. Score: the share of the
 * question's weight in the sentence and its introduction, not divided by its length, plus a little for the kind of answer
 * that the question asks for; 0..1.
 */
export function highlightsOf({ sentences, headings }: PassageMatch, terms: QueryTerms): Highlight[] {
  const introduces = (index: number) => index < headings || INTRODUCTION.test(sentences[index]?.text ?? '');
  return sentences
    .flatMap((sentence, index) => {
      if (MARK.test(sentence.text) || (introduces(index) && index + 1 < sentences.length)) return [];
      const coverage = coverageOf(withIntroduction(sentences, index, introduces), terms);
      if (coverage === 0) return [];
      const one = highlight(sentence, coverage, terms);
      return [{ ...one, rank: one.score * (isStatement(sentence.text) ? 1 : FRAGMENT) }];
    })
    .sort((a, b) => b.rank - a.rank || a.start - b.start)
    .slice(0, MOST)
    .map(({ start, end, score }) => ({ start, end, score }));
}

/** The question's tokens in the sentence and in what introduces it. */
function withIntroduction(
  sentences: readonly SentenceMatch[],
  index: number,
  introduces: (index: number) => boolean,
): Set<number> {
  const tokens = new Set<number>();
  const add = (place: number) => {
    for (const token of sentences[place]?.counts.keys() ?? []) tokens.add(token);
  };
  add(index);
  for (let place = index - 1; place >= 0 && introduces(place); place -= 1) add(place);
  if (tokens.size > 0) add(recordOf(sentences, index));
  return tokens;
}

/** Of consecutive values, such as those of a JSON object, the first, which usually names the object. */
function recordOf(sentences: readonly SentenceMatch[], index: number): number {
  let first = index;
  const isPart = (place: number) => isNamedValue(sentences[place]?.text ?? '');
  while (isPart(first) && isPart(first - 1) && sentences[first]?.start === (sentences[first - 1]?.end ?? 0) + 1)
    first -= 1;
  return first;
}

const highlight = ({ start, end, text }: SentenceMatch, coverage: number, terms: QueryTerms): Highlight => ({
  start,
  end,
  score: Math.min(1, coverage * (1 + bonus(text, terms))),
});

function bonus(sentence: string, { asksFor }: QueryTerms): number {
  if (asksFor === 'number') return HAS_NUMBER.test(sentence) ? 0.15 : -0.1;
  if (asksFor === 'name') return HAS_NAME.test(sentence) ? 0.08 : -0.05;
  return 0;
}
