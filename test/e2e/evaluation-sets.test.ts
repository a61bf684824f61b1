import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { CONTRACT_VERSION, definePlugin, type Sample } from '#core/plugin.ts';
import { OPERATOR_KEY, startApp, type TestApp } from '../support/app.ts';
import { type Client, client } from '../support/client.ts';
import { type FakeProvider, startFakeProvider } from '../support/fake-provider.ts';

const CREATE = `mutation($name: String!, $cases: [EvaluationCaseInput!]!) {
  createEvaluationSet(input: { name: $name, cases: $cases }) { id name cases } }`;
const RUN =
  'mutation($id: ID!, $tolerance: Float) { runEvaluationSet(id: $id, tolerance: $tolerance) { id status total } }';
const READ = `query($id: ID!) { node(id: $id) { ... on EvaluationRun { status done total judge error regressions
  summary { count overall } set { name }
  results(first: 100) { edges { node { case query response previousOverall report { overall } generation { status } } } } } } }`;

let provider: FakeProvider;
let app: TestApp;
let ann: Client;
let judged: Sample[] = [];
let score: (sample: Sample) => number = () => 0.9;
let delayMs = 0;
/** The judge waits for it. */
let released: Promise<void> = Promise.resolve();

const judge = definePlugin({
  ...{ name: 'judge', version: '1.0.0', contract: CONTRACT_VERSION },
  setup: () => ({
    async assess(sample) {
      judged.push(sample);
      await released;
      await sleep(delayMs);
      const overall = score(sample);
      return {
        ...{ overall, relevance: overall, groundedness: null, completeness: overall, coherence: 1, safety: 1 },
        ...{ suggestions: [], unsupported: [], judge: 'test judge 1' },
      };
    },
  }),
});
const settings = () => ({
  ...{ MODEL_BALANCED: 'openai-compatible:test', OPENAI_BASE_URL: provider.url },
  ...{ ENABLE_QUALITY_EVALUATION: 'false', ENABLE_HYBRID_RETRIEVAL: 'false' },
});

beforeAll(async () => {
  provider = await startFakeProvider();
  provider.respond(({ body }) => ({ text: `Answer to ${JSON.stringify(body.messages?.at(-1)?.content)}.` }));
  app = await startApp(settings(), { plugins: [judge] });
  ann = client(app.url, OPERATOR_KEY);
});
afterAll(async () => {
  await app.remove();
  await provider.close();
});
beforeEach(() => {
  judged = [];
  score = () => 0.9;
  delayMs = 0;
});

const create = async (name: string, cases: readonly object[]) =>
  (await ann.request(CREATE, { name, cases })).data.createEvaluationSet;
async function ended(id: string) {
  const read = async () => (await ann.request(READ, { id })).data.node;
  await expect.poll(async () => (await read()).status).toMatch(/COMPLETE|FAILED/);
  const run = await read();
  return { ...run, results: run.results.edges.map(({ node }: { node: unknown }) => node) };
}
const run = async (set: { id: string }, tolerance?: number) =>
  ended((await ann.request(RUN, { id: set.id, tolerance })).data.runEvaluationSet.id);

test('a case with a response is judged unchanged, and one without is answered by the whole pipeline', async () => {
  const set = await create('both', [
    { query: 'What is it?', response: 'A bridge.', context: ['It is a bridge.'], expected: 'A bridge' },
    { query: 'How long?' },
    { query: 'How old?' },
  ]);
  expect(set.cases).toBe(3);
  const { status, done, total, judge: by, results, summary } = await run(set);
  expect({ status, done, total, by }).toEqual({ status: 'COMPLETE', done: 3, total: 3, by: 'test judge 1' });
  expect(summary).toEqual({ count: 3, overall: 0.9 });
  expect(results).toMatchObject([
    { case: 1, query: 'What is it?', response: 'A bridge.', generation: null, previousOverall: null },
    { case: 2, response: 'Answer to "How long?".', generation: { status: 'COMPLETE' } },
    { case: 3, response: 'Answer to "How old?".', generation: { status: 'COMPLETE' } },
  ]);
  const [first, second, third] = judged.filter(({ turn }) => turn === null);
  expect(first).toMatchObject({ context: ['It is a bridge.'], expected: 'A bridge', response: 'A bridge.' });
  expect(second).toMatchObject({ query: 'How long?', response: 'Answer to "How long?".' });
  // No case is in the history of another: the model sees one question each.
  expect(third).toMatchObject({ history: [] });
  expect(provider.calls.at(-1)?.body.messages?.filter(({ role }) => role === 'user')).toHaveLength(1);
});

test('the same name and cases make the same set, with regressions by case', async () => {
  const cases = ['one', 'two', 'three'].map((query) => ({ query, response: query }));
  const set = await create('regressions', cases);
  expect((await create('regressions', cases)).id).toBe(set.id);
  expect((await create('regressions', cases.slice(1))).id).not.toBe(set.id);
  expect((await run(set)).regressions).toEqual([]);
  score = ({ query }) => ({ one: 0.2, two: 0.86, three: 0.7 })[query] ?? 0;
  const worse = await run(set);
  expect(worse.regressions).toEqual(['case 1: 0.90 to 0.20: one', 'case 3: 0.90 to 0.70: three']);
  expect(worse.results[0].previousOverall).toBe(0.9);
  score = ({ query }) => ({ one: 0.2, two: 0.86, three: 0.5 })[query] ?? 0;
  expect((await run(set, 0.5)).regressions).toEqual([]);
});

test('progress streams until the run ends', async () => {
  delayMs = 150;
  const set = await create(
    'progress',
    Array.from({ length: 6 }, (_, index) => ({ query: `q${index}`, response: 'r' })),
  );
  const { id } = (await ann.request(RUN, { id: set.id })).data.runEvaluationSet;
  const seen: { status: string; done: number }[] = [];
  for await (const { data } of ann.sse('subscription($id: ID!) { evaluationRunProgress(id: $id) { status done } }', {
    id,
  }))
    seen.push(data.evaluationRunProgress);
  expect(seen.length).toBeGreaterThan(2);
  expect(seen.at(-1)).toEqual({ status: 'COMPLETE', done: 6 });
});

async function stranger(subject: string): Promise<Client> {
  const { data } = await ann.request(
    'mutation($subject: String!) { createApiKey(input: { name: "k", subject: $subject, tenant: "e" }) { secret } }',
    { subject },
  );
  return client(app.url, data.createApiKey.secret);
}
const statusOf = async (asking: Client, id: string) =>
  (await asking.request('query($id: ID!) { node(id: $id) { ... on EvaluationRun { status done } } }', { id })).data
    .node;

test('a long run of one viewer does not keep another’s waiting', async () => {
  delayMs = 100;
  const cases = Array.from({ length: 60 }, (_, place) => ({ query: `Question ${place}?`, response: 'Yes.' }));
  const long = (await ann.request(RUN, { id: (await create('long', cases)).id })).data.runEvaluationSet;
  const eve = await stranger('eve');
  const { data: made } = await eve.request(CREATE, { name: 'short', cases: cases.slice(0, 2) });
  const short = (await eve.request(RUN, { id: made.createEvaluationSet.id })).data.runEvaluationSet;
  await expect.poll(async () => (await statusOf(eve, short.id)).status).toBe('COMPLETE');
  expect((await statusOf(ann, long.id)).done).toBeLessThan(60);
  delayMs = 0;
  // It goes on where it was, in slices, and judges no case twice.
  expect(await ended(long.id)).toMatchObject({ status: 'COMPLETE', done: 60 });
  expect(judged).toHaveLength(62);
});

test('a viewer has at most 50 runs that have not ended', async () => {
  const held = Promise.withResolvers<void>();
  released = held.promise;
  const max = await stranger('max');
  const { data } = await max.request(CREATE, { name: 'one', cases: [{ query: 'One?', response: 'Yes.' }] });
  const begin = () => max.request(RUN, { id: data.createEvaluationSet.id });
  const runs = await Promise.all(Array.from({ length: 50 }, begin));
  expect((await begin()).errors?.[0]?.extensions.code).toBe('RATE_LIMITED');
  held.resolve();
  for (const { data: made } of runs)
    await expect.poll(async () => (await statusOf(max, made.runEvaluationSet.id)).status).toBe('COMPLETE');
  expect((await begin()).errors).toBeUndefined();
});

test('runs of sets are read within the cost of a document', async () => {
  const deep =
    '{ evaluationSets(first: 20) { edges { node { runs(first: 20) { edges { node { regressions summary { count } } } } } } } }';
  expect((await ann.request(deep)).errors?.[0]?.message).toContain('cost');
  expect(
    (await ann.request(deep.replace('first: 20) { edges { node { runs', 'first: 2) { edges { node { runs'))).errors,
  ).toBeUndefined();
});

test('a set and its runs are as if they did not exist for another viewer', async () => {
  const set = await create('mine', [{ query: 'q', response: 'r' }]);
  const { id } = (await ann.request(RUN, { id: set.id })).data.runEvaluationSet;
  const { data } = await ann.request('mutation { createApiKey(input: { name: "b", subject: "bob" }) { secret } }');
  const bob = client(app.url, data.createApiKey.secret);
  expect((await bob.request(READ, { id })).data.node).toBeNull();
  expect((await bob.request(RUN, { id: set.id })).errors?.[0]?.extensions.code).toBe('NOT_FOUND');
  expect((await bob.request('{ evaluationSets { edges { node { id } } } }')).data.evaluationSets.edges).toEqual([]);
});

test('bad cases are refused with their place', async () => {
  const refusal = async (cases: readonly object[]) => (await ann.request(CREATE, { name: 'bad', cases })).errors?.[0];
  expect(await refusal([])).toMatchObject({ message: 'cases must be 1 to 10000' });
  expect(await refusal([{ query: 'a' }, { query: '  ' }])).toMatchObject({ message: 'cases[1].query is empty' });
});

test('a run continues after its server was stopped, and judges no case twice', async () => {
  const stopped = await startApp(settings(), { plugins: [judge] });
  const viewer = client(stopped.url, OPERATOR_KEY);
  delayMs = 100;
  const cases = Array.from({ length: 12 }, (_, index) => ({ query: `q${index}`, response: `r${index}` }));
  const set = (await viewer.request(CREATE, { name: 'long', cases })).data.createEvaluationSet;
  const { id } = (await viewer.request(RUN, { id: set.id })).data.runEvaluationSet;
  await expect.poll(async () => (await viewer.request(READ, { id })).data.node.done).toBeGreaterThan(2);
  await stopped.stop();
  const before = judged.length;
  expect(before).toBeLessThan(12);
  const again = await startApp({ ...settings(), DATA_DIR: stopped.dataDirectory }, { plugins: [judge] });
  const after = client(again.url, OPERATOR_KEY);
  const read = async () => (await after.request(READ, { id })).data.node;
  await expect.poll(async () => (await read()).status).toBe('COMPLETE');
  expect((await read()).done).toBe(12);
  // The case that was cut off is judged again; those that were stored are not.
  expect(judged.length).toBeLessThanOrEqual(13);
  await again.remove();
  await stopped.remove();
});

test('a case that no model answered falls to nothing, and the run keeps its judge', async () => {
  const set = await create('unanswered', [{ query: 'Judged?', response: 'Yes.' }, { query: 'Unanswered?' }]);
  provider.reply({ status: 400 });
  const { judge: by, results } = await run(set);
  expect(by).toBe('test judge 1');
  expect(results[1]).toMatchObject({ response: '', report: { overall: 0 }, generation: { status: 'FAILED' } });
});
