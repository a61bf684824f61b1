import { sentences } from '#core/sentences.ts';
import type { Highlight } from '#core/turn.ts';
import { isCjk } from '#core/words.ts';
import { tokenize } from './tokens.ts';

/** A query's tokens with their weights, once for all passages. */
export interface QueryTerms {
  readonly query: string;
  /** In order, with repetitions. */
  readonly sequence: readonly string[];
  readonly weights: ReadonlyMap<string, number>;
  readonly total: number;
  readonly asksFor: 'number' | 'name' | null;
}

export function queryTerms(query: string, tokens: readonly string[], idf: (token: string) => number): QueryTerms {
  const pairs = tokens.filter((token) => isCjk(token) && [...token].length > 1);
  const cjk = pairs.length > 0;
  // Of Chinese the pairs tell; single characters are everywhere.
  const telling = cjk ? tokens.filter((token) => !isCjk(token) || [...token].length > 1) : tokens;
  const weights = new Map(telling.map((token) => [token, idf(token)]));
  return {
    query,
    sequence: tokens,
    weights,
    total: [...weights.values()].reduce((sum, weight) => sum + weight, 0),
    asksFor: asksFor(query),
  };
}

function asksFor(query: string): QueryTerms['asksFor'] {
  if (
    /多少|几|何时|什么时候|哪一?年|时间|日期|第几|多长|多大|多高|\bhow (?:many|much|long|old|far|large|tall|high|often)\b|\bwhen\b|\bwh(?:at|ich) (?:year|date|percent|percentage|number|century|day|month)\b/i.test(
      query,
    )
  )
    return 'number';
  return /谁|哪位|何人|\bwho\b|\bwhom\b|\bwhose\b/i.test(query) ? 'name' : null;
}

const HAS_NUMBER =
  /\p{N}|[一二三四五六七八九十百千万两]+[年月日个人次名位种]|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|hundred|thousand|million|billion|first|second|third)\b/iu;
const HAS_NAME = /[\p{Ll},;] \p{Lu}\p{Ll}+|[·《“]/u;

/** The share of the query's weight that the text holds, 0..1. */
export function coverage(text: string, { weights, total }: QueryTerms): number {
  if (total === 0) return 0;
  let held = 0;
  for (const token of new Set(tokenize(text))) held += weights.get(token) ?? 0;
  return held / total;
}

const KEPT = 5;

/** The sentences of a passage that answer best, best first. Score: coverage, with a little for what the question asks for. */
export function highlightsOf(text: string, terms: QueryTerms): Highlight[] {
  return sentences(text)
    .map((span) => {
      const sentence = text.slice(span.start, span.end);
      return { ...span, score: Math.min(1, coverage(sentence, terms) * (1 + bonus(sentence, terms))) };
    })
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || a.start - b.start)
    .slice(0, KEPT);
}

function bonus(sentence: string, { asksFor: wanted }: QueryTerms): number {
  if (wanted === 'number') return HAS_NUMBER.test(sentence) ? 0.15 : -0.1;
  if (wanted === 'name') return HAS_NAME.test(sentence) ? 0.08 : -0.05;
  return 0;
}
