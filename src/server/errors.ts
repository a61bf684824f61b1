import { type ExecutionResult, GraphQLError } from 'graphql';
import { AppError, type ErrorCode } from '#core/errors.ts';
import { emit, fault } from '#core/runtime/diagnostics.ts';

export interface MaskedError {
  readonly message: string;
  readonly locations?: readonly { readonly line: number; readonly column: number }[];
  readonly path?: readonly (string | number)[];
  readonly extensions: { readonly code: ErrorCode; readonly retryAfter?: number; readonly requestId?: string };
}

/**
 * The part of an error that a client may see: an AppError's message; GraphQL's message about the document or its variables;
 * of any other error only that it happened, with the request's id. The log has the details under that id.
 */
export function maskError(error: unknown, requestId: string): MaskedError {
  const masked = maskedOf(error, requestId);
  emit('parley:error', { code: masked.extensions.code });
  return masked;
}

function maskedOf(error: unknown, requestId: string): MaskedError {
  const { locations, path } = error instanceof GraphQLError ? error : ({} as Partial<GraphQLError>);
  const where = { ...(locations ? { locations: [...locations] } : {}), ...(path ? { path: [...path] } : {}) };
  const cause = originalOf(error);
  if (cause instanceof AppError) {
    const { code, message, retryAfter } = cause;
    // Without a cause nothing was asked: the watch of the database has told already that it is away.
    if (code === 'STORE_UNAVAILABLE' && cause.cause !== undefined)
      fault('server', 'the database did not answer', cause.cause, { requestId });
    return { message, ...where, extensions: { code, ...(retryAfter === undefined ? {} : { retryAfter }) } };
  }
  if (cause instanceof GraphQLError && isRequestError(cause, path !== undefined))
    return { message: shortened(cause.message), ...where, extensions: { code: 'BAD_USER_INPUT' } };
  fault('server', 'a request failed unexpectedly', cause, { requestId });
  return { message: 'Unexpected error', ...where, extensions: { code: 'INTERNAL_SERVER_ERROR', requestId } };
}

/**
 * A mistake in the document or its variables: found before anything ran, so without a path; or, where something ran, in an
 * argument, so with its node. What a scalar says of a value that it cannot answer has neither, and tells of what is inside.
 */
const isRequestError = ({ path, nodes }: GraphQLError, ran: boolean): boolean =>
  path === undefined && (!ran || nodes !== undefined);

/** True if an event only says that its object is gone, such as a conversation that was deleted meanwhile. */
export const isGone = ({ data, errors = [] }: ExecutionResult): boolean =>
  errors.length > 0 &&
  Object.values(data ?? {}).every((value) => value === null) &&
  errors.map(originalOf).every((cause) => cause instanceof AppError && cause.code === 'NOT_FOUND');

function originalOf(error: unknown): unknown {
  let cause = error;
  for (let depth = 0; cause instanceof GraphQLError && cause.originalError && depth < 10; depth += 1)
    cause = cause.originalError;
  return cause;
}

const LONGEST_MESSAGE = 500;
/** Names and values that a client sent, in a message of GraphQL's: what is longer than any real name is cut. */
export function shortened(message: string): string {
  const cut = message.replace(/[^\s"'{}[\],:;()]{80,}/g, (word) => `${word.slice(0, 60)}…`);
  return cut.length <= LONGEST_MESSAGE ? cut : `${cut.slice(0, LONGEST_MESSAGE).toWellFormed()}…`;
}
