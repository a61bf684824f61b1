import { expect, test } from 'vitest';
import type { EvaluationFilter, FinishTurn, Store } from '#core/ports/store.ts';
import type { QualityReport } from '#core/turn.ts';
import type { Viewer } from '#core/viewer.ts';
import { ending, finish, id, open, someone } from '../../support/turns.ts';
import { REPORT } from './conversations.ts';

const ANY: EvaluationFilter = { conversationId: null, since: null, until: null, maxOverall: null, model: null };
const ALL = { since: null, until: null };

interface Judged {
  readonly report?: Partial<QualityReport>;
  readonly ending?: Partial<FinishTurn>;
  readonly rating?: 'UP' | 'DOWN';
}

/** A turn with its evaluation. */
async function judged(store: Store, viewer: Viewer, { report = {}, ending = {}, rating }: Judged = {}) {
  const turn = await open(store, viewer, 'a question');
  await finish(store, turn, ending);
  await store.generations.evaluate(viewer, turn.generation.id, { id: id(), report: { ...REPORT, ...report } }, []);
  if (rating) await store.messages.rate(viewer, turn.assistantMessage.id, rating, 'so so');
  return turn;
}
const overalls = async (store: Store, viewer: Viewer, filter: Partial<EvaluationFilter>) =>
  (await store.evaluations.list(viewer, { first: 100 }, { ...ANY, ...filter })).edges.map(
    ({ node }) => node.report.overall,
  );

export function evaluations(store: () => Store): void {
  test('evaluations are listed newest first, a page at a time', async () => {
    const viewer = await someone(store());
    for (const overall of [0.1, 0.2, 0.3]) await judged(store(), viewer, { report: { overall } });
    const first = await store().evaluations.list(viewer, { first: 2 }, ANY);
    expect(first.edges.map(({ node }) => node.report.overall)).toEqual([0.3, 0.2]);
    expect(first.hasNextPage).toBe(true);
    const after = first.edges[1]?.cursor ?? '';
    const rest = await store().evaluations.list(viewer, { first: 2, after }, ANY);
    expect(rest.edges.map(({ node }) => node.report.overall)).toEqual([0.1]);
    expect(rest.hasNextPage).toBe(false);
  });

  test('an evaluation is stored with its answer, and with an answer that is refused none is', async () => {
    const viewer = await someone(store());
    const turn = await open(store(), viewer, 'a question');
    const evaluation = { id: id(), report: REPORT };
    expect(await store().generations.finish({ ...ending(turn), evaluation, epoch: 0 })).toBeNull();
    expect(await overalls(store(), viewer, {})).toEqual([]);
    expect((await finish(store(), turn, { evaluation }))?.evaluation).toMatchObject(evaluation);
    const stored = await store().messages.get(viewer, turn.assistantMessage.id);
    expect(stored?.evaluation).toMatchObject({ ...evaluation, messageId: turn.assistantMessage.id });
    expect(await overalls(store(), viewer, {})).toEqual([REPORT.overall]);
  });

  test('a filter leaves those that meet all its conditions', async () => {
    const viewer = await someone(store());
    const bad = await judged(store(), viewer, { report: { overall: 0.2 }, ending: { model: 'a:small' } });
    await judged(store(), viewer, { report: { overall: 0.9 }, ending: { model: 'a:large' } });
    expect(await overalls(store(), viewer, { maxOverall: 0.2 })).toEqual([0.2]);
    expect(await overalls(store(), viewer, { model: 'a:large' })).toEqual([0.9]);
    expect(await overalls(store(), viewer, { model: 'a:large', maxOverall: 0.5 })).toEqual([]);
    expect(await overalls(store(), viewer, { conversationId: bad.conversation.id })).toEqual([0.2]);
    expect(await overalls(store(), viewer, { conversationId: 'no id' })).toEqual([]);
    expect(await overalls(store(), viewer, { since: new Date(Date.now() + 60_000) })).toEqual([]);
    expect(await overalls(store(), viewer, { until: new Date(Date.now() - 60_000) })).toEqual([]);
    expect(
      await overalls(store(), viewer, { since: new Date(Date.now() - 60_000), until: new Date(Date.now() + 60_000) }),
    ).toEqual([0.9, 0.2]);
  });

  test('a rating by a person is a score of the evaluation', async () => {
    const viewer = await someone(store());
    const { assistantMessage } = await judged(store(), viewer, { rating: 'DOWN' });
    const rating = { name: 'rating', value: 0, label: 'DOWN', explanation: 'so so', source: 'PERSON', judge: 'person' };
    const [edge] = (await store().evaluations.list(viewer, { first: 1 }, ANY)).edges;
    expect(edge?.node.report.scores).toContainEqual(rating);
    expect(edge?.node.messageId).toBe(assistantMessage.id);
    const message = await store().messages.get(viewer, assistantMessage.id);
    expect(message?.evaluation?.report.scores).toContainEqual(rating);
  });

  test('a summary has means of scores, satisfaction, latency and the share of errors', async () => {
    const viewer = await someone(store());
    expect(await store().evaluations.summary(viewer, { ...ALL, groupBy: null })).toEqual([]);
    await judged(store(), viewer, {
      report: { overall: 0.2, groundedness: 0.4 },
      rating: 'UP',
      ending: { durationMs: 100 },
    });
    await judged(store(), viewer, { report: { overall: 0.6 }, rating: 'DOWN', ending: { durationMs: 300 } });
    const failed = await open(store(), viewer, 'fails');
    await finish(store(), failed, { status: 'FAILED', durationMs: 9_000 });
    await open(store(), viewer, 'still running');
    const [all, ...none] = await store().evaluations.summary(viewer, { ...ALL, groupBy: null });
    expect(none).toEqual([]);
    expect(all).toMatchObject({
      key: 'all',
      count: 2,
      relevance: 0.5,
      groundedness: 0.4,
      satisfaction: 0.5,
      p95Ms: 300,
    });
    expect(all?.overall).toBeCloseTo(0.4);
    expect(all?.errorRate).toBeCloseTo(1 / 3);
  });

  test('a summary is grouped by day, by model, and by the intent of the question', async () => {
    const viewer = await someone(store());
    const intent = {
      type: 'question',
      confidence: 1,
      topic: null,
      topicShift: false,
      standaloneQuery: 'x',
      signals: [],
    };
    await judged(store(), viewer, { report: { overall: 0.2 }, ending: { model: 'a:small', intent } });
    await judged(store(), viewer, { report: { overall: 0.8 }, ending: { model: 'a:large' } });
    const keys = async (groupBy: 'DAY' | 'MODEL' | 'INTENT') =>
      (await store().evaluations.summary(viewer, { ...ALL, groupBy })).map(({ key, count, satisfaction }) => [
        key,
        count,
        satisfaction,
      ]);
    expect(await keys('DAY')).toEqual([[new Date().toISOString().slice(0, 10), 2, null]]);
    expect(await keys('MODEL')).toEqual([
      ['a:large', 1, null],
      ['a:small', 1, null],
    ]);
    expect(await keys('INTENT')).toEqual([
      ['none', 1, null],
      ['question', 1, null],
    ]);
    expect(
      await store().evaluations.summary(viewer, { since: new Date(Date.now() + 60_000), until: null, groupBy: 'DAY' }),
    ).toEqual([]);
  });
}
