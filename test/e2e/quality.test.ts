import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listen } from '#core/runtime/diagnostics.ts';
import { OPERATOR_KEY, startApp, type TestApp } from '../support/app.ts';
import { type Client, client, EVENT, type StreamEvent } from '../support/client.ts';
import { type FakeProvider, startFakeProvider } from '../support/fake-provider.ts';

const REPORT = `overall relevance groundedness completeness coherence safety suggestions judge
  unsupported { start end text } scores { name value label source judge }`;
const CHAT = `subscription($content: String!) { chat(input: { content: $content }) { ${EVENT}
  ... on EvaluationAdded { evaluation { id report { ${REPORT} } message { id } } }
  ... on AnswerRevised { reason generation { id } } } }`;
const EVALUATE = `mutation($input: EvaluateQualityInput!) { evaluateQuality(input: $input) { ${REPORT} } }`;
const BRIDGE = 'The old bridge was built in 1932. It is 120 metres long and was designed by John Smith.';
const QUESTION = 'When was the old bridge built and how long is it?';
const GOOD = 'The old bridge was built in 1932. It is 120 metres long.';
const WRONG = 'The old bridge was built in 1932. It is 120 feet long.';

let provider: FakeProvider;
/** Apps by environment: tests with the same one share it. */
const apps = new Map<string, TestApp>();
beforeAll(async () => {
  provider = await startFakeProvider();
});
afterAll(async () => {
  await Promise.all([...apps.values()].map((app) => app.remove()));
  await provider.close();
});

const appOf = (environment: Readonly<Record<string, string>>) => apps.get(JSON.stringify(environment)) as TestApp;

async function start(environment: Readonly<Record<string, string>> = {}): Promise<Client> {
  const key = JSON.stringify(environment);
  const models = { MODEL_BALANCED: 'openai-compatible:answers', OPENAI_BASE_URL: provider.url };
  const app = apps.get(key) ?? (await startApp({ ...models, ENABLE_QUALITY_EVALUATION: 'true', ...environment }));
  apps.set(key, app);
  return client(app.url, OPERATOR_KEY);
}

async function chat(asking: Client, content: string): Promise<StreamEvent[]> {
  const events: StreamEvent[] = [];
  for await (const { data } of asking.sse(CHAT, { content })) events.push(data.chat);
  return events;
}
const addBridge = (asking: Client) =>
  asking.request('mutation($text: String!) { addDocument(input: { title: "Bridge", text: $text }) { id } }', {
    text: BRIDGE,
  });
const answersWith = (answer: string, verdict?: string) =>
  provider.respond(({ body }) => ({ text: body.model === 'judge' ? (verdict ?? '') : answer }));
const stages = async (asking: Client, id: string) => {
  const { data } = await asking.request(
    'query($id: ID!) { node(id: $id) { ... on Generation { status stages { stage plugin outcome detail } message { evaluation { report { judge } } } } } }',
    { id },
  );
  return data.node;
};

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

describe('JUDGE_MODEL', () => {
  const JUDGE = { JUDGE_MODEL: 'openai-compatible:judge' };

  test('judges in place of the rules, and is named', async () => {
    const asking = await start({ ...JUDGE, MODEL_FIRST_TOKEN_TIMEOUT: '300' });
    await addBridge(asking);
    answersWith(
      GOOD,
      'Here you are: {"relevance": 0.9, "completeness": 0.8, "coherence": 1, "safety": 1, "unsupported": [{"sentence": 2, "reason": "No source says so."}]}',
    );
    const events = await chat(asking, QUESTION);
    const { evaluation } = events.at(-1) as never as { evaluation: { report: Record<string, unknown> } };
    expect(evaluation.report).toMatchObject({
      judge: 'openai-compatible:judge/report@1',
      relevance: 0.9,
      groundedness: 0.5,
      unsupported: [{ text: 'It is 120 metres long.' }],
      suggestions: ['No source says so.'],
    });
    expect(evaluation.report['scores']).toContainEqual(
      expect.objectContaining({ name: 'faithfulness', value: 0.5, source: 'MODEL' }),
    );
  });

  test('that checks facts is called claim by claim', async () => {
    const asking = await start({ JUDGE_MODEL: 'openai-compatible:bespoke-minicheck' });
    const claims: string[] = [];
    provider.respond(({ body }) => {
      const content = String(body.messages?.at(-1)?.content);
      claims.push(content);
      return { text: content.endsWith('feet long.') ? 'No' : 'Yes' };
    });
    const { data } = await asking.request(EVALUATE, { input: { query: QUESTION, response: WRONG, context: [BRIDGE] } });
    expect(claims.toSorted()).toEqual([
      `Document: ${BRIDGE}\nClaim: It is 120 feet long.`,
      `Document: ${BRIDGE}\nClaim: The old bridge was built in 1932.`,
    ]);
    expect(data.evaluateQuality).toMatchObject({
      groundedness: 0.5,
      judge: 'openai-compatible:bespoke-minicheck/claims@1',
    });
  });

  test.each([
    ['is down', { status: 500 }, 'down'],
    ['talks nonsense', { text: 'I would rather not say.' }, 'nonsense'],
    [
      'gives a score out of range',
      { text: '{"relevance": 7, "completeness": 1, "coherence": 1, "safety": 1, "unsupported": []}' },
      'nonsense',
    ],
    [
      'names a sentence that is not there',
      { text: '{"relevance": 1, "completeness": 1, "coherence": 1, "safety": 1, "unsupported": [99]}' },
      'nonsense',
    ],
    ['is slow', { text: 'x', stallAfter: 0 }, 'slow'],
    ['breaks off', { text: 'x'.repeat(50), closeAfter: 1 }, 'down'],
  ] as const)('that %s leaves the offline report, and the trace says so', async (_name, behaviour, reason) => {
    const asking = await start({ ...JUDGE, MODEL_FIRST_TOKEN_TIMEOUT: '300' });
    await addBridge(asking);
    provider.respond(({ body }) => (body.model === 'judge' ? behaviour : { text: GOOD }));
    const events = await chat(asking, QUESTION);
    expect(events.map(({ __typename }) => __typename).slice(-2)).toEqual(['GenerationCompleted', 'EvaluationAdded']);
    const node = await stages(asking, String(events[0]?.generationId));
    expect(node.status).toBe('COMPLETE');
    expect(node.message.evaluation.report.judge).toBe('offline@1');
    const [note] = node.stages.filter(({ detail }: { detail: string | null }) =>
      detail?.includes('offline report stands'),
    );
    expect(note).toMatchObject({
      stage: 'assess',
      plugin: 'quality',
      detail: `judge openai-compatible:judge: ${reason}; the offline report stands`,
    });
  });
});

describe('ENABLE_QUALITY_REPAIR', () => {
  const REPAIR = { ENABLE_QUALITY_REPAIR: 'true', QUALITY_MINIMUM: '0.7' };
  const branch = async (asking: Client, messageId: string) => {
    const { data } = await asking.request(
      'query($id: ID!) { node(id: $id) { ... on Message { siblings { content } conversation { messages(last: 1) { edges { node { content } } } } } } }',
      { id: messageId },
    );
    return {
      siblings: data.node.siblings.map(({ content }: { content: string }) => content),
      active: data.node.conversation.messages.edges[0].node.content,
    };
  };
  const BAD = 'Penguins are flightless seabirds that eat mostly krill and fish in cold water.';

  /** Events until the revision that they announce is judged too. */
  async function revised(asking: Client, first: string, second: string) {
    const texts = [first, second];
    provider.respond(() => ({ text: texts.shift() ?? 'no third try was prepared' }));
    const events = await chat(asking, QUESTION);
    const [last] = events.slice(-1) as never as [{ __typename: string; reason: string; generation: { id: string } }];
    const assistant = (events[0] as never as { assistantMessageId: string }).assistantMessageId;
    if (last.__typename === 'AnswerRevised')
      for await (const _ of asking.sse(`subscription($id: ID!) { generation(id: $id) { ${EVENT} } }`, {
        id: last.generation.id,
      }));
    return { events, last, assistant, left: texts };
  }

  test('tries an answer that fell short once more, and makes the better one active', async () => {
    const asking = await start(REPAIR);
    await addBridge(asking);
    const { last, assistant } = await revised(asking, BAD, GOOD);
    expect(last).toMatchObject({
      __typename: 'AnswerRevised',
      reason: expect.stringMatching(/overall 0\.\d\d is under 0\.7; weakest: \w+/),
    });
    await expect.poll(() => branch(asking, assistant)).toEqual({ siblings: [BAD, GOOD], active: GOOD });
    const instructions = String(provider.calls.at(-1)?.body.messages?.[0]?.content);
    expect(instructions).toContain('An earlier answer to this message fell short');
  });

  test('keeps the first answer active if the second is worse', async () => {
    const asking = await start({ ...REPAIR, QUALITY_MINIMUM: '1' });
    await addBridge(asking);
    const { assistant, left } = await revised(asking, GOOD, BAD);
    await expect.poll(() => branch(asking, assistant)).toEqual({ siblings: [GOOD, BAD], active: GOOD });
    expect(left).toEqual([]);
  });

  test('leaves good answers alone, and all answers while it is off', async () => {
    const asking = await start({ ...REPAIR, QUALITY_MINIMUM: '0.3' });
    await addBridge(asking);
    expect((await revised(asking, GOOD, BAD)).last.__typename).toBe('EvaluationAdded');
    const off = await start();
    await addBridge(off);
    expect((await revised(off, BAD, GOOD)).last.__typename).toBe('EvaluationAdded');
  });
});
