import pg from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { BegunTurn, Store } from '#core/ports/store.ts';
import type { Viewer } from '#core/viewer.ts';
import { freshDataDirectory } from '../../../test/support/data.ts';
import { ending, finish, open, send, someone, turnOf } from '../../../test/support/turns.ts';
import { conversationStore } from './conversations.ts';
import { type Database, database } from './database.ts';
import { generationStore } from './generations.ts';
import { messageStore } from './messages.ts';
import { openPglite } from './pglite.ts';
import { viewerStore } from './viewers.ts';

let data: ReturnType<typeof freshDataDirectory>;
let opened: Database;
let store: Pick<Store, 'viewers' | 'conversations' | 'messages' | 'generations'>;
let viewer: Viewer;
let short: BegunTurn;
let long: BegunTurn;

async function talk(turns: number): Promise<BegunTurn> {
  let turn = await open(store as Store, viewer, 'first');
  for (let number = 1; number < turns; number += 1) {
    await finish(store as Store, turn);
    turn = await send(store as Store, viewer, turn.conversation.id, `question ${number}`);
  }
  return turn;
}

beforeAll(async () => {
  data = freshDataDirectory();
  opened = database(await openPglite(data.path));
  store = {
    viewers: viewerStore(opened),
    conversations: conversationStore(opened),
    messages: messageStore(opened),
    generations: generationStore(opened),
  };
  viewer = await someone(store as Store);
  short = await talk(15);
  long = await talk(750);
});
afterAll(async () => {
  await opened.close();
  data.remove();
});

const literal = (value: unknown): string => {
  if (value === null || value === undefined) return 'NULL';
  return pg.escapeLiteral(Array.isArray(value) ? JSON.stringify(value).replace(/^\[(.*)\]$/, '{$1}') : String(value));
};

/** Pages of the database that the kept plan of the statement of `ask` touches; what it writes is taken back. */
async function pagesTouched(ask: () => Promise<unknown>): Promise<number> {
  const refusal = new Error('not to be run, only to be looked at');
  const refuse = (...given: unknown[]) => {
    const callback = given.at(-1); // the pool's, which else waits for ever: vacuuming may ask meanwhile
    return typeof callback === 'function' ? callback(refusal) : Promise.reject(refusal);
  };
  const spy = vi.spyOn(pg.Client.prototype, 'query').mockImplementation(refuse);
  await expect(ask()).rejects.toBe(refusal);
  const asked = spy.mock.calls.map(([first]) => first).find((first) => typeof first === 'object');
  const { text, values } = asked as unknown as { text: string; values: unknown[] };
  spy.mockRestore();
  const client = await opened.pool.connect();
  await client.query(`PREPARE looked_at AS ${text}`);
  try {
    await client.query('BEGIN');
    const { rows } = await client.query(
      `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) EXECUTE looked_at (${values.map(literal).join(', ')})`,
    );
    const [{ Plan: plan }] = rows[0]['QUERY PLAN'];
    return plan['Shared Hit Blocks'] + plan['Shared Read Blocks'];
  } finally {
    await client.query('ROLLBACK');
    await client.query('DEALLOCATE looked_at');
    client.release();
  }
}

const statements: Record<string, (turn: BegunTurn) => Promise<unknown>> = {
  'beginning a turn': ({ conversation: { id: conversationId } }) =>
    store.generations.begin(viewer, turnOf({ type: 'send', conversationId, content: 'x', create: null })),
  'ending it': (turn) => store.generations.finish(ending(turn)),
  'flushing it': ({ generation: { id: generationId } }) =>
    store.generations.flush('owner', 1_000, [{ generationId, epoch: 1, content: 'x' }]),
  'the last page': (turn) => store.messages.list(viewer, turn.conversation.id, { last: 20 }),
  'the first page': (turn) => store.messages.list(viewer, turn.conversation.id, { first: 20 }),
  'answering the last question again': (turn) =>
    store.generations.begin(viewer, turnOf({ type: 'regenerate', messageId: turn.assistantMessage.id })),
};

for (const [name, ask] of Object.entries(statements))
  test(`${name} touches as much of the database after 1,500 messages as after 30`, async () => {
    const few = await pagesTouched(() => ask(short));
    const many = await pagesTouched(() => ask(long));
    expect(few).toBeGreaterThan(0);
    expect(many).toBeLessThanOrEqual(few * 1.2);
  });
