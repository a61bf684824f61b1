import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { serviceClient } from '../../src/adapters/services/client.ts';
import { OPERATOR_KEY, startApp, type TestApp } from '../support/app.ts';
import { type Client, client, EVENT, type StreamEvent } from '../support/client.ts';
import { freshDataDirectory } from '../support/data.ts';
import { hasEtcd, type OwnEtcd, startEtcd } from '../support/etcd.ts';
import { type FakeProvider, startFakeProvider } from '../support/fake-provider.ts';
import { startReceiver } from '../support/otlp.ts';
import { killProcesses, type RunningProcess, startProcess } from '../support/process.ts';
import { eventually } from '../support/programs.ts';
import { startServiceProcess } from '../support/service.ts';
import { describeWith } from '../support/services.ts';
import { scratchDatabase } from '../support/stores.ts';

const NAMES = ['intent-tracker', 'hybrid-retriever', 'quality-evaluator'] as const;
type Name = (typeof NAMES)[number];
const SECRET = 'service-secret-0123456789abcdef0123456789';
const SOON = { interval: 50 };
const BRIDGE = 'The old bridge was built in 1932. It is 120 metres long and was designed by John Smith.';
const QUESTION = 'When was the old bridge built and how long is it?';
const CHAT = `subscription($content: String!) { chat(input: { content: $content }) { ${EVENT}
  ... on IntentTracked { intent { type } } ... on EvaluationAdded { evaluation { report { overall groundedness } } } } }`;
const SEARCH = `query($query: String!, $documents: [ID!]) { search(query: $query, options: { documentIds: $documents }) {
  strategy degraded passages { id text score vectorScore keywordScore document { title } } } }`;
const EVALUATE = `mutation($input: EvaluateQualityInput!) { evaluateQuality(input: $input) {
  overall relevance groundedness completeness coherence safety suggestions judge unsupported { start end text }
  scores { name value label source judge } } }`;
const TRACK =
  'mutation($message: String!) { trackIntent(input: { message: $message }) { type confidence topic topicShift standaloneQuery signals } }';

describeWith(
  'the plugins as services (ETCD_URL, POSTGRES_URL)',
  hasEtcd && Boolean(process.env['POSTGRES_URL']),
  'set ETCD_URL and POSTGRES_URL: scripts/services/services up etcd postgres',
  () => {
    let etcd: OwnEtcd;
    let provider: FakeProvider;
    let database: Awaited<ReturnType<typeof scratchDatabase>>;
    let app: TestApp;
    let ann: Client;
    let stranger: Client;
    let document: string;
    const data = freshDataDirectory();
    let settings: Record<string, string>;

    beforeAll(async () => {
      etcd = await startEtcd();
      provider = await startFakeProvider();
      provider.respond(() => ({ text: 'The old bridge was built in 1932. It is 120 metres long.' }));
      database = await scratchDatabase(process.env['POSTGRES_URL'] ?? '');
      settings = {
        ...{ ETCD_URL: etcd.url, POSTGRES_URL: database.url, SERVICE_SECRET: SECRET },
        ...{ MODEL_BALANCED: 'openai-compatible:chat', OPENAI_BASE_URL: provider.url },
      };
      app = await startApp({ ...settings, ENABLE_QUALITY_EVALUATION: 'true' });
      [ann, stranger] = await Promise.all([clientFor('ann', 'acme'), clientFor('eve', 'other')]);
      document = await add('Bridge', BRIDGE);
    });
    afterEach(async () => {
      killProcesses();
      for (const name of NAMES) await instances(name, 0);
    });
    afterAll(async () => {
      await app.remove();
      await database.drop();
      await provider.close();
      await etcd.stop();
      data.remove();
    });

    async function clientFor(subject: string, tenant: string): Promise<Client> {
      const answer = await client(app.url, OPERATOR_KEY).request(
        'mutation($input: CreateApiKeyInput!) { createApiKey(input: $input) { secret } }',
        { input: { name: subject, subject, tenant } },
      );
      return client(app.url, answer.data.createApiKey.secret);
    }
    /** Returns the document's id once the platform calls it indexed. */
    async function add(title: string, text: string): Promise<string> {
      const answer = await ann.request('mutation($input: AddDocumentInput!) { addDocument(input: $input) { id } }', {
        input: { title, text },
      });
      const { id } = answer.data.addDocument;
      const status = async () =>
        (await ann.request('query($id: ID!) { node(id: $id) { ... on Document { status } } }', { id })).data.node
          .status;
      await eventually('the document is indexed', async () => {
        if ((await status()) !== 'INDEXED') throw new Error('not yet');
      });
      return id;
    }
    const metrics = async (url: string) => (await fetch(`${url}/metrics`)).text();
    const figure = async (url: string, name: string): Promise<number> =>
      Number(
        (await metrics(url))
          .split('\n')
          .find((line) => line.startsWith(`${name} `))
          ?.slice(name.length) ?? 0,
      );
    const instances = (name: string, count: number) =>
      expect.poll(() => figure(app.url, `parley_service_instances{service="${name}"}`), SOON).toBe(count);
    const calls = (name: Name, outcome: string) =>
      figure(app.url, `parley_service_call_seconds_count{service="${name}",outcome="${outcome}"}`);

    async function startService(name: Name, environment: Record<string, string> = {}): Promise<RunningProcess> {
      const service = await startServiceProcess(name, { ...settings, DATA_DIR: data.path, ...environment });
      await instances(name, 1);
      return service;
    }
    async function turn(asking: Client) {
      const events: (StreamEvent & Record<string, unknown>)[] = [];
      for await (const { data: event } of asking.sse(CHAT, { content: QUESTION })) events.push(event.chat);
      const count = (type: string) => events.filter(({ __typename }) => __typename === type).length;
      return {
        intent: count('IntentTracked'),
        cited: count('CitationAdded') > 0,
        completed: count('GenerationCompleted'),
        judged: count('EvaluationAdded'),
      };
    }
    const WHOLE = { intent: 1, cited: true, completed: 1, judged: 1 };

    test('a turn asks each of them, and is answered as without them', async () => {
      expect(await turn(ann)).toEqual(WHOLE);
      for (const name of NAMES) await startService(name);
      const before = await Promise.all(NAMES.map((name) => calls(name, 'OK')));
      expect(await turn(ann)).toEqual(WHOLE);
      const after = await Promise.all(NAMES.map((name) => calls(name, 'OK')));
      expect(after.map((count, index) => count - (before[index] ?? 0))).toEqual([1, 1, 1]);
      expect(await Promise.all(NAMES.map((name) => calls(name, 'FAILED')))).toEqual([0, 0, 0]);
    });

    test('each answers what its plugin answers', async () => {
      const input = { query: QUESTION, response: 'It was built in 1932 and is 120 feet long.', context: [BRIDGE] };
      const all = async () => [
        (await ann.request(SEARCH, { query: QUESTION })).data,
        (await ann.request(EVALUATE, { input })).data,
        (await ann.request(TRACK, { message: '继续上面的话题' })).data,
      ];
      const here = await all();
      for (const name of NAMES) await startService(name);
      const before = await Promise.all(NAMES.map((name) => calls(name, 'OK')));
      expect(await all()).toEqual(here);
      expect(await Promise.all(NAMES.map((name) => calls(name, 'OK')))).toEqual(before.map((count) => count + 1));
    });

    test.each(NAMES)('%s is killed in the middle of a turn, which is whole', async (name) => {
      const service = await startService(name);
      service.child.kill('SIGSTOP');
      const answered = turn(ann);
      await sleep(name === 'quality-evaluator' ? 1_500 : 150);
      await service.kill();
      expect(await answered).toEqual(WHOLE);
    });

    test('all turns are whole while services are killed one after the other', async () => {
      const running = new Map<Name, RunningProcess>();
      for (const name of NAMES) running.set(name, await startService(name));
      let over = false;
      const turns: Awaited<ReturnType<typeof turn>>[] = [];
      const asking = Array.from({ length: 4 }, async () => {
        while (!over) turns.push(await turn(ann));
      });
      for (const name of [...NAMES, ...NAMES]) {
        await running.get(name)?.kill();
        await sleep(300);
        running.set(name, await startServiceProcess(name, { ...settings, DATA_DIR: data.path }));
      }
      over = true;
      await Promise.all(asking);
      expect(turns.length).toBeGreaterThan(10);
      // An evaluation is given up after 15 s, which a busy machine may take.
      for (const each of turns) expect(each).toMatchObject({ ...WHOLE, judged: expect.any(Number) });
      expect(turns.filter((each) => each.judged === 1).length / turns.length).toBeGreaterThan(0.9);
    });

    test('a document is found by the service as soon as the platform calls it indexed', async () => {
      await startService('hybrid-retriever');
      const before = await calls('hybrid-retriever', 'FAILED');
      for (let round = 0; round < 5; round += 1) {
        await add(`Round ${round}`, `The password of round ${round} is zebra${round}.`);
        const found = await ann.request(SEARCH, { query: `password zebra${round}` });
        expect(found.data.search.passages[0].document.title).toBe(`Round ${round}`);
      }
      expect(await calls('hybrid-retriever', 'FAILED')).toBe(before);
    });

    describe('another tenant', () => {
      test('finds nothing through the service', async () => {
        await startService('hybrid-retriever');
        const before = await calls('hybrid-retriever', 'OK');
        for (const documents of [null, [document]])
          expect((await stranger.request(SEARCH, { query: QUESTION, documents })).data.search.passages).toEqual([]);
        expect(await calls('hybrid-retriever', 'OK')).toBe(before + 2);
        expect((await ann.request(SEARCH, { query: QUESTION })).data.search.passages).not.toEqual([]);
      });

      test('gets no ids from the service itself, whose calls go by the viewer of their token', async () => {
        const service = await startService('hybrid-retriever');
        const found = async (asking: Client, tenant: string) => {
          const { id: node, subject } = (await asking.request('{ viewer { id subject } }')).data.viewer;
          const viewer = { id: atob(node).split(':')[1] ?? '', subject, tenant, role: 'USER' as const };
          const query = { viewer, query: QUESTION, limit: 8, documentIds: null, strategy: null, rerank: true };
          const question = { ...query, vectorWeight: null, keywordWeight: null, read: async () => new Map() };
          const { answer } = await serviceClient(SECRET).ask({
            ...{ service: 'hybrid-retriever', address: service.url, hook: 'retrieve', viewer, question },
            ...{ withinMs: 30_000, signal: AbortSignal.timeout(60_000) },
          });
          return (answer as { passages: unknown[] }).passages.length;
        };
        expect(await found(ann, 'acme')).toBeGreaterThan(0);
        expect(await found(stranger, 'other')).toBe(0);
        expect(await found(stranger, 'acme')).toBe(0);
      });

      test('gets no text by a service that lies about what it may read', async () => {
        const found = await ann.request(SEARCH, { query: QUESTION });
        const ids = found.data.search.passages.map(({ id }: { id: string }) => atob(id).split(':')[1]);
        const passages = ids.map((id: string) => ({
          ...{ id, score: 1, vectorScore: null, keywordScore: null, highlights: [], duplicates: 0 },
        }));
        const answer = { answer: { passages, strategy: 'HYBRID', degraded: [] }, notes: [], usage: [] };
        const liar = createServer((_request, response) => response.end(JSON.stringify({ data: { asked: answer } })));
        await new Promise<void>((resolve) => liar.listen(0, '127.0.0.1', resolve));
        const { ID: lease } = (await etcd.ask('lease/grant', { TTL: 60 })) as unknown as { ID: string };
        const url = `http://127.0.0.1:${(liar.address() as AddressInfo).port}`;
        await etcd.ask('kv/put', {
          key: btoa('/parley/services/hybrid-retriever/liar'),
          value: btoa(JSON.stringify({ url, protocol: 1 })),
          lease,
        });
        await instances('hybrid-retriever', 1);
        const before = await calls('hybrid-retriever', 'OK');
        expect((await stranger.request(SEARCH, { query: QUESTION })).data.search.passages).toEqual([]);
        expect(await calls('hybrid-retriever', 'OK')).toBe(before + 1);
        await etcd.ask('lease/revoke', { ID: lease });
        liar.closeAllConnections();
        liar.close();
      });
    });

    test('a trace goes on in the service', async () => {
      const receiver = await startReceiver();
      const traced = {
        ...{ ...settings, OTEL_EXPORTER_OTLP_ENDPOINT: receiver.endpoint, OTEL_BSP_SCHEDULE_DELAY: '100' },
        ...{ OTEL_METRICS_EXPORTER: 'none', BOOTSTRAP_API_KEY: OPERATOR_KEY },
      };
      const imports = ['./src/telemetry.ts'];
      await startServiceProcess('intent-tracker', { ...traced, DATA_DIR: data.path }, imports);
      const platform = await startProcess({ ...traced, DATA_DIR: join(data.path, 'platform') }, { imports });
      await client(platform.url, OPERATOR_KEY).request(TRACK, { message: QUESTION });
      await expect
        .poll(async () => {
          const spans = await receiver.spans('parley');
          const asked = spans.find(({ name }) => name === 'service intent-tracker');
          const sent = spans.find(({ parentId }) => asked !== undefined && parentId === asked.spanId);
          const answered = spans.find(({ parentId }) => sent !== undefined && parentId === sent.spanId);
          const stage = spans.find(({ name, traceId }) => name === 'stage understand' && traceId === answered?.traceId);
          return [answered?.name, answered?.traceId === asked?.traceId, stage !== undefined];
        }, SOON)
        .toEqual(['POST /graphql', true, true]);
      await receiver.close();
    });

    test('a model that a service asks is charged to the viewer', async () => {
      const answer = { type: 'command', topic: null, topic_shift: false, standalone_query: QUESTION };
      provider.respond(({ body }) =>
        body.model === 'intents'
          ? { text: JSON.stringify(answer), usage: { inputTokens: 70, outputTokens: 30 } }
          : { text: 'An answer.' },
      );
      await startService('intent-tracker', {
        INTENT_MODEL: 'openai-compatible:intents',
        MODEL_LIGHT: 'openai-compatible:intents',
      });
      const usage = async () =>
        (await ann.request('{ viewer { usage { inputTokens outputTokens } } }')).data.viewer.usage;
      const before = await usage();
      expect((await ann.request(TRACK, { message: QUESTION })).data.trackIntent.type).toBe('command');
      await expect
        .poll(usage, SOON)
        .toEqual({ inputTokens: before.inputTokens + 70, outputTokens: before.outputTokens + 30 });
    });
  },
);
