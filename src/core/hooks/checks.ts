/** Checks of plugin results, which are untrusted. Each check returns the value or throws a TypeError that names the fault. */
import { AppError } from '../errors.ts';
import type { FoundPassage, Refusal, RetrievalResult } from '../plugin.ts';
import type { ModelPart } from '../ports/language-model.ts';
import type { ServiceAnswer } from '../ports/services.ts';
import type {
  FollowedGeneration,
  IntentAnalysis,
  QualityReport,
  RecalledAnswer,
  Revision,
  RouteDecision,
  StoredCitation,
} from '../turn.ts';

/** Its message names what is wrong and nothing else: it may be shown. */
export class WrongType extends TypeError {
  override readonly name = 'WrongType';
}

type Shape = Readonly<Record<string, (value: unknown) => boolean>>;

const isText = (value: unknown): value is string => typeof value === 'string';
const isFlag = (value: unknown) => typeof value === 'boolean';
const isCount = (value: unknown) => Number.isInteger(value) && (value as number) >= 0;
const isShare = (value: unknown) => typeof value === 'number' && value >= 0 && value <= 1;
const isListOf = (check: (value: unknown) => boolean) => (value: unknown) => Array.isArray(value) && value.every(check);
const orNull = (check: (value: unknown) => boolean) => (value: unknown) => value === null || check(value);
const isOneOf =
  (...values: string[]) =>
  (value: unknown) =>
    values.includes(value as string);
const isObjectOf = (shape: Shape) => (value: unknown) => wrongPart(value, shape) === undefined;

function wrongPart(value: unknown, shape: Shape): string | undefined {
  if (typeof value !== 'object' || value === null) return 'no object';
  return Object.entries(shape).find(([key, check]) => !check((value as Record<string, unknown>)[key]))?.[0];
}

function checked<T>(what: string, shape: Shape) {
  return (value: unknown): T => {
    const wrong = wrongPart(value, shape);
    if (wrong !== undefined) throw new WrongType(`returned the wrong type: ${what}: ${wrong}`);
    return value as T;
  };
}

const INTENT: Shape = {
  type: isText,
  confidence: isShare,
  topic: orNull(isText),
  topicShift: isFlag,
  standaloneQuery: isText,
  signals: isListOf(isText),
};
export const checkIntent = checked<IntentAnalysis>('IntentAnalysis', INTENT);

const HIGHLIGHT: Shape = { start: isCount, end: isCount, score: Number.isFinite };
const FOUND: Shape = {
  id: isText,
  score: isShare,
  vectorScore: orNull(Number.isFinite),
  keywordScore: orNull(Number.isFinite),
  highlights: (value) => value === undefined || isListOf(isObjectOf(HIGHLIGHT))(value),
  duplicates: (value) => value === undefined || isCount(value),
};
export const checkRetrieval = checked<RetrievalResult>('RetrievalResult', {
  passages: isListOf((value: unknown): value is FoundPassage => wrongPart(value, FOUND) === undefined),
  strategy: isOneOf('HYBRID', 'VECTOR', 'KEYWORD'),
  degraded: isListOf(isText),
});

const checkDecision = checked<RouteDecision>('RouteDecision', {
  model: isText,
  tier: isOneOf('LIGHT', 'BALANCED', 'STRONG'),
  complexity: isShare,
  reason: isText,
  fallbacks: isListOf(isText),
});
export function checkRoute(value: unknown): RouteDecision | Refusal {
  const { refuse } = (value ?? {}) as Partial<Refusal>;
  return refuse instanceof AppError ? { refuse } : checkDecision(value);
}

const CACHE: Shape = {
  hit: isFlag,
  level: orNull(isOneOf('MEMORY', 'REMOTE', 'SEMANTIC')),
  similarity: orNull(isShare),
  key: orNull(isText),
};
const CITATION: Shape = {
  passageId: isText,
  documentId: isText,
  score: Number.isFinite,
  vectorScore: orNull(Number.isFinite),
  keywordScore: orNull(Number.isFinite),
  start: isCount,
  end: isCount,
  answerStart: isCount,
  answerEnd: isCount,
  support: isShare,
};
const isCitationOf = (text: string) => (value: unknown) =>
  wrongPart(value, CITATION) === undefined &&
  (value as StoredCitation).start <= (value as StoredCitation).end &&
  (value as StoredCitation).answerStart <= (value as StoredCitation).answerEnd &&
  (value as StoredCitation).answerEnd <= text.length;

const checkFollowed = checked<FollowedGeneration>('FollowedGeneration', {
  follow: isText,
  cache: isObjectOf(CACHE),
});
export function checkRecalled(value: unknown): RecalledAnswer | FollowedGeneration {
  const { text, follow } = (value ?? {}) as Partial<RecalledAnswer & FollowedGeneration>;
  if (follow !== undefined) return checkFollowed(value);
  return checked<RecalledAnswer>('RecalledAnswer', {
    text: (given) => isText(given) && given.length > 0,
    citations: isListOf(isCitationOf(String(text ?? ''))),
    model: isText,
    cache: isObjectOf(CACHE),
  })(value);
}

const SCORE: Shape = {
  name: isText,
  value: isShare,
  label: orNull(isText),
  explanation: orNull(isText),
  source: isOneOf('RULE', 'MODEL', 'PERSON'),
  judge: isText,
};
const SPAN: Shape = { start: isCount, end: isCount, text: isText };
export const checkReport = checked<QualityReport>('QualityReport', {
  overall: isShare,
  relevance: isShare,
  groundedness: orNull(isShare),
  completeness: isShare,
  coherence: isShare,
  safety: isShare,
  suggestions: isListOf(isText),
  unsupported: isListOf(isObjectOf(SPAN)),
  judge: isText,
  scores: (value) => value === undefined || isListOf(isObjectOf(SCORE))(value),
});

export const checkRevision = checked<Revision>('Revision', {
  reason: isText,
  tier: (value) => value === undefined || isOneOf('LIGHT', 'BALANCED', 'STRONG')(value),
  passageLimit: (value) =>
    value === undefined || (isCount(value) && (value as number) >= 1 && (value as number) <= 100),
  instructions: (value) => value === undefined || isText(value),
});

/** UTF-16 code units of a line of a service's for the trace, and how many lines and model calls one answer may tell. */
const MOST_DETAIL = 300;
const MOST_ENTRIES = 50;

const isFinishReason = isOneOf('STOP', 'LENGTH', 'CONTENT_FILTER', 'OTHER');
const isTokens = orNull(isCount);

export function checkPart(value: unknown): ModelPart {
  const part = value as ModelPart | null;
  if (part?.type === 'text-delta' && isText(part.text)) return part;
  if (part?.type === 'reasoning-delta' && isText(part.text)) return part;
  if (part?.type === 'finish' && isFinishReason(part.reason)) return part;
  if (part?.type === 'usage' && isTokens(part.inputTokens) && isTokens(part.outputTokens)) return part;
  throw new WrongType('returned the wrong type: ModelPart');
}

const NOTE: Shape = {
  outcome: isOneOf('OK', 'SKIPPED', 'TIMED_OUT', 'FAILED'),
  detail: (value) => isText(value) && value.length <= MOST_DETAIL,
};
const MODEL_USAGE: Shape = { model: isText, inputTokens: isCount, outputTokens: isCount };
const isShortListOf = (shape: Shape) => (value: unknown) =>
  isListOf(isObjectOf(shape))(value) && (value as unknown[]).length <= MOST_ENTRIES;

/** What comes with a service's answer; the answer itself is checked as the plugin's is. */
export const checkServiceAnswer = checked<ServiceAnswer>('ServiceAnswer', {
  answer: (value) => value !== undefined,
  notes: isShortListOf(NOTE),
  usage: isShortListOf(MODEL_USAGE),
});

export function checkTrue(value: unknown): true {
  if (value !== true) throw new WrongType('returned the wrong type: neither true nor undefined');
  return value;
}

export function checkCount(value: unknown): number {
  if (!isCount(value)) throw new WrongType('returned the wrong type: no count');
  return value as number;
}
