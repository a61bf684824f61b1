import pg from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { pgliteStore, type TestStore } from '../../../test/support/stores.ts';
import { edit, finish, open, regenerate, send, someone } from '../../../test/support/turns.ts';

let opened: TestStore;
beforeAll(async () => {
  opened = await pgliteStore();
});
afterAll(() => opened.close());

async function statements(work: () => Promise<unknown>): Promise<number> {
  const spy = vi.spyOn(pg.Client.prototype, 'query');
  try {
    await work();
    return spy.mock.calls.length;
  } finally {
    spy.mockRestore();
  }
}

test('a turn is one statement to begin, one to flush, one to end; a repeated beginning is two', async () => {
  const { store } = opened;
  const viewer = await someone(store);
  const first = await open(store, viewer, 'one', { clientMutationId: 'first' });
  const { id: conversationId } = first.conversation;
  const text = { generationId: first.generation.id, epoch: 1, content: 'so far' };
  const question = first.userMessage.id;
  expect(await statements(() => open(store, viewer, 'new', { clientMutationId: 'new' }))).toBe(1);
  expect(await statements(() => send(store, viewer, conversationId, 'two', { clientMutationId: 'two' }))).toBe(1);
  expect(await statements(() => edit(store, viewer, question, 'edited'))).toBe(1);
  expect(await statements(() => regenerate(store, viewer, question))).toBe(1);
  expect(await statements(() => open(store, viewer, 'one', { clientMutationId: 'first' }))).toBe(2);
  expect(await statements(() => store.generations.flush('owner', 1_000, [text, text]))).toBe(1);
  expect(await statements(() => finish(store, first))).toBe(1);
});
