import type { Highlight } from '#core/turn.ts';
import { coverageOf, type PassageMatch, type SentenceMatch } from './match.ts';
import type { QueryTerms } from './query-terms.ts';

/** Highlights a passage. */
const MOST = 5;

/** Headings, questions and what ends in a colon answer nothing themselves: they say what comes after them is about. */
const INTRODUCTION = /^(?:#{1,6}\s|={2,6} )|[?？:：]["'”’」』)）*]*$/;
const HAS_NUMBER =
  /\p{N}|[一二三四五六七八九十百千万两]+[年月日个人次名位种]|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|hundred|thousand|million|billion|first|second|third)\b/iu;
const HAS_NAME = /[\p{Ll},;] \p{Lu}\p{Ll}+|[·《“]/u;

/**
 * The sentences of a passage that answer best, best first. Score: the share of the question's weight that the sentence has,
 * with what introduces it, not divided by its length, and a little for what the question asks for; 0..1.
 */
export function highlightsOf({ sentences }: PassageMatch, terms: QueryTerms): Highlight[] {
  return sentences
    .flatMap((sentence, index) => {
      if (isIntroduction(sentence) && index + 1 < sentences.length) return [];
      const coverage = coverageOf(withIntroduction(sentences, index), terms);
      return coverage > 0 ? [highlight(sentence, coverage, terms)] : [];
    })
    .sort((a, b) => b.score - a.score || a.start - b.start)
    .slice(0, MOST);
}

const isIntroduction = ({ text }: SentenceMatch): boolean => INTRODUCTION.test(text);

/** The question's tokens in the sentence and in what introduces it. */
function withIntroduction(sentences: readonly SentenceMatch[], index: number): Set<number> {
  const tokens = new Set<number>();
  for (let place = index; place >= 0; place -= 1) {
    const sentence = sentences[place];
    if (!sentence || (place < index && !isIntroduction(sentence))) break;
    for (const token of sentence.counts.keys()) tokens.add(token);
  }
  return tokens;
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
