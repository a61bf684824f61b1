import type { Highlight } from '#core/turn.ts';
import type { PassageMatch } from './match.ts';
import type { QueryTerms } from './query-terms.ts';

/** Highlights a passage. */
const MOST = 5;

const HAS_NUMBER =
  /\p{N}|[一二三四五六七八九十百千万两]+[年月日个人次名位种]|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|hundred|thousand|million|billion|first|second|third)\b/iu;
const HAS_NAME = /[\p{Ll},;] \p{Lu}\p{Ll}+|[·《“]/u;

/**
 * The sentences of a passage that answer best, best first. Score: the share of the question's weight that the sentence has,
 * not divided by its length, and a little for what the question asks for; 0..1.
 */
export function highlightsOf(match: PassageMatch, terms: QueryTerms): Highlight[] {
  return match.sentences
    .filter(({ coverage }) => coverage > 0)
    .map(({ start, end, text, coverage }) => ({
      start,
      end,
      score: Math.min(1, coverage * (1 + bonus(text, terms))),
    }))
    .sort((a, b) => b.score - a.score || a.start - b.start)
    .slice(0, MOST);
}

function bonus(sentence: string, { asksFor }: QueryTerms): number {
  if (asksFor === 'number') return HAS_NUMBER.test(sentence) ? 0.15 : -0.1;
  if (asksFor === 'name') return HAS_NAME.test(sentence) ? 0.08 : -0.05;
  return 0;
}
