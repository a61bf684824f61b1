import { expect, test } from 'vitest';
import type { Store } from '#core/ports/store.ts';
import { begun, branchOf, finish, id, made, open, send, someone, turnOf } from '../../support/turns.ts';

export function turns(store: () => Store): void {
  test('a first send makes the conversation, both messages and the generation', async () => {
    const viewer = await someone(store());
    const conversationId = id();
    const create = { title: 'Ships', systemPrompt: 'Be brief.' };
    const turn = turnOf(
      { type: 'send', conversationId, content: 'Which ship?', create },
      { features: ['caching'], clientMutationId: 'a' },
    );
    const answer = await begun(store(), viewer, turn);
    expect(answer).toMatchObject({
      created: true,
      conversation: { id: conversationId, viewerId: viewer.id, title: 'Ships', systemPrompt: 'Be brief.' },
      userMessage: {
        id: turn.userMessageId,
        parentId: null,
        depth: 0,
        role: 'USER',
        content: 'Which ship?',
        status: 'COMPLETE',
      },
      assistantMessage: {
        id: turn.assistantMessageId,
        parentId: turn.userMessageId,
        depth: 1,
        role: 'ASSISTANT',
        content: '',
        status: 'PENDING',
      },
      generation: { id: turn.generationId, status: 'PENDING', epoch: 1, features: ['caching'], clientMutationId: 'a' },
      history: [],
    });
    // The result of begin equals the stored record.
    expect(await store().conversations.get(viewer, conversationId)).toEqual(answer.conversation);
    expect(await store().messages.get(viewer, turn.userMessageId)).toEqual(answer.userMessage);
    expect(await store().messages.get(viewer, turn.assistantMessageId)).toEqual(answer.assistantMessage);
    expect(await store().generations.get(viewer, turn.generationId)).toEqual(answer.generation);
  });

  test('later messages follow each other, and the history comes oldest first', async () => {
    const viewer = await someone(store());
    const first = await open(store(), viewer, 'one');
    await finish(store(), first, { content: 'answer one' });
    const second = await send(store(), viewer, first.conversation.id, 'two');
    expect(second.userMessage).toMatchObject({ parentId: first.assistantMessage.id, depth: 2 });
    expect(second.history).toEqual([
      { role: 'USER', content: 'one' },
      { role: 'ASSISTANT', content: 'answer one' },
    ]);
    expect(second.conversation.updatedAt.getTime()).toBeGreaterThanOrEqual(first.conversation.updatedAt.getTime());
  });

  test('a conversation made empty takes its first send', async () => {
    const viewer = await someone(store());
    const empty = await made(store(), viewer, 'Empty');
    expect((await send(store(), viewer, empty.id, 'hello')).userMessage).toMatchObject({ depth: 0, parentId: null });
  });

  test('history holds the last messages up to its limit, with the text so far of what still runs', async () => {
    const viewer = await someone(store());
    const first = await open(store(), viewer, 'one');
    await finish(store(), first, { content: 'answer one' });
    const second = await send(store(), viewer, first.conversation.id, 'two');
    const third = await send(store(), viewer, first.conversation.id, 'three', { historyLimit: 2 });
    expect(third.history).toEqual([{ role: 'USER', content: 'two' }]); // nothing of the second answer yet
    await store().generations.flush('owner', 60_000, [
      { generationId: second.generation.id, epoch: 1, content: 'so far' },
    ]);
    const fourth = await send(store(), viewer, first.conversation.id, 'four', { historyLimit: 3 });
    expect(fourth.history).toEqual([
      { role: 'ASSISTANT', content: 'so far', unfinished: true },
      { role: 'USER', content: 'three' },
    ]);
    const fifth = await send(store(), viewer, first.conversation.id, 'five', { historyLimit: 0 });
    expect(fifth.history).toEqual([]);
  });

  test('the same clientMutationId returns the first turn in its current state, and writes nothing', async () => {
    const viewer = await someone(store());
    const before = await open(store(), viewer, 'one');
    await finish(store(), before, { content: 'answer one' });
    const first = await send(store(), viewer, before.conversation.id, 'two', { clientMutationId: 'm' });
    await finish(store(), first, { content: 'answer two' });
    const again = await send(store(), viewer, before.conversation.id, 'two, again', { clientMutationId: 'm' });
    expect(again.created).toBe(false);
    expect(again).toMatchObject({
      conversation: { id: before.conversation.id },
      userMessage: { id: first.userMessage.id, content: 'two' },
      assistantMessage: { id: first.assistantMessage.id, content: 'answer two', status: 'COMPLETE' },
      generation: { id: first.generation.id, status: 'COMPLETE' },
      history: first.history,
    });
    expect(await branchOf(store(), viewer, before.conversation.id)).toEqual(['one', 'answer one', 'two', 'answer two']);
    // Whatever else the repeated request says.
    for (const kind of [
      { type: 'edit', messageId: before.userMessage.id, content: 'x' },
      { type: 'regenerate', messageId: 'no id' },
      { type: 'send', conversationId: id(), content: 'x', create: { title: 'x', systemPrompt: null } },
    ] as const)
      expect((await begun(store(), viewer, turnOf(kind, { clientMutationId: 'm' }))).generation.id).toBe(
        first.generation.id,
      );
    expect((await store().viewers.usage(viewer, null)).turns).toBe(2);
  });

  test('the same clientMutationId with other content is CONFLICT, of every kind, and writes nothing', async () => {
    const viewer = await someone(store());
    const first = await open(store(), viewer, 'one', { clientMutationId: 'm', fingerprint: 'a' });
    const { id: conversationId } = first.conversation;
    for (const kind of [
      { type: 'send', conversationId, content: 'x', create: null },
      { type: 'send', conversationId: id(), content: 'x', create: { title: 'x', systemPrompt: null } },
      { type: 'edit', messageId: first.userMessage.id, content: 'x' },
      { type: 'regenerate', messageId: first.userMessage.id },
      { type: 'continue', messageId: first.assistantMessage.id, conversationId: null, content: 'x' },
    ] as const) {
      const again = (fingerprint: string) =>
        store().generations.begin(viewer, turnOf(kind, { clientMutationId: 'm', fingerprint }));
      await expect(again('b')).rejects.toMatchObject({ code: 'CONFLICT' });
      expect(await again('a')).toMatchObject({ created: false, generation: { id: first.generation.id } });
    }
    expect(await branchOf(store(), viewer, conversationId)).toEqual(['one', '']);
  });

  test('one clientMutationId sent twenty times at once makes one turn, in a new conversation and in an old one', async () => {
    const viewer = await someone(store());
    const created = await Promise.all(
      Array.from({ length: 20 }, () => open(store(), viewer, 'once', { clientMutationId: 'new' })),
    );
    expect(created.filter((turn) => turn.created)).toHaveLength(1);
    expect(new Set(created.map((turn) => turn.generation.id)).size).toBe(1);
    expect((await store().conversations.list(viewer, { first: 100 }, null)).edges).toHaveLength(1);
    const conversationId = created[0]?.conversation.id ?? '';
    const sent = await Promise.all(
      Array.from({ length: 20 }, () => send(store(), viewer, conversationId, 'twice', { clientMutationId: 'old' })),
    );
    expect(sent.filter((turn) => turn.created)).toHaveLength(1);
    expect(new Set(sent.map((turn) => turn.generation.id)).size).toBe(1);
    expect(await branchOf(store(), viewer, conversationId)).toEqual(['once', '', 'twice', '']);
  });

  test('a clientMutationId is its viewer’s own', async () => {
    const tenant = id();
    const [ann, ben] = [await someone(store(), tenant), await someone(store(), tenant)];
    await open(store(), ann, 'hers', { clientMutationId: 'same' });
    const his = await open(store(), ben, 'his', { clientMutationId: 'same' });
    expect(his.created).toBe(true);
    const again = await open(store(), ben, 'his', { clientMutationId: 'same' });
    expect(again.generation.id).toBe(his.generation.id);
  });

  test('sends at once in one conversation all succeed, each below the one before it and knowing of it', async () => {
    const viewer = await someone(store());
    const first = await open(store(), viewer, 'start');
    const sent = await Promise.all(
      Array.from({ length: 12 }, (_, number) => send(store(), viewer, first.conversation.id, `${number}`)),
    );
    sent.sort((one, other) => one.userMessage.depth - other.userMessage.depth);
    let above = first;
    const said = ['start'];
    for (const [place, turn] of sent.entries()) {
      expect(turn.userMessage).toMatchObject({ depth: 2 * (place + 1), parentId: above.assistantMessage.id });
      expect(turn.history.map((message) => message.content)).toEqual(said.slice(-10)); // 20 messages back, half of them empty
      said.push(turn.userMessage.content);
      above = turn;
    }
    expect((await branchOf(store(), viewer, first.conversation.id)).filter(Boolean)).toEqual(said);
  });

  test('a turn in what is not there does not begin', async () => {
    const viewer = await someone(store());
    for (const wrong of [id(), 'no id', '']) {
      for (const kind of [
        { type: 'send', conversationId: wrong, content: 'x', create: null },
        { type: 'edit', messageId: wrong, content: 'x' },
        { type: 'regenerate', messageId: wrong },
      ] as const)
        expect(await store().generations.begin(viewer, turnOf(kind))).toBeNull();
    }
  });

  test('characters that a database cannot hold do not break a turn, and lengths stay', async () => {
    const viewer = await someone(store());
    const turn = await open(store(), viewer, 'a\0b\udfffc', { features: ['f\0'], clientMutationId: 'm\0' });
    expect(turn.userMessage.content).toBe('a\ufffdb\ufffdc');
    const refused = await store().generations.flush('owner\0', 1_000, [
      { generationId: turn.generation.id, epoch: 1, content: 'half \ud83d' },
    ]);
    expect(refused).toEqual([]);
    const stage = {
      stage: 'route',
      plugin: 'p\0',
      outcome: 'OK',
      durationMs: 0.5,
      detail: 'C:\\ud800 \\\ud800 \0 😀',
    } as const;
    const stored = await finish(store(), turn, { content: 'half \ud83d\0', topic: '\0', stages: [stage] });
    expect(stored.content).toBe('half \ufffd\ufffd');
    expect(stored.generation?.stages).toEqual([
      { ...stage, plugin: 'p\ufffd', detail: 'C:\\ud800 \\\ufffd \ufffd 😀' },
    ]);
  });
}
