import { afterEach, expect, test } from 'vitest';
import { fakeFeed } from '../../../../test/support/fake-feed.ts';
import { wrong } from '../../../../test/support/wrong.ts';
import type { EngineChange, Index } from '../engines/engine.ts';
import { Follower } from './follower.ts';

const { signal } = new AbortController();
let follower: Follower<string> | undefined;
afterEach(() => follower?.stop());

/** A server that keeps passages of documents, loses them, and creates an index for any write. */
function serverOf() {
  const server = {
    held: new Map<string, string>(),
    position: 0,
    down: false,
    /** Called before each write. */
    before: async (): Promise<void> => undefined,
    lost: false,
    lose() {
      server.held.clear();
      server.position = 0;
      server.lost = true;
    },
  };
  const up = () => {
    if (server.down) throw new Error('the server is down');
  };
  const index: Index<string, never, unknown> = {
    format: 'test',
    async position() {
      up();
      // An index that the server created itself is not ours.
      if (server.lost) server.lose();
      server.lost = false;
      return server.position;
    },
    async apply(changes: readonly EngineChange<string>[]) {
      await server.before();
      up();
      for (const change of changes) {
        if (change.type === 'added') server.held.set(change.passage.id, change.entry);
        else for (const id of server.held.keys()) if (id.startsWith(`${change.documentId}-`)) server.held.delete(id);
        server.position = change.sequence;
      }
    },
    search: async () => up(),
    count: async () => server.held.size,
  };
  return { server, index };
}

function follow({ texts = ['a', 'b', 'c'], followEvery = 1, shared = false } = {}) {
  const fake = fakeFeed({ shared });
  const warnings: string[] = [];
  const { server, index } = serverOf();
  const ids = texts.flatMap((text) => fake.put(text, [text]));
  const made = new Follower<string>({
    index,
    feed: fake.feed,
    entriesOf: async (passages) => passages.map(({ text }) => text),
    batchSize: 2,
    warn: (message) => void warnings.push(message),
    name: 'test',
    followEvery,
  });
  follower = made;
  made.start();
  return { fake, server, index, ids, warnings, follower: made };
}
const NEVER = 1_000_000;
const SLOWLY = { timeout: 10_000 };

test('an index that its server lost is rebuilt without any change or search, and reports it meanwhile', async () => {
  const { follower, server, ids, warnings } = follow();
  await follower.upToNow(signal);
  expect(follower.rebuilding).toBe(false);
  const gate = Promise.withResolvers<void>();
  server.before = () => gate.promise;
  server.lose();
  await expect.poll(() => follower.rebuilding, SLOWLY).toBe(true);
  expect(follower.caughtUp).toBe(false);
  gate.resolve();
  await expect.poll(() => [...server.held.keys()], SLOWLY).toEqual(ids);
  await expect.poll(() => [follower.rebuilding, follower.caughtUp], SLOWLY).toEqual([false, true]);
  expect(warnings).toEqual(['test lost what it had; it is filled again']);
});

test('an index that is lost between two writes of a round is complete after all', async () => {
  const fresh = follow({ followEvery: NEVER });
  await expect.poll(() => fresh.follower.caughtUp, SLOWLY).toBe(true);
  let writes = 0;
  fresh.server.before = async () => {
    writes += 1;
    if (writes === 2) fresh.server.lose();
  };
  const more = ['d', 'e', 'f'].flatMap((text) => fresh.fake.put(text, [text]));
  fresh.fake.tell();
  await expect.poll(() => [...fresh.server.held.keys()].sort(), SLOWLY).toEqual([...fresh.ids, ...more]);
});

test('a failed search makes the follower check whether the index exists', async () => {
  const { follower, server, index, ids } = follow({ followEvery: NEVER });
  await follower.upToNow(signal);
  server.lose();
  server.down = true;
  await expect(follower.searched(index.search(wrong(undefined), signal))).rejects.toThrow('down');
  await expect.poll(() => follower.failing, SLOWLY).toBe(true);
  server.down = false;
  await expect.poll(() => [...server.held.keys()], SLOWLY).toEqual(ids);
});
