import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test, vi } from 'vitest';
import type { IndexedPassage } from '#core/ports/store.ts';
import { type FakeFeed, fakeFeed } from '../../../../test/support/fake-feed.ts';
import type { EngineChange, Index } from '../engines/engine.ts';
import { Follower } from './follower.ts';

const { signal } = new AbortController();
const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  vi.restoreAllMocks();
  for (const stop of stops.splice(0)) await stop();
});

/** An index that can be down, hang, be lost, and hold a write back. */
class Frail implements Index<string, never, unknown> {
  readonly format = 'frail';
  readonly texts = new Map<string, string>();
  at = 0;
  down = false;
  hangs = false;
  gate: Promise<void> | undefined;

  async #answer(asked: AbortSignal): Promise<void> {
    if (this.hangs) await sleep(60_000, undefined, { signal: asked });
    if (this.down) throw new Error('down');
  }
  async position(asked: AbortSignal): Promise<number> {
    await this.#answer(asked);
    return this.at;
  }
  async apply(changes: readonly EngineChange<string>[], asked: AbortSignal, after?: number): Promise<void> {
    await this.#answer(asked);
    if (after !== this.at) throw new Error('not where it was');
    await this.gate;
    for (const change of changes)
      if (change.type === 'added') this.texts.set(change.passage.id, change.entry);
      else for (const id of this.texts.keys()) if (id.startsWith(`${change.documentId}-`)) this.texts.delete(id);
    this.at = changes.at(-1)?.sequence ?? this.at;
  }
  lose(): void {
    this.texts.clear();
    this.at = 0;
  }
  search = async () => undefined;
  count = async () => this.texts.size;
}

function following(fake: FakeFeed, index: Frail, onLost?: () => void) {
  const warnings: string[] = [];
  const follower = new Follower<string>({
    index,
    feed: fake.feed,
    entriesOf: async (passages: readonly IndexedPassage[]) => passages.map(({ text }) => text),
    batchSize: 2,
    warn: (message) => void warnings.push(message),
    name: 'frail',
    followEvery: 20,
    ...(onLost ? { onLost } : {}),
  });
  stops.push(() => follower.stop());
  follower.start();
  return { follower, warnings };
}
const complete = (index: Frail, texts: readonly string[]) =>
  expect.poll(() => [...index.texts.values()].sort()).toEqual([...texts].sort());

test('an engine that is down is not waited for where that is asked, and is complete once it is back', async () => {
  const fake = fakeFeed();
  const index = new Frail();
  const { follower, warnings } = following(fake, index);
  await follower.upToNow(signal);
  index.down = true;
  fake.put('d', ['a', 'b', 'c']);
  fake.tell();
  await expect(follower.upToNow(signal, 'reject')).rejects.toThrow('behind');
  expect(follower.behind).toBe(true);
  fake.put('d', ['b', 'x']);
  index.down = false;
  await follower.upToNow(signal);
  expect(follower.behind).toBe(false);
  await complete(index, ['b', 'x']);
  expect(warnings).toHaveLength(1);
});

test('an engine that accepts a call and stays silent counts as down after a while, and is called again', async () => {
  const limit = new AbortController();
  const fake = fakeFeed();
  const index = new Frail();
  const { follower } = following(fake, index);
  await follower.upToNow(signal);
  vi.spyOn(AbortSignal, 'timeout').mockImplementation(() => limit.signal);
  index.hangs = true;
  fake.put('d', ['a']);
  fake.tell();
  const waiting = follower.upToNow(signal, 'reject');
  limit.abort(new Error('took too long'));
  await expect(waiting).rejects.toThrow('behind');
  index.hangs = false;
  vi.restoreAllMocks();
  await complete(index, ['a']);
});

test('an engine that answers again without the missed changes is behind', async () => {
  const fake = fakeFeed();
  const index = new Frail();
  const { follower } = following(fake, index);
  await follower.upToNow(signal);
  index.down = true;
  fake.put('d', ['a']);
  fake.tell();
  await expect.poll(() => follower.behind).toBe(true);
  const { promise, resolve: open } = Promise.withResolvers<void>();
  index.gate = promise;
  index.down = false;
  await expect(follower.upToNow(AbortSignal.timeout(1_000))).rejects.toThrow();
  expect(follower.behind).toBe(true);
  open();
  await follower.upToNow(signal);
  expect(follower.behind).toBe(false);
});

test('an index that lost what it had is said to be, until all is in it again', async () => {
  const fake = fakeFeed();
  const index = new Frail();
  const onLost = vi.fn();
  const { follower, warnings } = following(fake, index, onLost);
  fake.put('d', ['a', 'b', 'c', 'd', 'e']);
  await follower.upToNow(signal);
  expect([follower.rebuilding, follower.behind]).toEqual([false, false]);
  const { promise, resolve: open } = Promise.withResolvers<void>();
  index.gate = promise;
  index.lose();
  fake.put('e', ['f']);
  fake.tell();
  await expect.poll(() => [follower.rebuilding, follower.behind]).toEqual([true, true]);
  open();
  await follower.upToNow(signal);
  expect([follower.rebuilding, follower.behind]).toEqual([false, false]);
  await complete(index, ['a', 'b', 'c', 'd', 'e', 'f']);
  expect(onLost).toHaveBeenCalledTimes(1);
  expect(warnings.filter((warning) => warning.includes('lost what it had'))).toHaveLength(1);
});

test('lost between two steps, it lacks nothing of the first', async () => {
  const fake = fakeFeed();
  const index = new Frail();
  const { follower } = following(fake, index);
  await follower.upToNow(signal);
  const apply = index.apply.bind(index);
  let steps = 0;
  index.apply = async (...asked: Parameters<typeof apply>) => {
    await apply(...asked);
    steps += 1;
    if (steps === 1) index.lose();
  };
  fake.put('d', ['a', 'b', 'c', 'd', 'e']);
  await follower.upToNow(signal);
  await complete(index, ['a', 'b', 'c', 'd', 'e']);
});

test('numbers that were taken and are not committed yet are not what an index has', async () => {
  const fake = fakeFeed();
  const index = new Frail();
  // Five more are taken by a transaction under way.
  let taken = 5;
  const latest = fake.feed.latestChange;
  const ahead = { ...fake, feed: { ...fake.feed, latestChange: async () => (await latest()) + taken } };
  const { follower } = following(ahead, index);
  await follower.upToNow(signal);
  const { promise, resolve: open } = Promise.withResolvers<void>();
  index.gate = promise;
  fake.put('d', ['a']);
  taken -= 2;
  let done = false;
  const indexed = follower.upToNow(signal).then(() => {
    done = true;
  });
  await sleep(50);
  expect(done).toBe(false);
  open();
  await indexed;
  await complete(index, ['a']);
});
