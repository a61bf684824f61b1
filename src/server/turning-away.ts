import type { IncomingMessage, ServerResponse } from 'node:http';
import { AppError } from '#core/errors.ts';
import type { Parley } from '#core/services/index.ts';
import { fromProxy } from './client-address.ts';
import { refuse } from './refuse.ts';

/** What a proxy sends that has other servers to ask is left to those while this one cannot serve it, or is shutting down. */
export interface TurningAway {
  /** This server is shutting down. */
  readonly leaving: boolean;
  /** From now on requests are left to others. */
  leave(): void;
  isProxy(request: IncomingMessage): boolean;
  /** Why another server is to do this request; undefined where it is done here. */
  reasonFor(request: IncomingMessage): AppError | undefined;
}

export function turningAway(database: Parley['database'], trustedProxies: readonly string[]): TurningAway {
  const isProxy = fromProxy(trustedProxies);
  let leaving = false;
  return {
    get leaving() {
      return leaving;
    },
    leave() {
      leaving = true;
    },
    isProxy,
    reasonFor(request) {
      if (!(leaving || database.awayHereAlone) || !isProxy(request)) return undefined;
      return leaving
        ? new AppError('OVERLOADED', 'The server is shutting down', { retryAfter: 1 })
        : new AppError('STORE_UNAVAILABLE', 'The database did not answer', { retryAfter: 1 });
    },
  };
}

/**
 * Tells a proxy that nothing was done of a request: by 503 to a POST, with which nginx.conf asks another server. Any proxy asks
 * another one itself with a GET whose connection closes without an answer, and counts that as a failure.
 */
export function turnAway(
  request: IncomingMessage,
  response: ServerResponse,
  reason: AppError,
  requestId: string,
): void {
  if (request.method === 'POST') refuse(request, response, reason, requestId);
  else response.destroy();
}
