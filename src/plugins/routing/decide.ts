/** Maps complexity to a model, by pure functions. */
import type { PluginModels } from '#core/plugin.ts';
import type { ModelTier, RouteDecision } from '#core/turn.ts';
import type { Complexity } from './complexity.ts';

export interface Thresholds {
  readonly lightBelow: number;
  readonly strongAbove: number;
}

const ORDER: readonly ModelTier[] = ['LIGHT', 'BALANCED', 'STRONG'];
const rank = (tier: ModelTier): number => ORDER.indexOf(tier);
export const higher = (one: ModelTier, other: ModelTier): ModelTier => (rank(one) >= rank(other) ? one : other);

export function tierOf(complexity: number, { lightBelow, strongAbove }: Thresholds): ModelTier {
  if (complexity > strongAbove) return 'STRONG';
  return complexity < lightBelow ? 'LIGHT' : 'BALANCED';
}

export interface Question {
  readonly complexity: Complexity;
  readonly tier: ModelTier;
  /** Why this tier and not that of the complexity; null where it is. */
  readonly instead: string | null;
  /** Tokens that the request and its answer may take. */
  readonly tokens: number;
}

/** The model of the tier, or the nearest that is configured, healthy and has room; the others, nearest first, are fallbacks. */
export function decide({ complexity, tier, instead, tokens }: Question, models: PluginModels): RouteDecision {
  const distance = (one: ModelTier) => Math.abs(rank(one) - rank(tier)) - (rank(one) > rank(tier) ? 0.1 : 0);
  const candidates = models.list.toSorted((a, b) => distance(a.tier) - distance(b.tier));
  const fits = (name: string) => (models.contextTokens(name) ?? Number.POSITIVE_INFINITY) >= tokens;
  const score = ({ name }: { readonly name: string }) => (fits(name) ? 0 : 2) + (models.healthy(name) ? 0 : 1);
  const sorted = candidates.toSorted((a, b) => score(a) - score(b));
  const [chosen = { name: models.defaultModel, tier: 'BALANCED' as const }, ...others] = sorted;
  const nearest = candidates[0];
  const why = [
    `complexity ${complexity.value.toFixed(2)}`,
    ...(complexity.because.length > 0 ? [`by ${complexity.because.join(', ')}`] : []),
  ].join(' ');
  const reasons = [why, `${chosen.tier} model`];
  if (instead !== null) reasons.push(instead);
  if (nearest && nearest.name !== chosen.name)
    reasons.push(
      fits(nearest.name)
        ? `${nearest.name} rests after failures`
        : `the request has about ${tokens} tokens, which ${nearest.name} has no room for`,
    );
  else if (chosen.tier !== tier) reasons.push(`no ${tier} model is configured`);
  return {
    model: chosen.name,
    tier: chosen.tier,
    complexity: complexity.value,
    reason: reasons.join('; '),
    fallbacks: others.map(({ name }) => name),
  };
}

const WIDE = /[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]/g;
/** Room for an answer, in tokens. */
export const ANSWER = 1_024;
/** Four Latin letters or one CJK character to a token: the rule of thumb of OpenAI's tokenizer page. */
export function tokensOf(texts: readonly string[]): number {
  let tokens = ANSWER;
  for (const text of texts) {
    let wide = 0;
    for (const _ of text.matchAll(WIDE)) wide += 1;
    tokens += Math.ceil(wide + (text.length - wide) / 4);
  }
  return tokens;
}
