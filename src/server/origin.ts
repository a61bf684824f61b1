import type { IncomingMessage } from 'node:http';
import { pathOf } from './path.ts';

const LOOPBACK = /^(localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])(:\d+)?$/;

/**
 * Without authentication the server accepts whatever reaches the port. So only pages of this machine and of `named` origins may
 * call it. It checks three headers that no page can forge: Host (against DNS rebinding), Origin, and, for requests
 * without Origin, such as those of an `<img>`, Sec-Fetch-Site (https://www.w3.org/TR/fetch-metadata/).
 */
export function isAllowedOrigin(
  request: Pick<IncomingMessage, 'headers' | 'method' | 'url'>,
  named: ReadonlySet<string>,
): boolean {
  const { host = '', origin, 'sec-fetch-site': site } = request.headers;
  if (!LOOPBACK.test(host)) return false;
  if (origin !== undefined && named.has(origin)) return true;
  if (origin !== undefined && origin !== `http://${host}` && origin !== `https://${host}`) return false;
  return site === undefined || site === 'same-origin' || site === 'none' || isNavigation(request);
}

/** A link that a person followed to one of the pages. */
const isNavigation = ({ headers, method, url }: Pick<IncomingMessage, 'headers' | 'method' | 'url'>): boolean =>
  method === 'GET' &&
  headers['sec-fetch-mode'] === 'navigate' &&
  headers['sec-fetch-dest'] === 'document' &&
  pathOf({ url }) !== '/graphql';
