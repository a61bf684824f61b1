import { describe, expect, test } from 'vitest';
import { listen } from '#core/runtime/diagnostics.ts';
import {
  addBridge,
  answersWith,
  appOf,
  BRIDGE,
  chat,
  EVALUATE,
  GOOD,
  QUESTION,
  start,
  WRONG,
} from '../support/judged.ts';

describe('evaluateQuality', () => {
  test('judges a response against its context, and marks the sentence that contradicts it', async () => {
    const asking = await start();
    const { data } = await asking.request(EVALUATE, { input: { query: QUESTION, response: WRONG, context: [BRIDGE] } });
    const report = data.evaluateQuality;
    expect(report.unsupported).toEqual([{ start: 34, end: 54, text: 'It is 120 feet long.' }]);
    expect(report.suggestions).toContain('Says "120 feet", the source says "120 metres".');
    expect(report.judge).toBe('offline@1');
    expect(report.scores).toContainEqual({
      name: 'faithfulness',
      value: 0.5,
      label: null,
      source: 'RULE',
      judge: 'offline@1',
    });
    expect(report.scores.map(({ name }: { name: string }) => name)).toContain('answer_relevancy');
  });

  test('a paraphrase that shares no words with its source is not marked, a statement about something else is', async () => {
    const asking = await start();
    const response =
      'The old bridge was built in 1932. People on bicycles are allowed to ride across. Penguins are flightless seabirds that mostly eat krill.';
    const context = [`${BRIDGE} Cyclists may use it.`];
    const { data } = await asking.request(EVALUATE, {
      input: { query: 'Tell me about the old bridge.', response, context },
    });
    expect(data.evaluateQuality.unsupported.map(({ text }: { text: string }) => text)).toEqual([
      'Penguins are flightless seabirds that mostly eat krill.',
    ]);
    expect(data.evaluateQuality.suggestions.join()).not.toContain('bicycles');
  });

  test('without context there is no groundedness', async () => {
    const asking = await start();
    const input = { query: '什么是人工智能？', response: '人工智能是计算机科学的一个分支。' };
    const { data } = await asking.request(EVALUATE, { input });
    expect(data.evaluateQuality).toMatchObject({ groundedness: null, unsupported: [] });
    expect(data.evaluateQuality.relevance).toBeGreaterThan(0.7);
  });

  test('is FEATURE_DISABLED while the plugin is off', async () => {
    const asking = await start({ ENABLE_QUALITY_EVALUATION: 'false' });
    const { errors } = await asking.request(EVALUATE, { input: { query: 'a', response: 'b' } });
    expect(errors?.[0]?.extensions?.['code']).toBe('FEATURE_DISABLED');
    answersWith(GOOD);
    expect((await chat(asking, QUESTION)).at(-1)?.__typename).toBe('GenerationCompleted');
  });
});

describe('a turn', () => {
  test('is judged after its answer is complete, and the evaluation is stored with the message', async () => {
    const asking = await start();
    await addBridge(asking);
    answersWith(WRONG);
    const events = await chat(asking, QUESTION);
    const types = events.map(({ __typename }) => __typename);
    expect(types.slice(-2)).toEqual(['GenerationCompleted', 'EvaluationAdded']);
    const { evaluation } = events.at(-1) as never as {
      evaluation: { report: { unsupported: { text: string }[] }; message: { id: string } };
    };
    expect(evaluation.report.unsupported.map(({ text }) => text)).toEqual(['It is 120 feet long.']);
    const { data } = await asking.request(
      'query($id: ID!) { node(id: $id) { ... on Message { evaluation { report { judge unsupported { text } } } } } }',
      { id: evaluation.message.id },
    );
    expect(data.node.evaluation.report).toEqual({
      judge: 'offline@1',
      unsupported: [{ text: 'It is 120 feet long.' }],
    });
  });

  test('is judged only for the share of QUALITY_SAMPLE', async () => {
    const asking = await start({ QUALITY_SAMPLE: '0' });
    answersWith(GOOD);
    expect((await chat(asking, QUESTION)).at(-1)?.__typename).toBe('GenerationCompleted');
    const { data } = await asking.request(EVALUATE, { input: { query: 'a', response: 'b' } });
    expect(data.evaluateQuality.judge).toBe('offline@1');
  });

  test('moves the gauge for alerts, and publishes its scores on a channel', async () => {
    // A separate app: the gauge is a mean over its answers.
    const own = { HISTORY_MESSAGES: '11' };
    const asking = await start(own);
    const told: string[] = [];
    const stop = listen('parley:evaluation', ({ scores }) => told.push(...scores.map(({ name }) => name)));
    await addBridge(asking);
    answersWith(GOOD);
    const events = await chat(asking, QUESTION);
    stop();
    const { evaluation } = events.at(-1) as never as { evaluation: { report: { overall: number } } };
    const shown = await (await fetch(`${appOf(own).url}/metrics`)).text();
    const gauge = (dimension: string) => Number(new RegExp(`^quality_score_${dimension} (.+)$`, 'm').exec(shown)?.[1]);
    expect(gauge('overall')).toBeCloseTo(evaluation.report.overall);
    expect(gauge('groundedness')).toBeGreaterThan(0);
    expect(told).toContain('faithfulness');
  });
});

describe('evaluations', () => {
  const LIST = `query($filter: EvaluationFilter, $after: String) { evaluations(first: 1, after: $after, filter: $filter) {
    pageInfo { hasNextPage endCursor } edges { node { id message { id } report { overall scores { name value label source judge } } } } } }`;
  const SUMMARY = `query($groupBy: EvaluationGrouping) { evaluationSummary(groupBy: $groupBy) { key count overall relevance groundedness satisfaction p95Ms errorRate } }`;

  test('are listed with filters and summed up; a rating is a score of source PERSON', async () => {
    // A separate app: the test counts evaluations.
    const asking = await start({ HISTORY_MESSAGES: '10' });
    await addBridge(asking);
    for (const answer of [GOOD, WRONG]) {
      answersWith(answer);
      const events = await chat(asking, QUESTION);
      const { evaluation } = events.at(-1) as never as { evaluation: { message: { id: string } } };
      if (answer === GOOD)
        await asking.request('mutation($input: RateMessageInput!) { rateMessage(input: $input) { rating } }', {
          input: { messageId: evaluation.message.id, rating: 'UP', comment: 'right' },
        });
    }
    const newest = (await asking.request(LIST)).data.evaluations;
    expect(newest.pageInfo.hasNextPage).toBe(true);
    const oldest = (await asking.request(LIST, { after: newest.pageInfo.endCursor })).data.evaluations;
    expect(oldest.edges[0].node.report.scores).toContainEqual({
      name: 'rating',
      value: 1,
      label: 'UP',
      source: 'PERSON',
      judge: 'person',
    });
    const { overall } = newest.edges[0].node.report;
    const low = (await asking.request(LIST, { filter: { maxOverall: overall, model: 'openai-compatible:answers' } }))
      .data.evaluations;
    expect(low.edges.map(({ node }: { node: { id: string } }) => node.id)).toEqual([newest.edges[0].node.id]);
    const { data } = await asking.request(SUMMARY, { groupBy: 'MODEL' });
    expect(data.evaluationSummary).toMatchObject([
      { key: 'openai-compatible:answers', count: 2, satisfaction: 1, errorRate: 0 },
    ]);
    expect((await asking.request(SUMMARY)).data.evaluationSummary[0]).toMatchObject({ key: 'all', count: 2 });
  });

  test.each([
    [{ maxOverall: 1.5 }, 'maxOverall must be from 0 to 1'],
    [{ since: '2026-02-01T00:00:00Z', until: '2026-01-01T00:00:00Z' }, 'since must be before until'],
  ])('refuse the filter %j', async (filter, message) => {
    const { errors } = await (await start()).request(LIST, { filter });
    expect(errors?.[0]).toMatchObject({ message, extensions: { code: 'BAD_USER_INPUT' } });
  });
});
