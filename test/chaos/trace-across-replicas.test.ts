/** One trace over processes: a worker's ingestion belongs to the request that queued it, a takeover to the turn that it resumes. */
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { OPERATOR_KEY } from '../support/app.ts';
import { client } from '../support/client.ts';
import { freshDataDirectory } from '../support/data.ts';
import { type FakeProvider, startFakeProvider } from '../support/fake-provider.ts';
import { jaeger, type Receiver, type ShownSpan, startReceiver, type Traces } from '../support/otlp.ts';
import { killProcesses, startProcess } from '../support/process.ts';
import { describeWith } from '../support/services.ts';
import { scratchDatabase } from '../support/stores.ts';

const { POSTGRES_URL = '', REDIS_URL = '', JAEGER_URL = '', OTEL_EXPORTER_OTLP_ENDPOINT = '' } = process.env;
const ADD = 'mutation { addDocument(input: { title: "Bridge", text: "The bridge was built in 1932." }) { id } }';
const SEND = 'mutation { sendMessage(input: { content: "Go on" }) { generation { id } } }';
const SENT = 'graphql.execute mutation sendMessage';
const STATUS = 'query($id: ID!) { node(id: $id) { ... on Generation { status } } }';
const TEXT = Array.from({ length: 100 }, (_, index) => `word${index} `).join('');
const PATIENCE = { interval: 250 };

let provider: FakeProvider;
let receiver: Receiver;
let database: Awaited<ReturnType<typeof scratchDatabase>> | undefined;
beforeAll(async () => {
  provider = await startFakeProvider();
});
beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(async () => {
  killProcesses();
  await receiver.close();
  await database?.drop();
});
afterAll(async () => {
  await provider.close();
});

async function replicas(traces: Traces, environment: Readonly<Record<string, string>>) {
  database = await scratchDatabase(POSTGRES_URL);
  const { url } = database;
  const names: string[] = [];
  const start = (role: string) => {
    const service = `parley-${role}-${randomUUID().slice(0, 8)}`;
    names.push(service);
    return startProcess(
      {
        ...{ BOOTSTRAP_API_KEY: OPERATOR_KEY, POSTGRES_URL: url, DATA_DIR: freshDataDirectory().path, ROLE: role },
        ...{ MODEL_BALANCED: 'openai-compatible:slow', OPENAI_BASE_URL: provider.url, GENERATION_LEASE: '2000' },
        ...{ OTEL_EXPORTER_OTLP_ENDPOINT: traces.endpoint, OTEL_SERVICE_NAME: service, OTEL_BSP_SCHEDULE_DELAY: '100' },
        ...{ OTEL_METRICS_EXPORTER: 'none', ...environment },
      },
      { imports: ['./src/telemetry.ts'] },
    );
  };
  /** Of all processes that were started. */
  const spans = async (): Promise<readonly ShownSpan[]> =>
    traces === receiver ? traces.spans('') : unique((await Promise.all(names.map(traces.spans))).flat());
  return { start, spans };
}

/** Jaeger answers all of a trace to each service that is in it. */
const unique = (spans: readonly ShownSpan[]) => [...new Map(spans.map((span) => [span.spanId, span])).values()];

/** Waits for a span in whose trace there is another one, and answers it with its trace. */
async function linked(spans: () => Promise<readonly ShownSpan[]>, name: string, other: string) {
  let trace: readonly ShownSpan[] = [];
  await expect
    .poll(async () => {
      const found = await spans();
      const traces = Map.groupBy(found, ({ traceId }) => traceId).values();
      const has = (of: readonly ShownSpan[], wanted: string) => of.some((span) => span.name === wanted);
      trace = traces.find((one) => has(one, name) && has(one, other)) ?? [];
      return trace.length;
    }, PATIENCE)
    .toBeGreaterThan(0);
  const child = trace.find((span) => span.name === name);
  return { child, trace, parent: trace.find(({ spanId }) => spanId === child?.parentId) };
}

const collectors: readonly (readonly [string, () => Traces, boolean])[] = [
  ['a receiver of OTLP', () => receiver, true],
  ['Jaeger', () => jaeger(OTEL_EXPORTER_OTLP_ENDPOINT, JAEGER_URL), JAEGER_URL !== ''],
];
const present = collectors.filter(([, , isThere]) => isThere);

describeWith(
  'replicas on PostgreSQL and Redis (POSTGRES_URL, REDIS_URL)',
  Boolean(POSTGRES_URL && REDIS_URL),
  'set POSTGRES_URL and REDIS_URL: scripts/services/services up postgres redis',
  () => {
    const queues = [['Redis', { REDIS_URL }] as const, ['PostgreSQL alone', {}] as const];
    const ways = present.flatMap((collector) => queues.map((queue) => [...queue, ...collector] as const));
    test.each(ways)(
      'a worker ingests in the trace of the request that queued the document: %s',
      async (_n, queue, _c, of) => {
        const { start, spans } = await replicas(of(), queue);
        const [web] = await Promise.all([start('web'), start('worker')]);
        const added = async () => {
          await client(web.url, OPERATOR_KEY).request(ADD); // again: what a busy server does not queue is found in the store, without a trace
          return spans();
        };
        const { parent } = await linked(added, 'job ingest', 'POST /graphql');
        expect(parent?.name).toBe('graphql.execute mutation addDocument');
      },
    );

    test.each(present)('a replica resumes the turn of a killed one in its trace: %s', async (_name, of) => {
      let calls = 0;
      provider.respond(() => {
        calls += 1;
        return { text: TEXT, chunkSize: 6, delayMs: calls === 1 ? 500 : 5 };
      });
      const { start, spans } = await replicas(of(), { ENABLE_HYBRID_RETRIEVAL: 'false' });
      const [first, second] = await Promise.all([start('all'), start('all')]);
      const { data } = await client(first.url, OPERATOR_KEY).request(SEND);
      const { id } = data.sendMessage.generation;
      await expect.poll(async () => (await spans()).map(({ name }) => name), PATIENCE).toContain(SENT);
      await first.kill();
      const status = async () => (await client(second.url, OPERATOR_KEY).request(STATUS, { id })).data.node.status;
      await expect.poll(status, PATIENCE).toBe('COMPLETE');
      const { child, parent, trace } = await linked(spans, 'takeover', 'turn');
      expect(parent?.name).toBe(SENT);
      expect(trace.filter(({ name }) => name === 'NOTIFY').length, 'spans of messages between replicas').toBeLessThan(
        10,
      );
      const turn = trace.find(({ name }) => name === 'turn');
      expect(turn?.parentId).toBe(child?.spanId);
      expect(trace.filter(({ parentId }) => parentId === null).map(({ name }) => name)).toEqual(['POST /graphql']);
    });
  },
);
