import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

export interface MetricsAccessOptions {
  /** METRICS_TOKEN: what a scraper sends as `Authorization: Bearer …`. */
  readonly token?: string | undefined;
  /** True to serve metrics without a token if none is set. */
  readonly open: boolean;
}

const BEARER = /^Bearer +(\S+)$/i;
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** The HTTP status of a request for metrics: 200; 401 without the token; 404 where no token is set and they are closed. */
export function metricsAccess({ token, open }: MetricsAccessOptions): (request: IncomingMessage) => 200 | 401 | 404 {
  if (token === undefined) return () => (open ? 200 : 404);
  const expected = digest(token);
  return ({ headers }) => {
    const given = BEARER.exec(headers.authorization ?? '')?.[1] ?? '';
    return timingSafeEqual(digest(given), expected) ? 200 : 401;
  };
}
