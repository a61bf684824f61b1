import { expect, test } from 'vitest';
import type { BegunTurn, Store } from '#core/ports/store.ts';
import { branchOf, edit, finish, id, open, regenerate, send, someone, talk, turnOf } from '../../support/turns.ts';

export function branches(store: () => Store): void {
  const nth = (turns: readonly BegunTurn[], number: number): BegunTurn => {
    const turn = turns[number - 1];
    if (!turn) throw new Error(`no turn ${number}`);
    return turn;
  };
  const contents = (history: readonly { content: string }[]) => history.map((message) => message.content);

  test('an edit is a sibling of the old question, and its branch becomes the active one', async () => {
    const viewer = await someone(store());
    const turns = await talk(store(), viewer, 3);
    const edited = await edit(store(), viewer, nth(turns, 2).userMessage.id, 'q2 edited');
    expect(edited.userMessage).toMatchObject({ depth: 2, parentId: nth(turns, 1).assistantMessage.id, role: 'USER' });
    expect(edited.assistantMessage).toMatchObject({ depth: 3, parentId: edited.userMessage.id });
    expect(contents(edited.history)).toEqual(['q1', 'a1']);
    await finish(store(), edited, { content: 'a2 edited' });
    const conversationId = edited.conversation.id;
    expect(await branchOf(store(), viewer, conversationId)).toEqual(['q1', 'a1', 'q2 edited', 'a2 edited']);
    const next = await send(store(), viewer, conversationId, 'q3 anew');
    expect(next.userMessage).toMatchObject({ depth: 4, parentId: edited.assistantMessage.id });
    expect(contents(next.history)).toEqual(['q1', 'a1', 'q2 edited', 'a2 edited']);
    // The old branch stays readable by id.
    expect(await store().messages.get(viewer, nth(turns, 3).assistantMessage.id)).toMatchObject({ content: 'a3' });
  });

  test('the first question can be edited', async () => {
    const viewer = await someone(store());
    const turns = await talk(store(), viewer, 2);
    const edited = await edit(store(), viewer, nth(turns, 1).userMessage.id, 'q1 edited');
    expect(edited.userMessage).toMatchObject({ depth: 0, parentId: null });
    expect(edited.history).toEqual([]);
    expect(await branchOf(store(), viewer, edited.conversation.id)).toEqual(['q1 edited', '']);
  });

  test('regenerating makes another answer to the same question, given the answer or the question', async () => {
    const viewer = await someone(store());
    const turns = await talk(store(), viewer, 3);
    const { userMessage, assistantMessage, conversation } = nth(turns, 2);
    for (const messageId of [assistantMessage.id, userMessage.id]) {
      const again = await regenerate(store(), viewer, messageId);
      expect(again.userMessage).toEqual(await store().messages.get(viewer, userMessage.id));
      expect(again.assistantMessage).toMatchObject({ depth: 3, parentId: userMessage.id, status: 'PENDING' });
      expect(contents(again.history)).toEqual(['q1', 'a1']);
      await finish(store(), again, { content: `another, given ${messageId}` });
      expect(await branchOf(store(), viewer, conversation.id)).toEqual([
        'q1',
        'a1',
        'q2',
        `another, given ${messageId}`,
      ]);
    }
  });

  test('a turn on a retired branch makes that branch the active one again, with its own history', async () => {
    const viewer = await someone(store());
    const turns = await talk(store(), viewer, 4);
    const conversationId = nth(turns, 1).conversation.id;
    const edited = await edit(store(), viewer, nth(turns, 2).userMessage.id, 'q2 edited');
    await finish(store(), edited, { content: 'a2 edited' });
    await finish(store(), await send(store(), viewer, conversationId, 'q3 anew'), { content: 'a3 anew' });

    const back = await regenerate(store(), viewer, nth(turns, 3).assistantMessage.id);
    expect(contents(back.history)).toEqual(['q1', 'a1', 'q2', 'a2']);
    await finish(store(), back, { content: 'a3 again' });
    expect(await branchOf(store(), viewer, conversationId)).toEqual(['q1', 'a1', 'q2', 'a2', 'q3', 'a3 again']);

    const over = await edit(store(), viewer, edited.userMessage.id, 'q2 edited twice');
    expect(contents(over.history)).toEqual(['q1', 'a1']);
    expect(await branchOf(store(), viewer, conversationId)).toEqual(['q1', 'a1', 'q2 edited twice', '']);

    const deep = await edit(store(), viewer, nth(turns, 4).userMessage.id, 'q4 edited');
    expect(contents(deep.history)).toEqual(['q1', 'a1', 'q2', 'a2', 'q3', 'a3']);
    expect(await branchOf(store(), viewer, conversationId)).toEqual([
      'q1',
      'a1',
      'q2',
      'a2',
      'q3',
      'a3',
      'q4 edited',
      '',
    ]);
    const sent = await send(store(), viewer, conversationId, 'q5');
    expect(sent.userMessage).toMatchObject({ depth: 8, parentId: deep.assistantMessage.id });
  });

  test('the active branch is the way up from its last message, whatever was edited and regenerated before', async () => {
    const viewer = await someone(store());
    const first = await open(store(), viewer, 'start');
    const made: BegunTurn[] = [first];
    let random = 7;
    for (let step = 0; step < 40; step += 1) {
      random = (random * 16_807) % 2_147_483_647; // Park and Miller, 1988: the same steps in each run
      const target = made[random % made.length] ?? first;
      const kind = Math.floor(random / made.length) % 4;
      if (kind === 0) made.push(await edit(store(), viewer, target.userMessage.id, `edit ${step}`));
      else if (kind === 1) made.push(await regenerate(store(), viewer, target.assistantMessage.id));
      else made.push(await send(store(), viewer, first.conversation.id, `send ${step}`));
      const last = made.at(-1) ?? first;
      const way: string[] = [];
      for (let at: string | null = last.assistantMessage.id; at !== null; ) {
        way.unshift(at);
        at = (await store().messages.get(viewer, at))?.parentId ?? null;
      }
      const { edges } = await store().messages.list(viewer, first.conversation.id, { first: 100 });
      expect(edges.map(({ node }) => node.id)).toEqual(way);
    }
  });

  test('turns of all kinds at once in one conversation leave one whole branch', async () => {
    const viewer = await someone(store());
    const turns = await talk(store(), viewer, 3);
    const conversationId = nth(turns, 1).conversation.id;
    await Promise.all(
      [1, 2, 3].flatMap((number) => [
        edit(store(), viewer, nth(turns, number).userMessage.id, `edit ${number}`),
        regenerate(store(), viewer, nth(turns, number).assistantMessage.id),
        send(store(), viewer, conversationId, `send ${number}`),
      ]),
    );
    const { edges } = await store().messages.list(viewer, conversationId, { first: 100 });
    expect(edges.map(({ node }) => node.depth)).toEqual(edges.map((_, depth) => depth));
    expect(edges.map(({ node }) => node.parentId)).toEqual([null, ...edges.slice(0, -1).map(({ node }) => node.id)]);
    expect((await store().viewers.usage(viewer, null)).turns).toBe(12);
  });

  test('an answer cannot be edited', async () => {
    const viewer = await someone(store());
    const [turn] = await talk(store(), viewer, 1);
    const refused = store().generations.begin(
      viewer,
      turnOf({ type: 'edit', messageId: turn?.assistantMessage.id ?? '', content: 'x' }),
    );
    await expect(refused).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
    expect(await branchOf(store(), viewer, turn?.conversation.id ?? '')).toEqual(['q1', 'a1']);
  });

  test('siblings are all with one parent, oldest first, the message itself included', async () => {
    const viewer = await someone(store());
    const turns = await talk(store(), viewer, 2);
    const edited = await edit(store(), viewer, nth(turns, 1).userMessage.id, 'q1 edited');
    const again = await regenerate(store(), viewer, nth(turns, 1).assistantMessage.id);
    const siblings = async (message: BegunTurn['userMessage']) => {
      const [found = []] = await store().messages.following(viewer, [message]);
      return found.map((one) => one.id);
    };
    expect(await siblings(edited.userMessage)).toEqual([nth(turns, 1).userMessage.id, edited.userMessage.id]);
    expect(await siblings(again.assistantMessage)).toEqual([
      nth(turns, 1).assistantMessage.id,
      again.assistantMessage.id,
    ]);
    expect(await siblings(nth(turns, 2).userMessage)).toEqual([nth(turns, 2).userMessage.id]);
    for (const wrong of ['no id', id()]) {
      const { id: conversationId } = edited.conversation;
      const points = [
        { conversationId: wrong, parentId: null },
        { conversationId, parentId: wrong },
      ];
      expect(await store().messages.following(viewer, points)).toEqual([[], []]);
    }
  });

  test('the messages after many points are read in one call, in their order', async () => {
    const viewer = await someone(store());
    const turns = await talk(store(), viewer, 2);
    const again = await regenerate(store(), viewer, nth(turns, 1).assistantMessage.id);
    const { id: conversationId } = nth(turns, 1).conversation;
    const points = [
      nth(turns, 1).userMessage.id,
      null,
      nth(turns, 2).assistantMessage.id,
      nth(turns, 1).assistantMessage.id,
    ];
    const found = await store().messages.following(
      viewer,
      points.map((parentId) => ({ conversationId, parentId })),
    );
    expect(found.map((messages) => messages.map((message) => message.id))).toEqual([
      [nth(turns, 1).assistantMessage.id, again.assistantMessage.id],
      [nth(turns, 1).userMessage.id],
      [],
      [nth(turns, 2).userMessage.id],
    ]);
  });

  test('of more than 100 branches the newest 100 are read, oldest first', async () => {
    const viewer = await someone(store());
    const first = await open(store(), viewer, 'again and again');
    const answers = [first.assistantMessage.id];
    for (let time = 0; time < 110; time += 1)
      answers.push((await regenerate(store(), viewer, first.userMessage.id)).assistantMessage.id);
    const point = { conversationId: first.conversation.id, parentId: first.userMessage.id };
    const [found = []] = await store().messages.following(viewer, [point]);
    expect(found.map((message) => message.id)).toEqual(answers.slice(-100));
  });

  test('a message may follow any answer, and makes its branch the active one', async () => {
    const viewer = await someone(store());
    const turns = await talk(store(), viewer, 3);
    const { id: conversationId } = nth(turns, 1).conversation;
    const goOn = (messageId: string, content: string, where: string | null = null) =>
      store().generations.begin(viewer, turnOf({ type: 'continue', messageId, conversationId: where, content }));
    const beside = await goOn(nth(turns, 1).assistantMessage.id, 'q2 beside', conversationId);
    expect(beside?.userMessage).toMatchObject({ depth: 2, parentId: nth(turns, 1).assistantMessage.id });
    expect(contents(beside?.history ?? [])).toEqual(['q1', 'a1']);
    expect(await branchOf(store(), viewer, conversationId)).toEqual(['q1', 'a1', 'q2 beside', '']);
    const retired = await goOn(nth(turns, 3).assistantMessage.id, 'q4');
    expect(contents(retired?.history ?? [])).toEqual(['q1', 'a1', 'q2', 'a2', 'q3', 'a3']);
    expect(await branchOf(store(), viewer, conversationId)).toEqual(['q1', 'a1', 'q2', 'a2', 'q3', 'a3', 'q4', '']);
    const end = await goOn(retired?.assistantMessage.id ?? '', 'q5');
    expect(end?.userMessage.depth).toBe(8);
    await expect(goOn(nth(turns, 1).userMessage.id, 'x')).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
    const elsewhere = await open(store(), viewer, 'elsewhere');
    for (const where of [elsewhere.conversation.id, id(), 'no id'])
      expect(await goOn(nth(turns, 1).assistantMessage.id, 'x', where)).toBeNull();
    for (const wrong of [id(), 'no id', '']) expect(await goOn(wrong, 'x')).toBeNull();
  });

  test('selecting a message makes its branch the active one, down to the newest message below it', async () => {
    const viewer = await someone(store());
    const turns = await talk(store(), viewer, 3);
    const conversationId = nth(turns, 1).conversation.id;
    const edited = await edit(store(), viewer, nth(turns, 2).userMessage.id, 'q2 edited');
    await finish(store(), edited, { content: 'a2 edited' });
    await finish(store(), await regenerate(store(), viewer, edited.assistantMessage.id), { content: 'a2 again' });
    const selected = async (messageId: string) => {
      const conversation = await store().conversations.select(viewer, messageId);
      expect(conversation).toEqual(await store().conversations.get(viewer, conversationId));
      return branchOf(store(), viewer, conversationId);
    };
    const old = ['q1', 'a1', 'q2', 'a2', 'q3', 'a3'];
    expect(await selected(nth(turns, 2).userMessage.id)).toEqual(old);
    expect(await selected(nth(turns, 3).assistantMessage.id)).toEqual(old);
    expect(await selected(edited.assistantMessage.id)).toEqual(['q1', 'a1', 'q2 edited', 'a2 edited']);
    expect(await selected(edited.userMessage.id)).toEqual(['q1', 'a1', 'q2 edited', 'a2 again']);
    expect(await selected(nth(turns, 1).userMessage.id)).toEqual(['q1', 'a1', 'q2 edited', 'a2 again']);
    const next = await send(store(), viewer, conversationId, 'q3 anew');
    expect(contents(next.history)).toEqual(['q1', 'a1', 'q2 edited', 'a2 again']);
    expect(await selected(nth(turns, 2).assistantMessage.id)).toEqual(old);
    for (const wrong of ['no id', id()]) expect(await store().conversations.select(viewer, wrong)).toBeNull();
  });

  test('selections and turns at once in one conversation leave one whole branch', async () => {
    const viewer = await someone(store());
    const turns = await talk(store(), viewer, 3);
    const conversationId = nth(turns, 1).conversation.id;
    const edited = await edit(store(), viewer, nth(turns, 2).userMessage.id, 'q2 edited');
    await Promise.all(
      [1, 2, 3].flatMap((number) => [
        store().conversations.select(viewer, nth(turns, number).assistantMessage.id),
        send(store(), viewer, conversationId, `send ${number}`),
        store().conversations.select(viewer, edited.userMessage.id),
        edit(store(), viewer, nth(turns, number).userMessage.id, `edit ${number}`),
      ]),
    );
    const { edges } = await store().messages.list(viewer, conversationId, { first: 100 });
    expect(edges.map(({ node }) => node.depth)).toEqual(edges.map((_, depth) => depth));
    expect(edges.map(({ node }) => node.parentId)).toEqual([null, ...edges.slice(0, -1).map(({ node }) => node.id)]);
    const after = await send(store(), viewer, conversationId, 'last');
    expect(after.userMessage.parentId).toBe(edges.at(-1)?.node.id);
  });

  test('pages of the active branch run oldest first, both ways, and leave retired messages out', async () => {
    const viewer = await someone(store());
    const turns = await talk(store(), viewer, 3);
    await finish(store(), await edit(store(), viewer, nth(turns, 3).userMessage.id, 'q3 edited'), {
      content: 'a3 edited',
    });
    const conversationId = nth(turns, 1).conversation.id;
    const page = async (asked: { first?: number; after?: string; last?: number; before?: string }) => {
      const { edges, hasPreviousPage, hasNextPage } = await store().messages.list(viewer, conversationId, asked);
      return { edges, shown: [contents(edges.map(({ node }) => node)).join(' '), hasPreviousPage, hasNextPage] };
    };
    const start = await page({ first: 4 });
    expect(start.shown).toEqual(['q1 a1 q2 a2', false, true]);
    const rest = await page({ first: 4, after: start.edges.at(-1)?.cursor ?? '' });
    expect(rest.shown).toEqual(['q3 edited a3 edited', true, false]);
    const end = await page({ last: 4 });
    expect(end.shown).toEqual(['q2 a2 q3 edited a3 edited', true, false]);
    expect((await page({ last: 4, before: end.edges[0]?.cursor ?? '' })).shown).toEqual(['q1 a1', false, true]);
    expect((await page({ first: 6 })).shown[2]).toBe(false);
    const between = { after: start.edges[0]?.cursor ?? '', before: end.edges[3]?.cursor ?? '' };
    expect((await page({ first: 2, ...between })).shown[0]).toBe('a1 q2');
    expect((await page({ last: 2, ...between })).shown[0]).toBe('a2 q3 edited');
    expect((await page({ last: 1 })).shown).toEqual(['a3 edited', true, false]);
    expect((await page({ first: 1 })).shown).toEqual(['q1', false, true]);
    for (const cursor of ['', 'x', Buffer.from('-1').toString('base64url'), Buffer.from(id()).toString('base64url')])
      await expect(page({ first: 1, after: cursor })).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
    expect((await store().messages.list(viewer, 'no id', { first: 1 })).edges).toEqual([]);
  });
}
