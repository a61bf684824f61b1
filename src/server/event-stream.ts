/** Server-sent events as graphql-sse's distinct connections mode has them: `next` for each result, `complete` at the end. */
import type { ServerResponse } from 'node:http';

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
};
/** An event of the response: what follows is a stream, whose end says nothing of how long an answer took. */
export const STREAMING = 'streaming';
/** Milliseconds between comments: proxies take a silent connection for a dead one. */
const HEARTBEAT = 12_000;
const COMMENT = ':\n\n';
const COMPLETE = 'event: complete\ndata:\n\n';
const next = (result: unknown, id: string | null = null): string =>
  `${id === null ? '' : `id: ${id}\n`}event: next\ndata: ${JSON.stringify(result)}\n\n`;

export interface StreamOptions {
  /** Asked after each result: its id, by which a client resumes after it, or null. */
  readonly idOf?: () => string | null;
  /** Asked when the results end: a result to end with, or undefined. */
  readonly lastWords?: () => unknown;
}

/** Writes results as they come. A client that reads slowly is waited for before the next is pulled: nothing piles up here. */
export async function streamEvents(
  response: ServerResponse,
  results: AsyncIterator<unknown>,
  { idOf = () => null, lastWords = () => undefined }: StreamOptions = {},
): Promise<void> {
  response.emit(STREAMING);
  response.writeHead(200, HEADERS);
  response.write(COMMENT); // some clients hold the headers back until something follows
  const heartbeat = setInterval(() => {
    if (!response.writableNeedDrain) response.write(COMMENT);
  }, HEARTBEAT);
  try {
    while (!response.destroyed) {
      const { done, value } = await results.next();
      if (done || response.destroyed) break;
      if (!response.write(next(value, idOf()))) await drained(response);
    }
  } finally {
    clearInterval(heartbeat);
    await results.return?.();
  }
  const last = lastWords();
  if (!response.destroyed) response.end(last === undefined ? COMPLETE : next(last) + COMPLETE);
}

/** The client has read, or is gone. */
function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    if (response.destroyed) return resolve();
    const over = () => {
      response.off('drain', over);
      response.off('close', over);
      resolve();
    };
    response.on('drain', over);
    response.on('close', over);
  });
}
