import { APICallError } from '@ai-sdk/provider';
import { AppError } from '#core/errors.ts';
import { requestRefusal } from './refusals.ts';
import { StalledModel } from './stall.ts';

/** A response whose status is no success, as it is kept for the log. */
export class ProviderRefusal extends Error {
  override readonly name = 'ProviderRefusal';
  readonly statusCode: number;
  readonly retryAfter: string | undefined;
  /** The beginning of it. */
  readonly body: string;
  constructor(statusCode: number, retryAfter: string | undefined, body: string) {
    super(`HTTP ${statusCode}`);
    this.statusCode = statusCode;
    this.retryAfter = retryAfter;
    this.body = body;
  }
}

/** What answered is no provider: most often the address lacks its /v1. */
export class WebPage extends Error {
  override readonly name = 'WebPage';
}

/** An error event in the stream. `told` holds the provider's words for classification and the log. */
export class ProviderError extends Error {
  override readonly name = 'ProviderError';
  readonly told: unknown;
  constructor(told: unknown) {
    super('the provider told an error');
    this.told = told;
  }
}

/**
 * A provider's failure in Parley's words: never its URL, its key or its body. The cause keeps them for the log.
 * `responded` says whether the provider had begun to respond: before it the model was not available, after it it broke off.
 */
export function modelError(model: string, cause: unknown, responded: boolean): AppError {
  if (cause instanceof AppError) return cause;
  if (cause instanceof StalledModel)
    return new AppError('TIMED_OUT', `${model} gave nothing for ${cause.milliseconds} ms`, { cause });
  if (cause instanceof WebPage)
    return unavailable(model, 'has a web page at its address; does the address end in /v1?', cause);
  const status = cause instanceof ProviderRefusal || APICallError.isInstance(cause) ? cause.statusCode : undefined;
  if (responded || status !== undefined) {
    const refusal = requestRefusal(model, status, wordsOf(cause), cause);
    if (refusal) return refusal;
  }
  if (responded) return new AppError('MODEL_FAILED', `${model} broke off before its answer was whole`, { cause });
  if (cause instanceof ProviderRefusal) return refused(model, cause, cause.statusCode, cause.retryAfter);
  if (!APICallError.isInstance(cause) || cause.statusCode === undefined)
    return unavailable(model, 'cannot be reached; is its server up, and its address right?', cause);
  if (cause.statusCode < 300) return new AppError('MODEL_FAILED', `${model} answered what cannot be read`, { cause });
  return refused(model, cause, cause.statusCode, cause.responseHeaders?.['retry-after']);
}

/** The provider's words for classification: a refusal's body, or the error of an event in the stream. */
function wordsOf(cause: unknown): string {
  if (APICallError.isInstance(cause)) return `${cause.message} ${cause.responseBody ?? ''}`;
  if (cause instanceof ProviderRefusal) return cause.body;
  const told = cause instanceof ProviderError ? cause.told : cause;
  if (told instanceof Error) return '';
  try {
    return typeof told === 'string' ? told : (JSON.stringify(told) ?? '');
  } catch {
    return '';
  }
}

const refused = (model: string, cause: unknown, statusCode: number, retryAfter: string | undefined): AppError =>
  unavailable(model, `refused: HTTP ${statusCode}${REMEDIES[statusCode] ?? ''}`, cause, parseRetryAfter(retryAfter));

const REMEDIES: Readonly<Record<number, string>> = {
  401: '; is its API key right?',
  403: '; may its API key use this model?',
  404: '; is the name of the model right, and its address?',
};

function unavailable(model: string, what: string, cause: unknown, retryAfter?: number): AppError {
  return new AppError('MODEL_UNAVAILABLE', `${model} ${what}`, {
    cause,
    ...(retryAfter === undefined ? {} : { retryAfter }),
  });
}

/** Seconds, from either form of RFC 9110, section 10.2.3; undefined for neither. At most an hour is believed. */
export function parseRetryAfter(value: string | undefined, now = Date.now()): number | undefined {
  if (value === undefined) return undefined;
  const seconds = /^\s*\d+(\.\d+)?\s*$/.test(value) ? Number(value) : (Date.parse(value) - now) / 1000;
  return Number.isFinite(seconds) ? Math.min(3_600, Math.max(0, Math.ceil(seconds))) : undefined;
}
