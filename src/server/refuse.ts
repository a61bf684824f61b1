import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { AppError, type ErrorCode } from '#core/errors.ts';
import { maskError } from './errors.ts';

export const JSON_TYPE = 'application/json; charset=utf-8';

/** An error with an HTTP status of its own. */
export class Refusal extends AppError {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;

  constructor(status: number, code: ErrorCode, message: string, headers: OutgoingHttpHeaders = {}) {
    super(code, message);
    this.status = status;
    this.headers = headers;
  }
}

const STATUS: Readonly<Record<string, number>> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  PAYLOAD_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  RATE_LIMITED: 429,
  OVERLOADED: 503,
  STORE_UNAVAILABLE: 503,
  BAD_USER_INPUT: 400,
};

export function retryAfterOf(errors: readonly unknown[] | undefined): Record<string, string> {
  const seconds = (errors as { extensions?: { retryAfter?: number } }[] | undefined)?.find(
    (error) => error.extensions?.retryAfter,
  )?.extensions?.retryAfter;
  return seconds === undefined ? {} : { 'retry-after': String(Math.ceil(seconds)) };
}

/** Refuses a request before GraphQL runs. The body is still a GraphQL response. */
export function refuse(request: IncomingMessage, response: ServerResponse, error: unknown, requestId: string): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const masked = maskError(error, requestId);
  const { code } = masked.extensions;
  const { status, headers } =
    error instanceof Refusal ? error : { status: STATUS[code] ?? 500, headers: retryAfterOf([masked]) };
  const unread = !request.complete;
  response.writeHead(status, {
    'content-type': JSON_TYPE,
    ...headers,
    ...(code === 'UNAUTHENTICATED' ? { 'www-authenticate': 'Bearer' } : {}),
    ...(unread ? { connection: 'close' } : {}),
  });
  response.end(JSON.stringify({ errors: [masked] }), () => {
    if (unread) setTimeout(() => request.destroy(), 200).unref(); // so that the answer arrives before the reset
  });
  if (unread) request.resume();
}
