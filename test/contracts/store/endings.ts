import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { FinishTurn, Store, StoredCitation } from '#core/ports/store.ts';
import type { StageTrace } from '#core/turn.ts';
import { ending, finish, INTERRUPTED, id, open, send, someone } from '../../support/turns.ts';
import { REPORT } from './conversations.ts';

const citation = (): StoredCitation => ({
  passageId: id(),
  documentId: id(),
  start: 3,
  end: 9,
  score: 0.75,
  vectorScore: null,
  keywordScore: 1.5,
  answerStart: 0,
  answerEnd: 4,
  support: 1,
});
const intent = {
  type: 'question',
  confidence: 0.9,
  topic: 'ships',
  topicShift: true,
  standaloneQuery: 'which?',
  signals: ['?'],
};
const stage = (name: string): StageTrace => ({
  stage: name,
  plugin: 'core',
  outcome: 'OK',
  durationMs: 1.5,
  detail: null,
});

export function endings(store: () => Store): void {
  test('text so far is stored for many generations at once, and makes them STREAMING', async () => {
    const viewer = await someone(store());
    const [one, other] = [await open(store(), viewer, 'one'), await open(store(), viewer, 'other')];
    const refused = await store().generations.flush('owner', 60_000, [
      { generationId: one.generation.id, epoch: 1, content: 'so far' },
      { generationId: other.generation.id, epoch: 1, content: 'as well' },
    ]);
    expect(refused).toEqual([]);
    expect(await store().messages.get(viewer, one.assistantMessage.id)).toMatchObject({
      content: 'so far',
      status: 'STREAMING',
      generation: { status: 'STREAMING' },
    });
    expect(await store().messages.get(viewer, other.assistantMessage.id)).toMatchObject({ content: 'as well' });
    expect(await store().generations.flush('owner', 60_000, [])).toEqual([]);
  });

  test('reasoning so far is stored too, stays where a flush does not bring any, and is kept when the answer is broken off', async () => {
    const viewer = await someone(store());
    const { generation, assistantMessage } = await open(store(), viewer, 'one');
    const flush = (more: { readonly content: string; readonly reasoning?: string }) =>
      store().generations.flush('owner', 60_000, [{ generationId: generation.id, epoch: 1, ...more }]);
    const stored = async () => {
      const message = await store().messages.get(viewer, assistantMessage.id);
      return [message?.status, message?.reasoning, message?.content];
    };
    await flush({ content: '', reasoning: 'First' });
    expect(await stored()).toEqual(['STREAMING', 'First', '']);
    await flush({ content: '', reasoning: '' });
    expect(await stored()).toEqual(['STREAMING', null, '']);
    await flush({ content: '', reasoning: 'Another model thinks' });
    await flush({ content: 'so far' });
    expect(await stored()).toEqual(['STREAMING', 'Another model thinks', 'so far']);
    await store().generations.interruptAbandoned('owner', { code: 'INTERRUPTED', message: '', retryable: true });
    expect(await stored()).toEqual(['INTERRUPTED', 'Another model thinks', 'so far']);
  });

  test('a flush under another epoch, of a finished generation, of one that is gone, is refused and writes nothing', async () => {
    const viewer = await someone(store());
    const [live, done] = [await open(store(), viewer, 'live'), await open(store(), viewer, 'done')];
    await finish(store(), done, { content: 'whole' });
    const missing = [id(), 'no id'];
    const refused = await store().generations.flush('owner', 60_000, [
      { generationId: live.generation.id, epoch: 0, content: 'stale' },
      { generationId: done.generation.id, epoch: 1, content: 'late' },
      ...missing.map((generationId) => ({ generationId, epoch: 1, content: 'x' })),
    ]);
    expect([...refused].sort()).toEqual([live.generation.id, done.generation.id, ...missing].sort());
    expect(await store().messages.get(viewer, live.assistantMessage.id)).toMatchObject({
      content: '',
      status: 'PENDING',
    });
    expect(await store().messages.get(viewer, done.assistantMessage.id)).toMatchObject({
      content: 'whole',
      status: 'COMPLETE',
    });
  });

  test('the end is stored whole, and answered as it is stored', async () => {
    const viewer = await someone(store());
    const turn = await open(store(), viewer, 'one');
    const citations = [citation()];
    const end: Partial<FinishTurn> = {
      content: 'the answer',
      reasoning: 'hm',
      finishReason: 'LENGTH',
      citations,
      intent,
      topic: 'ships',
      model: 'openai:x',
      route: { model: 'openai:x', tier: 'LIGHT', complexity: 0.25, reason: 'short', fallbacks: ['a:b'] },
      cache: { hit: true, level: 'SEMANTIC', similarity: 0.97, key: 'k' },
      usage: { inputTokens: 11, outputTokens: 7, costUsd: 0.000_125 },
      stages: [stage('understand')],
      firstTokenMs: 12.4,
      durationMs: 99.6,
    };
    const stored = await finish(store(), turn, end);
    const { content, reasoning, citations: _, intent: __, topic: ___, ...ofGeneration } = end;
    expect(stored).toMatchObject({ content, reasoning, citations, status: 'COMPLETE', role: 'ASSISTANT' });
    expect(stored.generation).toEqual({
      ...turn.generation,
      ...ofGeneration,
      status: 'COMPLETE',
      firstTokenMs: 12,
      durationMs: 100,
    });
    expect(await store().messages.get(viewer, turn.assistantMessage.id)).toEqual(stored);
    expect(await store().generations.get(viewer, turn.generation.id)).toEqual(stored.generation);
    expect(await store().messages.get(viewer, turn.userMessage.id)).toMatchObject({ intent });
    const conversation = await store().conversations.get(viewer, turn.conversation.id);
    expect(conversation).toMatchObject({ topic: 'ships' });
    expect(conversation?.updatedAt.getTime()).toBeGreaterThanOrEqual(turn.conversation.updatedAt.getTime());
  });

  test('an end without a topic leaves the topic that was', async () => {
    const viewer = await someone(store());
    const turn = await open(store(), viewer, 'one');
    await finish(store(), turn, { topic: 'before' });
    await finish(store(), await send(store(), viewer, turn.conversation.id, 'two'));
    expect(await store().conversations.get(viewer, turn.conversation.id)).toMatchObject({ topic: 'before' });
  });

  test('a generation ends once: under a stale epoch, a second time, or when it is gone, nothing is written', async () => {
    const viewer = await someone(store());
    const turn = await open(store(), viewer, 'one');
    expect(await store().generations.finish(ending(turn, { epoch: 0 }))).toBeNull();
    expect(await store().messages.get(viewer, turn.assistantMessage.id)).toMatchObject({
      status: 'PENDING',
      content: '',
    });
    const error = { code: 'MODEL_FAILED', message: 'broke off', retryable: true } as const;
    const ends = await Promise.all([
      store().generations.finish(ending(turn, { status: 'FAILED', content: 'half', error })),
      store().generations.finish(ending(turn, { status: 'CANCELLED', content: 'quarter' })),
    ]);
    const [stored] = ends.filter((one) => one !== null);
    expect(ends.filter((one) => one === null)).toHaveLength(1);
    expect(await store().messages.get(viewer, turn.assistantMessage.id)).toEqual(stored);
    for (const generationId of [id(), 'no id'])
      expect(await store().generations.finish(ending(turn, { generationId }))).toBeNull();
  });

  test('a generation is flushed, finished and deleted at once, and none of these fails for another', async () => {
    const viewer = await someone(store());
    const turns = await Promise.all(Array.from({ length: 10 }, (_, number) => open(store(), viewer, `${number}`)));
    const outcomes = await Promise.all(
      turns.flatMap((turn) => [
        store().generations.flush('owner', 60_000, [{ generationId: turn.generation.id, epoch: 1, content: 'so far' }]),
        store().generations.finish(ending(turn)),
        store().conversations.delete(viewer, turn.conversation.id),
      ]),
    );
    expect(outcomes).toHaveLength(30);
    expect((await store().conversations.list(viewer, { first: 1 }, null)).edges).toEqual([]);
  });

  test('generations of an earlier run of the owner become INTERRUPTED with their text; others stay', async () => {
    const viewer = await someone(store());
    const owner = id();
    const [mine, done, theirs] = [
      await open(store(), viewer, 'mine', { owner }),
      await open(store(), viewer, 'done', { owner }),
      await open(store(), viewer, 'theirs', { owner: id() }),
    ];
    await store().generations.flush(owner, 60_000, [{ generationId: mine.generation.id, epoch: 1, content: 'so far' }]);
    await finish(store(), done);
    expect(await store().generations.interruptAbandoned(owner, INTERRUPTED)).toBe(1);
    expect(await store().messages.get(viewer, mine.assistantMessage.id)).toMatchObject({
      content: 'so far',
      status: 'INTERRUPTED',
      generation: { status: 'INTERRUPTED', error: INTERRUPTED },
    });
    expect((await store().generations.get(viewer, done.generation.id))?.status).toBe('COMPLETE');
    expect((await store().generations.get(viewer, theirs.generation.id))?.status).toBe('PENDING');
    expect(await store().generations.interruptAbandoned(owner, INTERRUPTED)).toBe(0);
    expect(await store().generations.finish(ending(mine))).toBeNull();
  });

  test('a generation past its lease is interrupted; a flush renews the lease', async () => {
    const viewer = await someone(store());
    const [kept, lost] = [
      await open(store(), viewer, 'kept', { leaseMs: 1 }),
      await open(store(), viewer, 'lost', { leaseMs: 1 }),
    ];
    await store().generations.flush('owner', 60_000, [{ generationId: kept.generation.id, epoch: 1, content: '' }]);
    await sleep(10);
    await store().generations.interruptAbandoned(id(), INTERRUPTED);
    expect((await store().generations.get(viewer, kept.generation.id))?.status).not.toBe('INTERRUPTED');
    expect((await store().generations.get(viewer, lost.generation.id))?.status).toBe('INTERRUPTED');
  });

  test('an evaluation comes with its message, and its stages follow those of the turn; a second one replaces it', async () => {
    const viewer = await someone(store());
    const turn = await open(store(), viewer, 'one');
    await finish(store(), turn, { stages: [stage('generate')] });
    const evaluation = { id: id(), report: REPORT };
    const made = await store().generations.evaluate(viewer, turn.generation.id, evaluation, [stage('assess')]);
    expect(made).toMatchObject({ ...evaluation, messageId: turn.assistantMessage.id });
    const message = await store().messages.get(viewer, turn.assistantMessage.id);
    expect(message?.evaluation).toEqual(made);
    expect(message?.generation?.stages.map((one) => one.stage)).toEqual(['generate', 'assess']);
    await store().generations.evaluate(viewer, turn.generation.id, { id: id(), report: { ...REPORT, overall: 1 } }, []);
    const again = await store().messages.get(viewer, turn.assistantMessage.id);
    expect(again?.evaluation?.report.overall).toBe(1);
    for (const wrong of [id(), 'no id'])
      expect(await store().generations.evaluate(viewer, wrong, { id: id(), report: REPORT }, [])).toBeNull();
  });

  test('a message has one rating: the second replaces the first', async () => {
    const viewer = await someone(store());
    const turn = await open(store(), viewer, 'one');
    await store().messages.rate(viewer, turn.assistantMessage.id, 'UP', 'good\0');
    const rated = await finish(store(), turn);
    expect(rated.feedback).toMatchObject({ rating: 'UP', comment: 'good\ufffd' });
    const second = await store().messages.rate(viewer, turn.assistantMessage.id, 'DOWN', null);
    expect((await store().messages.get(viewer, turn.assistantMessage.id))?.feedback).toEqual(second);
    expect(second).toMatchObject({ rating: 'DOWN', comment: null });
    for (const wrong of [id(), 'no id']) expect(await store().messages.rate(viewer, wrong, 'UP', null)).toBeNull();
  });

  test('many messages are read in one call, by id; invalid ids are left out', async () => {
    const viewer = await someone(store());
    const turn = await open(store(), viewer, 'one');
    const ids = [turn.assistantMessage.id, turn.userMessage.id];
    const found = await store().messages.getMany(viewer, [...ids, id(), 'no id']);
    expect([...found.keys()].sort()).toEqual(ids.sort());
    expect(found.get(turn.assistantMessage.id)?.generation?.id).toBe(turn.generation.id);
    for (const wrong of [id(), 'no id']) {
      expect(await store().messages.get(viewer, wrong)).toBeNull();
      expect(await store().generations.get(viewer, wrong)).toBeNull();
    }
  });
}
