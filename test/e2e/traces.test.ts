/** One turn is one trace, from the request to the database, and nothing that people wrote or that is secret is in it. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { OPERATOR_KEY } from '../support/app.ts';
import { type Client, client } from '../support/client.ts';
import { freshDataDirectory } from '../support/data.ts';
import { type FakeProvider, startFakeProvider } from '../support/fake-provider.ts';
import { jaeger, type Receiver, type ShownSpan, startReceiver, type Traces } from '../support/otlp.ts';
import { killProcesses, type RunningProcess, startProcess } from '../support/process.ts';
import { describeWith } from '../support/services.ts';

// Processes start, and what they send is waited for.
const PROVIDER_KEY = 'sk-planted-provider-key-0123456789';
const QUESTION = 'Where did planted-question walk with her dog?';
const ANSWER = 'planted-answer walked along the river.';
const DOCUMENT = 'planted-document says that the bridge was built in 1932.';
const PLANTED = ['planted-', OPERATOR_KEY];
const CHAT = `subscription($content: String!) { chat(input: { content: $content }) { __typename
  ... on GenerationStarted { conversationId } ... on GenerationCompleted { message { id } } } }`;

let provider: FakeProvider;
beforeAll(async () => {
  provider = await startFakeProvider();
  provider.always({ text: ANSWER, chunkSize: 6, delayMs: 2, usage: { inputTokens: 21, outputTokens: 7 } });
});
afterAll(() => provider.close());
afterEach(killProcesses);

async function start(traces: Traces, service: string, environment: Readonly<Record<string, string>> = {}) {
  const data = freshDataDirectory();
  const running = await startProcess(
    {
      DATA_DIR: data.path,
      BOOTSTRAP_API_KEY: OPERATOR_KEY,
      OPENAI_API_KEY: PROVIDER_KEY,
      MODEL_BALANCED: 'openai-compatible:answers',
      OPENAI_BASE_URL: provider.url,
      ENABLE_QUALITY_EVALUATION: 'true',
      OTEL_EXPORTER_OTLP_ENDPOINT: traces.endpoint,
      OTEL_SERVICE_NAME: service,
      OTEL_BSP_SCHEDULE_DELAY: '200',
      LOG_LEVEL: 'info',
      ...environment,
    },
    { imports: ['./src/telemetry.ts'] },
  );
  return { running, asking: client(running.url, OPERATOR_KEY) };
}

async function turns(asking: Client, url: string): Promise<void> {
  const headers = { authorization: `Bearer ${OPERATOR_KEY}` };
  const search = `{ search(query: "planted-search") { tookMs } }`;
  expect((await fetch(`${url}/graphql?query=${encodeURIComponent(search)}`, { headers })).status).toBe(200);
  await fetch(`${url}/planted-path?planted-parameter=1`, { headers: { ...headers, 'user-agent': 'planted-agent' } });
  await asking.request(`mutation { addDocument(input: { title: "A bridge", text: "${DOCUMENT}" }) { id } }`);
  for await (const _ of asking.ws(CHAT, { content: QUESTION }));
  for await (const _ of asking.sse(CHAT, { content: `${QUESTION} Again?` }));
  const { data } = await asking.request(
    `mutation planted { sendMessage(input: { content: "${QUESTION} Inline?" }) { generation { id } } }`,
  );
  const id = data.sendMessage.generation.id as string;
  for await (const _ of asking.ws('subscription($id: ID!) { generation(id: $id) { __typename } }', { id }));
}

const rootOf = (spans: readonly ShownSpan[], trace: string): string | undefined =>
  spans.find(({ traceId, parentId }) => traceId === trace && parentId === null)?.name;

/** Names from the root down to a span. */
function pathTo(trace: readonly ShownSpan[], span: ShownSpan | undefined): string[] {
  const path: string[] = [];
  for (let at = span; at; at = trace.find(({ spanId }) => spanId === at?.parentId)) path.unshift(at.name);
  return path;
}

const SECRETS = [...PLANTED, PROVIDER_KEY, 'bridge was built'];

async function checkTurns(traces: Traces, running: RunningProcess, asking: Client, service: string): Promise<void> {
  await turns(asking, running.url);
  const ended = (spans: readonly ShownSpan[]) => spans.filter(({ name }) => name === 'turn').length;
  await expect.poll(async () => ended(await traces.spans(service)), { interval: 500 }).toBe(3);
  await running.terminate();
  await expect
    .poll(async () => (await traces.spans(service)).filter(({ name }) => name === 'stage assess').length)
    .toBe(3);
  const spans = await traces.spans(service);
  for (const turn of spans.filter(({ name }) => name === 'turn')) {
    const trace = spans.filter(({ traceId }) => traceId === turn.traceId);
    const ids = new Set(trace.map(({ spanId }) => spanId));
    expect(trace.filter(({ parentId }) => parentId === null).length, 'roots').toBe(1);
    expect(trace.filter(({ parentId }) => parentId !== null && !ids.has(parentId))).toEqual([]);
    expect(trace.filter(({ name }) => name === 'turn')).toHaveLength(1);
    const model = trace.find(({ name }) => name === 'chat answers');
    expect(pathTo(trace, model).slice(-4)).toEqual([
      expect.stringMatching(/graphql.execute/),
      'turn',
      'stage generate',
      'chat answers',
    ]);
    const call = trace.find(({ parentId }) => parentId === model?.spanId);
    expect(call?.name).toBe('POST');
    const ofDatabase = trace.filter(({ attributes }) => attributes['db.system.name'] === 'postgresql');
    expect(ofDatabase.map((span) => pathTo(trace, span).slice(-2))).toContainEqual([
      'stage finish',
      expect.any(String),
    ]);
    for (const stage of ['stage begin', 'stage understand', 'stage assess', 'retrieval'])
      expect(
        trace.map(({ name }) => name),
        stage,
      ).toContain(stage);
    expect(turn.events).toContain('gen_ai.evaluation.result');
    expect(model?.attributes).toMatchObject({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'answers',
      'gen_ai.conversation.id': turn.attributes['gen_ai.conversation.id'],
      'gen_ai.response.finish_reasons': expect.anything(),
    });
    expect(Number(model?.attributes['gen_ai.usage.output_tokens'])).toBe(7);
  }
  const overSocket = spans.find(({ name, traceId }) => name === 'turn' && rootOf(spans, traceId) === 'graphql.message');
  const names = spans.filter(({ traceId }) => traceId === overSocket?.traceId).map(({ name }) => name);
  for (const step of ['parse', 'validate', 'execute subscription chat']) expect(names).toContain(`graphql.${step}`);
  const roots = new Set(spans.filter(({ parentId }) => parentId === null).map(({ name }) => name));
  expect([...roots].filter((name) => !/^(POST|GET|graphql\.message|job )/.test(name))).toEqual([]);
  const everything = `${await traces.raw(service)}\n${running.output()}`;
  expect(SECRETS.filter((secret) => everything.includes(secret))).toEqual([]);
  const logged = running
    .output()
    .split('\n')
    .filter((line) => line.includes('generation ended'));
  expect(logged).toHaveLength(3);
  for (const line of logged) expect(spans.map(({ traceId }) => traceId)).toContain(JSON.parse(line).trace_id);
}

describe('with a receiver of OTLP', () => {
  let receiver: Receiver;
  beforeAll(async () => {
    receiver = await startReceiver();
  });
  afterAll(() => receiver.close());

  test('a turn is one trace over WebSocket, SSE and HTTP, without what people wrote and without secrets', async () => {
    const { running, asking } = await start(receiver, 'parley');
    await checkTurns(receiver, running, asking, 'parley');
    expect(receiver.metrics()).toEqual(
      expect.arrayContaining([
        'gen_ai.client.inference.duration',
        'gen_ai.client.inference.time_to_first_chunk',
        'gen_ai.client.inference.time_per_output_chunk',
        'gen_ai.client.inference.usage.input_tokens',
        'gen_ai.client.inference.usage.output_tokens',
      ]),
    );
  });
});

test.each([
  ['without an endpoint nothing of OpenTelemetry is loaded', {}, [false, false, false]],
  [
    'threads inherit the flag and load nothing',
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' },
    [true, true, false],
  ],
])('%s', async (_name, environment, expected) => {
  const loaded = "Symbol.for('opentelemetry.js.api.1') in globalThis";
  const script = `import { Worker } from 'node:worker_threads'; import { START } from '#core/runtime/work.ts';
    const thread = new Worker("import('node:worker_threads').then(({ parentPort }) => parentPort.postMessage(" + ${JSON.stringify(loaded)} + "))", { eval: true });
    thread.on('message', (inThread) => { console.log(JSON.stringify([${loaded}, START.hasSubscribers, inThread])); process.exit(0); });`;
  const env = { PATH: process.env['PATH'], PARLEY_ENV: 'test', ...environment };
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--import', './src/telemetry.ts', '--input-type=module', '-e', script],
    { env },
  );
  expect(JSON.parse(stdout)).toEqual(expected);
});

test('OTEL_CAPTURE_CONTENT=true shows questions and answers, and still no secret', async () => {
  const receiver = await startReceiver();
  const { running, asking } = await start(receiver, 'parley', { OTEL_CAPTURE_CONTENT: 'true' });
  for await (const _ of asking.ws(CHAT, { content: QUESTION }));
  await running.terminate();
  const raw = await receiver.raw('parley');
  expect(raw).toContain('planted-question');
  expect(raw).toContain('planted-answer');
  for (const secret of [PROVIDER_KEY, OPERATOR_KEY]) expect(raw).not.toContain(secret);
  await receiver.close();
});

test('a sampler that keeps nothing sends nothing but what a caller traces, and turns go on', async () => {
  const receiver = await startReceiver();
  const { running, asking } = await start(receiver, 'parley', {
    OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
    OTEL_TRACES_SAMPLER_ARG: '0',
  });
  const kinds: string[] = [];
  for await (const { data } of asking.ws(CHAT, { content: QUESTION })) kinds.push(data.chat.__typename);
  expect(kinds).toContain('GenerationCompleted');
  const traceId = '0af7651916cd43dd8448eb211c80319c';
  await fetch(`${running.url}/graphql?query={platform{version}}`, {
    headers: { authorization: `Bearer ${OPERATOR_KEY}`, traceparent: `00-${traceId}-b7ad6b7169203331-01` },
  });
  await running.terminate();
  const spans = await receiver.spans('parley');
  expect(new Set(spans.map((span) => span.traceId))).toEqual(new Set([traceId]));
  expect(spans.find(({ name }) => name === 'GET /graphql')?.parentId).toBe('b7ad6b7169203331');
  await receiver.close();
});

test('a collector that is away costs no answer, and is reported once', async () => {
  const nobody: Traces = { endpoint: 'http://127.0.0.1:1', spans: async () => [], raw: async () => '' };
  const { running, asking } = await start(nobody, 'parley');
  for (let turn = 0; turn < 2; turn += 1) for await (const _ of asking.ws(CHAT, { content: `${QUESTION} ${turn}` }));
  await expect.poll(() => running.output(), { interval: 500 }).toContain('could not be sent');
  expect(await running.terminate()).toBe(0);
  expect(running.output().match(/could not be sent/g)?.length).toBe(1);
});

const { JAEGER_URL, OTEL_EXPORTER_OTLP_ENDPOINT } = process.env;
describeWith(
  'with Jaeger',
  JAEGER_URL !== undefined && OTEL_EXPORTER_OTLP_ENDPOINT !== undefined,
  'start it: scripts/services/services up jaeger, and set the two lines that it prints',
  () => {
    test('a turn is one tree in Jaeger', async () => {
      const traces = jaeger(OTEL_EXPORTER_OTLP_ENDPOINT as string, JAEGER_URL as string);
      const service = `parley-${process.pid}-${Date.now()}`;
      const { running, asking } = await start(traces, service, { OTEL_METRICS_EXPORTER: 'none' });
      await checkTurns(traces, running, asking, service);
    });
  },
);
