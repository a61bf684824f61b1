import { expect, test } from 'vitest';
import type { PageArguments, Store } from '#core/ports/store.ts';
import type { Viewer } from '#core/viewer.ts';
import { finish, id, open, send, someone } from '../../support/turns.ts';

export function conversations(store: () => Store): void {
  const make = (viewer: Viewer, title: string) =>
    store().conversations.create(viewer, { id: id(), title, systemPrompt: null });
  const titles = async (viewer: Viewer, page: PageArguments, search: string | null = null) =>
    (await store().conversations.list(viewer, page, search)).edges.map(({ node }) => node.title);

  test('a conversation is read as it was made, renamed and given a topic', async () => {
    const viewer = await someone(store());
    const made = await store().conversations.create(viewer, { id: id(), title: 'First', systemPrompt: 'Be brief.' });
    expect(made).toMatchObject({ viewerId: viewer.id, title: 'First', topic: null, systemPrompt: 'Be brief.' });
    expect(await store().conversations.get(viewer, made.id)).toEqual(made);
    expect(await store().conversations.rename(viewer, made.id, 'Second')).toMatchObject({ title: 'Second' });
    await store().conversations.setTopic(viewer, made.id, 'ships');
    expect(await store().conversations.get(viewer, made.id)).toMatchObject({ title: 'Second', topic: 'ships' });
    const many = await store().conversations.getMany(viewer, [made.id, id(), 'no id']);
    expect([...many.keys()]).toEqual([made.id]);
  });

  test('what is no id, or the id of nothing, finds nothing', async () => {
    const viewer = await someone(store());
    for (const wrong of [id(), 'no id', '', "'; DROP TABLE messages; --", '00000000-0000-0000-0000-00000000000g']) {
      expect(await store().conversations.get(viewer, wrong)).toBeNull();
      expect(await store().conversations.rename(viewer, wrong, 'x')).toBeNull();
      expect(await store().conversations.delete(viewer, wrong)).toBeNull();
      await store().conversations.setTopic(viewer, wrong, 'x');
    }
  });

  test('pages run newest first, both ways, and say truly whether there is more', async () => {
    const viewer = await someone(store());
    for (const title of ['1', '2', '3', '4', '5']) await make(viewer, title);
    const seen = [];
    let page = await store().conversations.list(viewer, { first: 2 }, null);
    for (;;) {
      seen.push([page.edges.map(({ node }) => node.title).join(''), page.hasPreviousPage, page.hasNextPage]);
      const after = page.edges.at(-1)?.cursor;
      if (!page.hasNextPage || after === undefined) break;
      page = await store().conversations.list(viewer, { first: 2, after }, null);
    }
    expect(seen).toEqual([
      ['54', false, true],
      ['32', true, true],
      ['1', true, false],
    ]);
    const back = [];
    page = await store().conversations.list(viewer, { last: 2 }, null);
    for (;;) {
      back.push([page.edges.map(({ node }) => node.title).join(''), page.hasPreviousPage, page.hasNextPage]);
      const before = page.edges[0]?.cursor;
      if (!page.hasPreviousPage || before === undefined) break;
      page = await store().conversations.list(viewer, { last: 2, before }, null);
    }
    expect(back).toEqual([
      ['21', true, false],
      ['43', true, true],
      ['5', false, true],
    ]);
    const { edges } = await store().conversations.list(viewer, { first: 5 }, null);
    const between = { after: edges[0]?.cursor ?? '', before: edges[4]?.cursor ?? '' };
    expect(await titles(viewer, { first: 5, ...between })).toEqual(['4', '3', '2']);
    expect(await titles(viewer, { last: 1, ...between })).toEqual(['2']);
  });

  test('a page of nothing is empty and has no neighbours', async () => {
    const viewer = await someone(store());
    const nothing = { edges: [], hasNextPage: false, hasPreviousPage: false };
    expect(await store().conversations.list(viewer, { first: 10 }, null)).toEqual(nothing);
    expect(await store().conversations.list(viewer, { last: 10 }, null)).toEqual(nothing);
  });

  test('a malformed cursor is BAD_USER_INPUT', async () => {
    const viewer = await someone(store());
    const forged = [
      '',
      'x',
      '%',
      Buffer.from('-'.repeat(36)).toString('base64url'),
      Buffer.from('7').toString('base64url'),
    ];
    for (const cursor of forged) {
      const refusal = { code: 'BAD_USER_INPUT' };
      await expect(store().conversations.list(viewer, { first: 1, after: cursor }, null)).rejects.toMatchObject(
        refusal,
      );
      await expect(store().conversations.list(viewer, { last: 1, before: cursor }, null)).rejects.toMatchObject(
        refusal,
      );
    }
  });

  test('a search is without regard to case, and its wildcards are letters', async () => {
    const viewer = await someone(store());
    for (const title of ['100% wool', '100 sheep', 'snake_case', 'snakeXcase', 'Étude', 'back\\slash'])
      await make(viewer, title);
    expect(await titles(viewer, { first: 9 }, '100%')).toEqual(['100% wool']);
    expect(await titles(viewer, { first: 9 }, 'E_C')).toEqual(['snake_case']);
    expect(await titles(viewer, { first: 9 }, 'étUDE')).toEqual(['Étude']);
    expect(await titles(viewer, { first: 9 }, 'k\\s')).toEqual(['back\\slash']);
    expect(await titles(viewer, { first: 1 }, 'snake')).toEqual(['snakeXcase']);
  });

  test('characters that a database cannot hold do not break it, and lengths stay', async () => {
    const viewer = await someone(store());
    const made = await make(viewer, 'a\0b\ud800c');
    expect(made.title).toBe('a\ufffdb\ufffdc');
    expect(await titles(viewer, { first: 9 }, '\0')).toEqual(['a\ufffdb\ufffdc']);
  });

  test('deleting takes all with it, and tells which generations were still running', async () => {
    const viewer = await someone(store());
    const first = await open(store(), viewer, 'one');
    await finish(store(), first);
    await store().generations.evaluate(viewer, first.generation.id, { id: id(), report: REPORT }, []);
    await store().messages.rate(viewer, first.assistantMessage.id, 'UP', null);
    const second = await send(store(), viewer, first.conversation.id, 'two');
    const answer = await store().conversations.delete(viewer, first.conversation.id);
    expect(answer).toEqual({ liveGenerationIds: [second.generation.id] });
    expect(await store().conversations.get(viewer, first.conversation.id)).toBeNull();
    expect(await store().messages.get(viewer, first.assistantMessage.id)).toBeNull();
    expect(await store().generations.get(viewer, first.generation.id)).toBeNull();
    expect((await store().viewers.usage(viewer, null)).turns).toBe(0);
    expect(await store().conversations.delete(viewer, first.conversation.id)).toBeNull();
  });

  test('turns that begin while their conversation is deleted are named as live, or do not begin', async () => {
    const viewer = await someone(store());
    for (let round = 0; round < 12; round += 1) {
      const { conversation } = await open(store(), viewer, 'one');
      const sending = () => send(store(), viewer, conversation.id, 'more').catch(() => null);
      const before = Array.from({ length: round % 4 }, sending);
      const deleting = store().conversations.delete(viewer, conversation.id);
      const sent = await Promise.all([...before, ...Array.from({ length: 6 }, sending)]);
      const begun = sent.flatMap((turn) => turn?.generation.id ?? []);
      const deleted = await deleting;
      expect(deleted?.liveGenerationIds).toEqual(expect.arrayContaining(begun));
      expect(deleted?.liveGenerationIds).toHaveLength(begun.length + 1);
    }
  });
}

export const REPORT = {
  overall: 0.5,
  relevance: 0.5,
  groundedness: null,
  completeness: 0.5,
  coherence: 0.5,
  safety: 1,
  suggestions: ['shorter'],
  unsupported: [{ start: 0, end: 2, text: 'an' }],
  judge: 'test',
};
