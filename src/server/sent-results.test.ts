import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import WebSocket, { WebSocketServer } from 'ws';
import type { PolledIterator } from '#core/runtime/polled.ts';
import type { Result } from './results.ts';
import { sentResults } from './sent-results.ts';

let server: WebSocketServer;
beforeAll(async () => {
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
});
afterAll(() => new Promise((done) => server.close(done)));

async function pair(): Promise<{ readonly client: WebSocket; readonly socket: WebSocket; readonly heard: string[] }> {
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const [socket] = (await once(server, 'connection')) as [WebSocket];
  await once(client, 'open');
  const heard: string[] = [];
  client.on('message', (data) => heard.push(String(data)));
  return { client, socket, heard };
}

/** Results that come by `push`, read with promises or polled. */
function source(polls: boolean) {
  const waiting: Result[] = [];
  let isOver = false;
  let wake = (): void => undefined;
  let pulls = 0;
  const next = (): IteratorResult<Result, undefined> | undefined => {
    const value = waiting.shift();
    if (value) pulls += 1;
    return value ? { done: false, value } : isOver ? { done: true, value: undefined } : undefined;
  };
  const results = {
    ...(polls
      ? {
          poll(again: () => void) {
            const result = next();
            if (!result) wake = again;
            return result;
          },
        }
      : {}),
    async next() {
      for (let result = next(); ; result = next()) {
        if (result) return result;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    async return() {
      isOver = true;
      wake();
      return { done: true as const, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  } as PolledIterator<Result>;
  return {
    results,
    pulls: () => pulls,
    push(...added: readonly Result[]) {
      waiting.push(...added);
      wake();
    },
    end() {
      isOver = true;
      wake();
    },
  };
}

const result = (n: number): Result => ({ data: { n } });

describe.each([
  ['polled', true],
  ['read with promises', false],
] as const)('results that are %s', (_name, polls) => {
  test('are sent in order as graphql-transport-ws has them, and end the iterator', async () => {
    const { client, socket, heard } = await pair();
    const { results, push, end } = source(polls);
    const ended = sentResults(results, socket, 'a "quoted" id').next();
    push(result(1));
    await expect.poll(() => heard.length).toBe(1);
    push(result(2), { data: null, errors: [{ message: 'none' }] });
    await expect.poll(() => heard.length).toBe(3);
    end();
    expect(await ended).toEqual({ done: true, value: undefined });
    const next = { id: 'a "quoted" id', type: 'next' };
    expect(heard.map((text) => JSON.parse(text))).toEqual([
      { ...next, payload: result(1) },
      { ...next, payload: result(2) },
      { ...next, payload: { data: null, errors: [{ message: 'none' }] } },
    ]);
    client.terminate();
  });

  test('wait where they are while the client does not read', async () => {
    const { client, socket, heard } = await pair();
    const { results, push, pulls } = source(polls);
    void sentResults(results, socket, '1').next();
    client.pause();
    const large = Array.from({ length: 40 }, () => ({ data: { text: 'x'.repeat(1_000_000) } }));
    push(...large);
    await expect.poll(() => socket.bufferedAmount, { timeout: 10_000 }).toBeGreaterThan(0);
    await sleep(200);
    expect(pulls()).toBeLessThan(40); // the kernel took some
    expect(socket.bufferedAmount).toBeLessThan(1_100_000); // here waits one
    client.resume();
    await expect.poll(() => heard.length, { timeout: 30_000 }).toBe(40);
    client.terminate();
  });

  test('are sent no more after `return`', async () => {
    const { client, socket, heard } = await pair();
    const { results, push } = source(polls);
    const iterator = sentResults(results, socket, '1');
    const ended = iterator.next();
    push(result(1));
    await expect.poll(() => heard.length).toBe(1);
    const left = iterator.return?.();
    push(result(2));
    await left;
    expect(await ended).toEqual({ done: true, value: undefined });
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
    await sleep(50);
    expect(heard.length).toBe(1);
    client.terminate();
  });

  test('reject where they cannot be written as JSON', async () => {
    const { client, socket } = await pair();
    const { results, push } = source(polls);
    const ended = sentResults(results, socket, '1').next();
    push({ data: { n: 1n } } as unknown as Result);
    await expect(ended).rejects.toThrow(/BigInt/);
    client.terminate();
  });
});
