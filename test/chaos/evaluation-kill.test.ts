import { afterEach, expect, test } from 'vitest';
import { OPERATOR_KEY } from '../support/app.ts';
import { client } from '../support/client.ts';
import { freshDataDirectory } from '../support/data.ts';
import { startFakeProvider } from '../support/fake-provider.ts';
import { killProcesses, startProcess } from '../support/process.ts';

afterEach(killProcesses);

const CASES = 300;
const CREATE =
  'mutation($cases: [EvaluationCaseInput!]!) { createEvaluationSet(input: { name: "kill", cases: $cases }) { id } }';
const READ = `query($id: ID!, $after: String) { node(id: $id) { ... on EvaluationRun { status done total
  results(first: 100, after: $after) { edges { node { case response } } pageInfo { hasNextPage endCursor } } } } }`;

test('after kill -9 during an evaluation run the next start ends it with each case once', async () => {
  const data = freshDataDirectory();
  const settings = { BOOTSTRAP_API_KEY: OPERATOR_KEY, DATA_DIR: data.path, ENABLE_QUALITY_EVALUATION: 'true' };
  let server = await startProcess(settings);
  let viewer = client(server.url, OPERATOR_KEY);
  const cases = Array.from({ length: CASES }, (_, index) => ({
    query: `How long is bridge ${index}?`,
    response: `Bridge ${index} is ${index} metres long.`,
    context: [`Bridge ${index} is ${index} metres long, and was built in 1932.`],
  }));
  const set = (await viewer.request(CREATE, { cases })).data.createEvaluationSet;
  const run = 'mutation($id: ID!) { runEvaluationSet(id: $id) { id } }';
  const { id } = (await viewer.request(run, { id: set.id })).data.runEvaluationSet;
  const read = async (after: string | null = null) => (await viewer.request(READ, { id, after })).data.node;
  for (let kills = 0; kills < 3; kills += 1) {
    const before = (await read()).done;
    const isUnderWay = async () => {
      const { done, status } = await read();
      return done > before + 5 || status === 'COMPLETE';
    };
    await expect.poll(isUnderWay, { interval: 10 }).toBe(true);
    await server.kill();
    server = await startProcess(settings);
    viewer = client(server.url, OPERATOR_KEY);
  }
  await expect.poll(async () => (await read()).status).toBe('COMPLETE');
  const seen: number[] = [];
  for (let page = (await read()).results; ; ) {
    for (const { node } of page.edges) {
      seen.push(node.case);
      expect(node.response).toBe(`Bridge ${node.case - 1} is ${node.case - 1} metres long.`);
    }
    if (!page.pageInfo.hasNextPage) break;
    page = (await read(page.pageInfo.endCursor)).results;
  }
  expect(seen).toEqual(cases.map((_, index) => index + 1));
  expect((await read()).done).toBe(CASES);
  await server.kill();
  data.remove();
});

test('an answer whose server is killed before it is judged is judged after the next start', async () => {
  const data = freshDataDirectory();
  const provider = await startFakeProvider();
  provider.always({ text: 'The bridge is 503 metres long.' });
  const settings = {
    ...{ BOOTSTRAP_API_KEY: OPERATOR_KEY, DATA_DIR: data.path, ENABLE_QUALITY_EVALUATION: 'true' },
    ...{ MODEL_BALANCED: 'openai-compatible:test', OPENAI_BASE_URL: provider.url },
    PARLEY_PLUGINS: './test/chaos/scene/slow-judge.ts',
  };
  const before = await startProcess(settings);
  const send = 'mutation { sendMessage(input: { content: "How long is it?" }) { assistantMessage { id } } }';
  const { id } = (await client(before.url, OPERATOR_KEY).request(send)).data.sendMessage.assistantMessage;
  const read = 'query($id: ID!) { node(id: $id) { ... on Message { status evaluation { report { overall } } } } }';
  const message = async ({ url }: { readonly url: string }) =>
    (await client(url, OPERATOR_KEY).request(read, { id })).data.node;
  await expect.poll(() => message(before)).toEqual({ status: 'COMPLETE', evaluation: null });
  await before.kill();
  const after = await startProcess(settings);
  const report = { overall: expect.any(Number) };
  await expect.poll(() => message(after)).toEqual({ status: 'COMPLETE', evaluation: { report } });
  await after.kill();
  await provider.close();
  data.remove();
});
