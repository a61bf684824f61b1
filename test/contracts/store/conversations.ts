import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { PageArguments, Store } from '#core/ports/store.ts';
import type { Viewer } from '#core/viewer.ts';
import { finish, id, made, open, send, someone } from '../../support/turns.ts';

export function conversations(store: () => Store): void {
  const make = (viewer: Viewer, title: string) => made(store(), viewer, title);
  const titles = async (viewer: Viewer, page: PageArguments, search: string | null = null) =>
    (await store().conversations.list(viewer, page, search)).edges.map(({ node }) => node.title);

  test('a conversation is read as it was made and renamed', async () => {
    const viewer = await someone(store());
    const first = await made(store(), viewer, 'First', 'Be brief.');
    expect(first).toMatchObject({ viewerId: viewer.id, title: 'First', topic: null, systemPrompt: 'Be brief.' });
    expect(await store().conversations.get(viewer, first.id)).toEqual(first);
    expect(await store().conversations.rename(viewer, first.id, 'Second')).toMatchObject({ title: 'Second' });
    expect(await store().conversations.get(viewer, first.id)).toMatchObject({ title: 'Second' });
    const many = await store().conversations.getMany(viewer, [first.id, id(), 'no id']);
    expect([...many.keys()]).toEqual([first.id]);
  });

  test('an invalid or unknown id finds nothing', async () => {
    const viewer = await someone(store());
    for (const wrong of [id(), 'no id', '', "'; DROP TABLE messages; --", '00000000-0000-0000-0000-00000000000g']) {
      expect(await store().conversations.get(viewer, wrong)).toBeNull();
      expect(await store().conversations.rename(viewer, wrong, 'x')).toBeNull();
      expect(await store().conversations.delete(viewer, wrong)).toBeNull();
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

  test('pages by last change run newest first, both ways, each conversation once', async () => {
    const viewer = await someone(store());
    const all = [];
    for (const title of ['1', '2', '3', '4', '5']) all.push(await make(viewer, title));
    for (const place of [1, 3]) {
      await sleep(2); // stamps are in milliseconds
      await store().conversations.rename(viewer, all[place]?.id ?? '', `${place + 1}'`);
    }
    const list = (page: PageArguments) => store().conversations.list(viewer, page, null, 'UPDATED');
    const stamps = (await list({ first: 5 })).edges.map(({ node }) => node.updatedAt.getTime());
    expect(stamps).toEqual(stamps.toSorted((a, b) => b - a));
    const seen: string[] = [];
    for (let after: string | undefined; ; ) {
      const page = await list(after === undefined ? { first: 2 } : { first: 2, after });
      seen.push(...page.edges.map(({ node }) => node.title));
      after = page.edges.at(-1)?.cursor;
      if (!page.hasNextPage) break;
    }
    const back: string[] = [];
    for (let before: string | undefined; ; ) {
      const page = await list(before === undefined ? { last: 2 } : { last: 2, before });
      back.unshift(...page.edges.map(({ node }) => node.title));
      before = page.edges[0]?.cursor;
      if (!page.hasPreviousPage) break;
    }
    expect(back).toEqual(seen);
    expect(seen.toSorted()).toEqual(['1', "2'", '3', "4'", '5']);
    expect(seen.slice(0, 1)).toEqual(["4'"]);
  });

  test('a cursor of another list is BAD_USER_INPUT', async () => {
    const viewer = await someone(store());
    const [first, second] = [await open(store(), viewer, 'one'), await open(store(), viewer, 'two')];
    const { conversations: lists, messages } = store();
    const cursorOf = (page: { readonly edges: readonly { readonly cursor: string }[] }) => page.edges[0]?.cursor ?? '';
    const cursors = {
      created: cursorOf(await lists.list(viewer, { first: 1 }, null)),
      updated: cursorOf(await lists.list(viewer, { first: 1 }, null, 'UPDATED')),
      messages: cursorOf(await messages.list(viewer, first.conversation.id, { first: 1 })),
      others: cursorOf(await messages.list(viewer, second.conversation.id, { first: 1 })),
    };
    const read: Record<string, (after: string) => Promise<unknown>> = {
      created: (after) => lists.list(viewer, { first: 1, after }, null),
      updated: (after) => lists.list(viewer, { first: 1, after }, null, 'UPDATED'),
      messages: (after) => messages.list(viewer, first.conversation.id, { first: 1, after }),
      others: (after) => messages.list(viewer, second.conversation.id, { first: 1, after }),
      documents: (after) => store().documents.list(viewer, { first: 1, after }, null),
    };
    for (const [list, ask] of Object.entries(read))
      for (const [other, cursor] of Object.entries(cursors))
        if (list === other) await expect(ask(cursor)).resolves.toBeDefined();
        else await expect(ask(cursor), `${other} in ${list}`).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
  });

  test('the same request makes one conversation, also twenty times at once, and is refused with other content', async () => {
    const viewer = await someone(store());
    const ask = (clientMutationId: string, fingerprint: string, who = viewer) =>
      store().conversations.create(who, {
        ...{ id: id(), title: 'Once', systemPrompt: null },
        request: { clientMutationId, fingerprint },
      });
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask('a', 'same')));
    expect(answers.filter(({ created }) => created)).toHaveLength(1);
    expect(new Set(answers.map(({ conversation }) => conversation.id)).size).toBe(1);
    await expect(ask('a', 'other')).rejects.toMatchObject({ code: 'CONFLICT' });
    expect((await ask('a', 'other', await someone(store(), viewer.tenant))).created).toBe(true);
    await store().conversations.rename(viewer, answers[0]?.conversation.id ?? '', 'Renamed');
    expect(await ask('a', 'same')).toMatchObject({ created: false, conversation: { title: 'Renamed' } });
    await store().conversations.delete(viewer, answers[0]?.conversation.id ?? '');
    expect((await ask('a', 'same')).created).toBe(true);
  });

  test('usage is summed by conversation', async () => {
    const viewer = await someone(store());
    const [one, other] = [await open(store(), viewer, 'one'), await open(store(), viewer, 'other')];
    await finish(store(), one, { usage: { inputTokens: 3, outputTokens: 2, costUsd: 0.5 } });
    await finish(store(), await send(store(), viewer, one.conversation.id, 'more'), {
      usage: { inputTokens: 4, outputTokens: 1, costUsd: 0.25 },
    });
    const usage = await store().conversations.usage(viewer, [
      one.conversation.id,
      other.conversation.id,
      id(),
      'no id',
    ]);
    expect(usage.get(one.conversation.id)).toEqual({ inputTokens: 7, outputTokens: 3, costUsd: 0.75, turns: 2 });
    expect(usage.get(other.conversation.id)).toEqual({ inputTokens: 0, outputTokens: 0, costUsd: 0, turns: 1 });
    expect(usage.size).toBe(2);
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
    const broken = await make(viewer, 'a\0b\ud800c');
    expect(broken.title).toBe('a\ufffdb\ufffdc');
    expect(await titles(viewer, { first: 9 }, '\0')).toEqual(['a\ufffdb\ufffdc']);
  });

  test('deleting removes everything, and returns the generations that were running', async () => {
    const viewer = await someone(store());
    const first = await open(store(), viewer, 'one');
    await finish(store(), first);
    await store().generations.evaluate(viewer, first.generation.id, { id: id(), report: REPORT }, []);
    await store().messages.rate(viewer, first.assistantMessage.id, 'UP', null);
    const second = await send(store(), viewer, first.conversation.id, 'two');
    const answer = await store().conversations.delete(viewer, first.conversation.id);
    expect(answer).toEqual({ conversation: second.conversation, liveGenerationIds: [second.generation.id] });
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
