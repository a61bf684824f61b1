import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { WebSocket } from 'ws';
import { KeepAlive } from './keep-alive.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Counts what is done to it. A client that is `there` answers pings. */
class Socket extends EventEmitter {
  readonly OPEN = 1;
  readyState = 1;
  pings = 0;
  ended = false;
  readonly there: boolean;
  constructor(there: boolean) {
    super();
    this.there = there;
  }
  ping(): void {
    this.pings += 1;
    if (this.there) this.emit('pong');
  }
  terminate(): void {
    this.ended = true;
  }
}
const given = (socket: Socket) => socket as unknown as WebSocket;

test('a client that answers pings stays, one that does not is ended after the second half minute', () => {
  const keepAlive = new KeepAlive();
  const [there, gone] = [new Socket(true), new Socket(false)];
  for (const socket of [there, gone]) keepAlive.watch(given(socket));
  vi.advanceTimersByTime(29_000);
  expect([there.pings, gone.pings]).toEqual([0, 0]);
  vi.advanceTimersByTime(2_000);
  expect([there.pings, gone.pings]).toEqual([1, 1]);
  vi.advanceTimersByTime(27_000);
  expect(gone.ended).toBe(false);
  vi.advanceTimersByTime(3_000);
  expect([there.ended, gone.ended]).toEqual([false, true]);
  vi.advanceTimersByTime(300_000);
  expect([there.ended, there.pings]).toEqual([false, 12]);
});

test('sockets that come at different times are pinged at different times', () => {
  const keepAlive = new KeepAlive();
  const sockets = Array.from({ length: 30 }, () => new Socket(true));
  for (const socket of sockets) {
    keepAlive.watch(given(socket));
    vi.advanceTimersByTime(1_000);
  }
  const pinged = () => sockets.reduce((sum, { pings }) => sum + pings, 0);
  const before = pinged();
  vi.advanceTimersByTime(1_000);
  expect(pinged() - before).toBe(1);
});

test('without sockets there is no timer', () => {
  const keepAlive = new KeepAlive();
  const sockets = [new Socket(true), new Socket(false)];
  for (const socket of sockets) keepAlive.watch(given(socket));
  expect(vi.getTimerCount()).toBe(1);
  vi.advanceTimersByTime(30_000);
  for (const socket of sockets) keepAlive.leave(given(socket));
  expect(vi.getTimerCount()).toBe(0);
  vi.advanceTimersByTime(60_000);
  expect(sockets.some(({ ended }) => ended)).toBe(false);
});
