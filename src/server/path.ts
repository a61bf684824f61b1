import type { IncomingMessage } from 'node:http';

/** The path of a request's target. Never by `new URL`: it throws for targets such as `//` that any client may send. */
export function pathOf({ url = '/' }: Pick<IncomingMessage, 'url'>): string {
  const query = url.indexOf('?');
  return query < 0 ? url : url.slice(0, query);
}
