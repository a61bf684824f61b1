import { createServer, get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { type StreamOptions, streamEvents } from './event-stream.ts';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** A server that streams `results`, and a client that has its head but reads nothing yet. */
async function streaming(results: AsyncIterator<unknown>, options?: StreamOptions) {
  let over: Promise<void> = Promise.resolve();
  const server = createServer((_request, response) => {
    over = streamEvents(response, results, options);
  });
  closing.push(() => server.close().closeAllConnections());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const response = await new Promise<IncomingMessage>((resolve) => get({ port, host: '127.0.0.1' }, resolve));
  return { response, over: () => over };
}
async function* iteratorOf(...results: readonly object[]) {
  yield* results;
}
const textOf = async (response: IncomingMessage) => (await response.setEncoding('utf8').toArray()).join('');

test('sends each result as an event, and the end as one', async () => {
  async function* results() {
    yield { data: 1 };
    yield { data: '\n\nevent: forged' };
  }
  const { response } = await streaming(results());
  expect(response.headers['content-type']).toContain('text/event-stream');
  expect(response.headers['x-accel-buffering']).toBe('no');
  expect(await textOf(response)).toBe(
    ':\n\nevent: next\ndata: {"data":1}\n\nevent: next\ndata: {"data":"\\n\\nevent: forged"}\n\nevent: complete\ndata:\n\n',
  );
});

test('an event carries the id that its result has', async () => {
  const ids = ['1-1', null];
  const { response } = await streaming(iteratorOf({ data: 1 }, { data: 2 }), {
    idOf: () => ids.shift() ?? null,
  });
  expect(await textOf(response)).toBe(
    ':\n\nid: 1-1\nevent: next\ndata: {"data":1}\n\nevent: next\ndata: {"data":2}\n\nevent: complete\ndata:\n\n',
  );
});

test('last words come before the end', async () => {
  const { response } = await streaming(iteratorOf(), { lastWords: () => ({ errors: ['over'] }) });
  expect(await textOf(response)).toBe(':\n\nevent: next\ndata: {"errors":["over"]}\n\nevent: complete\ndata:\n\n');
});

test('waits for a client that does not read, and ends the source when it leaves', async () => {
  let pulled = 0;
  let returned = false;
  const results: AsyncIterator<unknown> = {
    next: async () => {
      pulled += 1;
      return { done: false, value: 'x'.repeat(100_000) };
    },
    return: async () => {
      returned = true;
      return { done: true, value: undefined };
    },
  };
  const { response, over } = await streaming(results);
  let before = -1;
  while (before !== pulled && pulled < 200) {
    before = pulled;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  expect(pulled).toBeLessThan(200); // what the sockets hold: not 100 KB for every turn of the loop
  response.destroy();
  await over();
  expect(returned).toBe(true);
});
