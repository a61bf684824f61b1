import { expect, test } from 'vitest';
import type { BegunTurn, Store } from '#core/ports/store.ts';
import { begun, edit, finish, regenerate, send, someone, talk, turnOf } from '../../support/turns.ts';

export function summaries(store: () => Store): void {
  const answerOf = (turns: readonly BegunTurn[], number: number): string =>
    turns[number - 1]?.assistantMessage.id ?? 'none';
  const questionOf = (turns: readonly BegunTurn[], number: number): string =>
    turns[number - 1]?.userMessage.id ?? 'none';
  const contents = (history: readonly { content: string }[]) => history.map((message) => message.content);
  const MOST = { messages: 100, bytes: 10_000 };

  test('a turn begins with the newest summary of its branch and the messages after it', async () => {
    const viewer = await someone(store());
    const turns = await talk(store(), viewer, 4);
    const conversationId = turns[0]?.conversation.id ?? '';
    await store().summaries.add(viewer, answerOf(turns, 1), 'of 1');
    await store().summaries.add(viewer, answerOf(turns, 2), 'of 2');
    await store().summaries.add(viewer, answerOf(turns, 2), 'never replaced');
    const next = await send(store(), viewer, conversationId, 'q5');
    expect(next.summary).toEqual({ messageId: answerOf(turns, 2), depth: 3, text: 'of 2' });
    expect(contents(next.history)).toEqual(['q3', 'a3', 'q4', 'a4']);
    const none = await send(store(), viewer, conversationId, 'q6', { historyLimit: 0 });
    expect(none).toMatchObject({ summary: null, history: [] });
  });

  test('a branch has the summaries of its own messages alone, however it is come to', async () => {
    const viewer = await someone(store());
    const turns = await talk(store(), viewer, 4);
    const conversationId = turns[0]?.conversation.id ?? '';
    await store().summaries.add(viewer, answerOf(turns, 1), 'of 1');
    await store().summaries.add(viewer, answerOf(turns, 3), 'of 3');
    // Beside the third question: the summary of the third answer is another branch's.
    const edited = await edit(store(), viewer, questionOf(turns, 3), 'q3 edited');
    expect(edited.summary?.text).toBe('of 1');
    expect(contents(edited.history)).toEqual(['q2', 'a2']);
    await finish(store(), edited, { content: 'a3 edited' });
    await store().summaries.add(viewer, edited.assistantMessage.id, 'of 3 edited');
    expect((await send(store(), viewer, conversationId, 'q4 edited')).summary?.text).toBe('of 3 edited');
    // Back on the old branch, by each way.
    const continued = await begun(
      store(),
      viewer,
      turnOf({ type: 'continue', messageId: answerOf(turns, 4), conversationId, content: 'q5' }),
    );
    expect(continued.summary?.text).toBe('of 3');
    expect(contents(continued.history)).toEqual(['q4', 'a4']);
    await store().conversations.select(viewer, edited.assistantMessage.id);
    expect((await regenerate(store(), viewer, answerOf(turns, 4))).summary?.text).toBe('of 3');
    const third = await regenerate(store(), viewer, edited.assistantMessage.id);
    expect(third.summary?.text).toBe('of 1');
    expect((await edit(store(), viewer, questionOf(turns, 1), 'q1 edited')).summary).toBeNull();
  });

  test('history ends at so many bytes, with the message that reaches them', async () => {
    const viewer = await someone(store());
    const turns = await talk(store(), viewer, 4);
    const conversationId = turns[0]?.conversation.id ?? '';
    const next = await send(store(), viewer, conversationId, 'q5', { historyBytes: 5 });
    expect(contents(next.history)).toEqual(['a3', 'q4', 'a4']);
    const again = await begun(
      store(),
      viewer,
      turnOf({ type: 'regenerate', messageId: answerOf(turns, 4) }, { historyBytes: 3 }),
    );
    expect(contents(again.history)).toEqual(['q3', 'a3']);
  });

  test('what no summary covers is read oldest first, within bounds, on the active branch alone', async () => {
    const viewer = await someone(store());
    const turns = await talk(store(), viewer, 4);
    const all = await store().summaries.unsummarised(viewer, answerOf(turns, 4), MOST);
    expect(all?.summary).toBeNull();
    expect(contents(all?.messages ?? [])).toEqual(['q1', 'a1', 'q2', 'a2', 'q3', 'a3', 'q4', 'a4']);
    expect(all?.messages[1]).toEqual({
      ...{ id: answerOf(turns, 1), depth: 1, role: 'ASSISTANT', content: 'a1', status: 'COMPLETE' },
    });
    await store().summaries.add(viewer, answerOf(turns, 1), 'of 1');
    const rest = await store().summaries.unsummarised(viewer, answerOf(turns, 3), MOST);
    expect(rest?.summary?.text).toBe('of 1');
    expect(contents(rest?.messages ?? [])).toEqual(['q2', 'a2', 'q3', 'a3']);
    const few = (most: { messages: number; bytes: number }) =>
      store().summaries.unsummarised(viewer, answerOf(turns, 4), most);
    expect((await few({ messages: 3, bytes: 10_000 }))?.messages).toHaveLength(3);
    expect((await few({ messages: 100, bytes: 3 }))?.messages).toHaveLength(2);
    await edit(store(), viewer, questionOf(turns, 2), 'q2 edited');
    expect(await few(MOST)).toBeNull();
    await store().summaries.add(viewer, answerOf(turns, 1), 'again');
    const nothing = await store().summaries.unsummarised(viewer, answerOf(turns, 1), MOST);
    expect(nothing).toEqual({ summary: expect.objectContaining({ text: 'of 1' }), messages: [] });
  });

  test('a summary that is stored with an answer belongs to that branch, and only while it is the active one', async () => {
    const viewer = await someone(store());
    const turns = await talk(store(), viewer, 3);
    const conversationId = turns[0]?.conversation.id ?? '';
    const fourth = await send(store(), viewer, conversationId, 'q4');
    await finish(store(), fourth, { summary: { depth: 3, text: 'of 2' } });
    const fifth = await send(store(), viewer, conversationId, 'q5');
    expect(fifth.summary).toEqual({ messageId: answerOf(turns, 2), depth: 3, text: 'of 2' });
    // Another branch begins while the fifth answer is written: depth 5 is that branch's now.
    const edited = await edit(store(), viewer, questionOf(turns, 3), 'q3 edited');
    await finish(store(), edited);
    await finish(store(), fifth, { summary: { depth: 5, text: 'of 3' } });
    expect((await send(store(), viewer, conversationId, 'q4 edited')).summary?.text).toBe('of 2');
  });

  test("another viewer's conversation is neither read nor summarised, and a summary goes with its conversation", async () => {
    const [viewer, other] = [await someone(store()), await someone(store())];
    const turns = await talk(store(), viewer, 2);
    const conversationId = turns[0]?.conversation.id ?? '';
    expect(await store().summaries.unsummarised(other, answerOf(turns, 2), MOST)).toBeNull();
    await store().summaries.add(other, answerOf(turns, 1), 'planted');
    await store().summaries.add(viewer, 'no id', 'nothing');
    expect((await send(store(), viewer, conversationId, 'q3')).summary).toBeNull();
    await store().summaries.add(viewer, answerOf(turns, 1), 'of\0 1');
    expect((await send(store(), viewer, conversationId, 'q4')).summary?.text).toBe('of\ufffd 1');
    await store().conversations.delete(viewer, conversationId);
    await store().summaries.add(viewer, answerOf(turns, 1), 'late');
    expect(await store().summaries.unsummarised(viewer, answerOf(turns, 1), MOST)).toBeNull();
  });
}
