/**
 * Every error a client can meet, in one catalogue: the schema's enum `ErrorCode` and docs/errors.md are held to it by tests.
 * `retryable` says whether the same request may succeed later, unchanged.
 */
export const ERROR_CATALOGUE = {
  BAD_USER_INPUT: {
    retryable: false,
    when: 'An argument is missing, malformed or out of range.',
    remedy: 'Correct the argument that the message names.',
  },
  UNAUTHENTICATED: {
    retryable: false,
    when: 'No valid API key or token came with the request.',
    remedy: 'Send `Authorization: Bearer …` with a key or token that is in force.',
  },
  FORBIDDEN: {
    retryable: false,
    when: 'The viewer is known, but the operation is for operators.',
    remedy: 'Ask an operator, or use an operator’s key.',
  },
  NOT_FOUND: {
    retryable: false,
    when: 'There is no such thing, or it belongs to somebody else.',
    remedy: 'Check the id.',
  },
  CONFLICT: {
    retryable: false,
    when: 'The request contradicts the present state.',
    remedy: 'Read the state again and decide again.',
  },
  PAYLOAD_TOO_LARGE: {
    retryable: false,
    when: 'A body, message, document or answer is over its limit.',
    remedy: 'Send less, or ask for less; the message names the limit and its setting.',
  },
  UNSUPPORTED_MEDIA_TYPE: {
    retryable: false,
    when: 'The media type is not one that can be read.',
    remedy: 'Convert it to a type that the message names.',
  },
  RATE_LIMITED: {
    retryable: true,
    when: 'Too many requests in a short time, or more at once than one viewer’s share.',
    remedy: 'Wait for `extensions.retryAfter` seconds.',
  },
  OVERLOADED: {
    retryable: true,
    when: 'All places are taken and the queue is full, or the server is shutting down.',
    remedy: 'Wait for `extensions.retryAfter` seconds.',
  },
  FEATURE_DISABLED: {
    retryable: false,
    when: 'The plugin behind the operation is switched off for this viewer.',
    remedy: 'Ask an operator to switch it on (`setFeature`).',
  },
  MODEL_UNAVAILABLE: {
    retryable: true,
    when: 'No model could be reached before the first token.',
    remedy: 'Regenerate later, or name another model.',
  },
  MODEL_FAILED: {
    retryable: true,
    when: 'The model broke off, or answered something that cannot be read. Text so far is kept.',
    remedy: 'Regenerate.',
  },
  TIMED_OUT: {
    retryable: true,
    when: 'The model stalled past its time-out. Text so far is kept.',
    remedy: 'Regenerate, or raise the time-out.',
  },
  INTERRUPTED: {
    retryable: true,
    when: 'The server stopped in the middle of the answer. Text so far is kept.',
    remedy: 'Regenerate.',
  },
  STORE_UNAVAILABLE: { retryable: true, when: 'The database did not answer.', remedy: 'Try again shortly.' },
  BUDGET_EXCEEDED: {
    retryable: false,
    when: 'What the viewer or the tenant may spend in the running period is spent.',
    remedy: 'Wait until the time that the message names, or ask an operator to raise the budget.',
  },
  INTERNAL_SERVER_ERROR: {
    retryable: true,
    when: 'Something else went wrong; the details are in the server’s log.',
    remedy: 'Try again; report `extensions.requestId` if it persists.',
  },
} as const satisfies Record<string, { retryable: boolean; when: string; remedy: string }>;

export type ErrorCode = keyof typeof ERROR_CATALOGUE;

export interface AppErrorOptions extends ErrorOptions {
  /** Seconds after which the same request may succeed. */
  readonly retryAfter?: number;
  /** Overrides the code's `retryable`: false where the same request cannot succeed. */
  readonly retryable?: boolean;
}

/** The only kind of error whose message reaches a client. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly retryAfter: number | undefined;
  /** True if the same request may succeed later. */
  readonly retryable: boolean;

  constructor(code: ErrorCode, message: string, options?: AppErrorOptions) {
    super(message, options);
    this.code = code;
    this.retryAfter = options?.retryAfter;
    this.retryable = options?.retryable ?? ERROR_CATALOGUE[code].retryable;
  }
}

/** The same words for another viewer's object and for one that does not exist, so that clients cannot tell which ids exist. */
export const notFound = (what: string): AppError => new AppError('NOT_FOUND', `${what} not found`);

/** Converts any thrown value to an error that a client may see. Masks everything but an AppError. */
export function toAppError(thrown: unknown): AppError {
  return thrown instanceof AppError
    ? thrown
    : new AppError('INTERNAL_SERVER_ERROR', 'Unexpected error', { cause: thrown });
}
