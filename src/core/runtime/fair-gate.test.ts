import { expect, test } from 'vitest';
import { FairGate } from './fair-gate.ts';

/** Enters the gate `count` times for an owner and records in `order` when each gets its place. */
function entering(gate: FairGate, order: string[]) {
  return (owner: string, times = 1) =>
    Array.from({ length: times }, (_, index) => {
      const place = gate.enter(owner);
      if (place.queued) void place.ready.then(() => order.push(`${owner}${index}`));
      return place;
    });
}

test('a released place goes to the next owner in turn', async () => {
  const gate = new FairGate({ places: 1 });
  const order: string[] = [];
  const enter = entering(gate, order);
  const [held] = enter('x');
  const waiting = [...enter('a', 3), ...enter('b', 2), ...enter('c')];
  held?.release();
  for (let turn = 0; turn < waiting.length; turn += 1) {
    await expect.poll(() => order.length).toBe(turn + 1);
    const [name = '', index = '0'] = [order.at(-1)?.[0], order.at(-1)?.[1]];
    const first = { a: 0, b: 3, c: 5 }[name] ?? 0;
    waiting[first + Number(index)]?.release();
  }
  expect(order).toEqual(['a0', 'b0', 'c0', 'a1', 'b1', 'a2']);
});

test('an owner has no more than its share, though places are free', async () => {
  const gate = new FairGate({ places: 4, perOwner: 2 });
  const order: string[] = [];
  const enter = entering(gate, order);
  const places = enter('a', 4);
  expect([gate.activeOf('a'), gate.queuedOf('a')]).toEqual([2, 2]);
  expect(enter('b', 2).map(({ queued }) => queued)).toEqual([false, false]);
  places[0]?.release();
  await expect.poll(() => order).toEqual(['a2']);
});

test('a spare place is for an owner that has none', () => {
  const gate = new FairGate({ places: 2, spare: 1 });
  const enter = entering(gate, []);
  expect(enter('a', 3).map(({ queued }) => queued)).toEqual([false, false, true]);
  expect(enter('b', 2).map(({ queued }) => queued)).toEqual([false, true]);
  expect(enter('c')[0]?.queued).toBe(true);
  expect([gate.active, gate.queued]).toEqual([3, 3]);
});

test('leaving the queue frees no place, and a place is released once', () => {
  const gate = new FairGate({ places: 1 });
  const [held, waiting] = [gate.enter('a'), gate.enter('a')];
  waiting.release();
  waiting.release();
  expect([gate.active, gate.queued]).toEqual([1, 0]);
  held.release();
  held.release();
  expect([gate.active, gate.hasPlaceFor('a')]).toEqual([0, true]);
});

test('waiting work ends with its signal', async () => {
  const gate = new FairGate({ places: 1 });
  const stop = new AbortController();
  gate.enter('a');
  const waiting = gate.run('b', () => 'done', stop.signal);
  stop.abort(new Error('stopped'));
  await expect(waiting).rejects.toThrow('stopped');
  expect(gate.queued).toBe(0);
});
