import type { IncomingMessage, ServerResponse } from 'node:http';

/** Seconds that a browser may remember an answer to its preflight. */
const MAX_AGE = 3_600;

/** Headers that clients send: the common ones, EventSource's, and Apollo's, which forces a preflight. */
const ALLOWED_HEADERS =
  'authorization, content-type, accept, x-request-id, last-event-id, apollo-require-preflight, apollographql-client-name, apollographql-client-version';

/**
 * Lets pages of the named origins call (https://fetch.spec.whatwg.org/#http-cors-protocol). Credentials travel in a header
 * that a page must know, never in a cookie, so no origin can act for a user it does not know. True where it has answered a preflight.
 */
export function cors(allowed: ReadonlySet<string>): (request: IncomingMessage, response: ServerResponse) => boolean {
  return ({ headers, method }, response) => {
    if (allowed.size === 0) return false;
    response.setHeader('vary', 'Origin');
    if (headers.origin === undefined || !allowed.has(headers.origin)) return false;
    response.setHeader('access-control-allow-origin', headers.origin);
    response.setHeader('access-control-expose-headers', 'x-request-id, retry-after');
    if (method !== 'OPTIONS' || headers['access-control-request-method'] === undefined) return false;
    response.writeHead(204, {
      'access-control-allow-methods': 'GET, POST',
      'access-control-allow-headers': ALLOWED_HEADERS,
      'access-control-max-age': String(MAX_AGE),
    });
    response.end();
    return true;
  };
}
