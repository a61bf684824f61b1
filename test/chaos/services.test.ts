import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { OPERATOR_KEY, startApp, type TestApp } from '../support/app.ts';
import { type Client, client } from '../support/client.ts';
import { freshDataDirectory } from '../support/data.ts';
import { hasEtcd, type OwnEtcd, startEtcd } from '../support/etcd.ts';
import { type FakeProvider, startFakeProvider } from '../support/fake-provider.ts';
import { killProcesses, type RunningProcess } from '../support/process.ts';
import { startServiceProcess } from '../support/service.ts';
import { describeWith } from '../support/services.ts';

const NAME = 'intent-tracker';
const QUESTION = '继续上面的话题';
const CHAT = `subscription($content: String!) { chat(input: { content: $content }) {
  __typename ... on IntentTracked { intent { type } } } }`;
const SOON = { interval: 50 };

describeWith(
  'a service that stands in for a plugin',
  hasEtcd,
  'set ETCD_URL: scripts/services/services up etcd',
  () => {
    let etcd: OwnEtcd;
    let provider: FakeProvider;
    let app: TestApp;
    let ann: Client;
    const data = freshDataDirectory();

    beforeAll(async () => {
      etcd = await startEtcd();
      provider = await startFakeProvider();
      provider.respond(() => ({ text: 'An answer.' }));
      app = await startApp({
        ...{ ETCD_URL: etcd.url, MODEL_BALANCED: 'openai-compatible:chat', OPENAI_BASE_URL: provider.url },
      });
      ann = client(app.url, OPERATOR_KEY);
    });
    afterEach(async () => {
      etcd.resume();
      killProcesses();
      await instances(0);
    });
    afterAll(async () => {
      await app.remove();
      await provider.close();
      await etcd.stop();
      data.remove();
    });

    const figure = async (url: string, name: string): Promise<number> => {
      const text = await (await fetch(`${url}/metrics`)).text();
      const line = text.split('\n').find((each) => each.startsWith(`${name} `));
      return line === undefined ? 0 : Number(line.slice(name.length));
    };
    const instances = (count: number) =>
      expect.poll(() => figure(app.url, `parley_service_instances{service="${NAME}"}`), SOON).toBe(count);
    /** Questions of this test's text that a process has classified. */
    const classified = (url: string) => figure(url, 'parley_intents_total{type="task_continuation"}');

    async function startService(): Promise<RunningProcess> {
      const service = await startServiceProcess(NAME, { ETCD_URL: etcd.url, DATA_DIR: data.path });
      await instances(1);
      return service;
    }
    /** A turn to its end: the type of its last event but the evaluation, and the intent that it was told. */
    async function turn(): Promise<{ readonly end: string; readonly intent: string | undefined }> {
      let end = '';
      let intent: string | undefined;
      for await (const { data: event } of ann.sse(CHAT, { content: QUESTION })) {
        end = event.chat.__typename;
        intent ??= event.chat.intent?.type;
      }
      return { end, intent };
    }
    const ANSWERED = { end: 'GenerationCompleted', intent: 'task_continuation' };

    test('answers while it is discovered; the plugin does before, and after kill -9', async () => {
      const [here] = [await classified(app.url)];
      expect(await turn()).toEqual(ANSWERED);
      expect(await classified(app.url)).toBe(here + 1);
      const service = await startService();
      expect(await turn()).toEqual(ANSWERED);
      expect([await classified(app.url), await classified(service.url)]).toEqual([here + 1, 1]);
      await service.kill();
      expect(await turn()).toEqual(ANSWERED);
      await instances(0);
      expect(await turn()).toEqual(ANSWERED);
      expect(await classified(app.url)).toBe(here + 3);
    });

    test('is not asked while the plugin is switched off at the platform', async () => {
      const service = await startService();
      const set = (enabled: boolean) =>
        ann.request(
          'mutation($enabled: Boolean!) { setFeature(input: { name: "intent-tracking", enabled: $enabled }) { name } }',
          { enabled },
        );
      expect((await set(false)).errors).toBeUndefined();
      expect(await turn()).toEqual({ ...ANSWERED, intent: undefined });
      expect(await classified(service.url)).toBe(0);
      await set(true);
      expect(await turn()).toEqual(ANSWERED);
      expect(await classified(service.url)).toBe(1);
    });

    test('leaves at once when it is stopped', async () => {
      const service = await startService();
      expect(await service.terminate()).toBe(0);
      await instances(0);
    });

    test('is killed while it is asked: the turn has its intent and its answer', async () => {
      const service = await startService();
      service.child.kill('SIGSTOP');
      const asked = turn();
      await sleep(200);
      await service.kill();
      expect(await asked).toEqual(ANSWERED);
    });

    test('hangs: the turn has its intent and its answer', async () => {
      const service = await startService();
      service.child.kill('SIGSTOP');
      expect(await turn()).toEqual(ANSWERED);
      await instances(0); // its lease ends
      service.child.kill('SIGCONT');
      await instances(1); // and is granted again
      expect(await turn()).toEqual(ANSWERED);
    });

    test('goes on while etcd is paused, and is there again after it', async () => {
      const service = await startService();
      const here = await classified(app.url);
      etcd.pause();
      for (let seconds = 0; seconds < 5; seconds += 1) {
        expect(await turn()).toEqual(ANSWERED);
        await sleep(1_000);
      }
      expect([await classified(service.url), await classified(app.url)]).toEqual([5, here]);
      const other = await startApp({ ETCD_URL: etcd.url }); // a platform starts without etcd
      await other.remove();
      etcd.resume();
      await expect
        .poll(
          async () => {
            await turn();
            return classified(service.url);
          },
          { ...SOON, timeout: 20_000 },
        )
        .toBeGreaterThan(5);
      await instances(1);
    });

    test('dies while etcd is paused: turns go on, and it is forgotten afterwards', async () => {
      const service = await startService();
      etcd.pause();
      await service.kill();
      for (let count = 0; count < 4; count += 1) expect(await turn()).toEqual(ANSWERED);
      etcd.resume();
      await instances(0);
      expect(await turn()).toEqual(ANSWERED);
    });

    test('registers again where its lease is lost, and where etcd has lost everything', async () => {
      await startService();
      const { leases } = (await etcd.ask('lease/leases', {})) as unknown as { leases: { ID: string }[] };
      for (const { ID } of leases) await etcd.ask('lease/revoke', { ID });
      await instances(0);
      await instances(1);
      await etcd.kill();
      await etcd.startAgain();
      await expect
        .poll(async () => {
          const answer = await etcd.ask('kv/range', {
            key: Buffer.from('\0').toString('base64'),
            range_end: Buffer.from('\0').toString('base64'),
          });
          return (answer as { kvs?: unknown[] }).kvs?.length;
        }, SOON)
        .toBe(1);
      await instances(1);
    });

    test('is not called at an address that is none, of another protocol, or of another machine where there is no secret', async () => {
      const { ID: lease } = (await etcd.ask('lease/grant', { TTL: 60 })) as unknown as { ID: string };
      const put = (id: string, value: string) =>
        etcd.ask('kv/put', {
          key: Buffer.from(`/parley/services/${NAME}/${id}`).toString('base64'),
          value: Buffer.from(value).toString('base64'),
          lease,
        });
      await put('1', 'no JSON');
      await put('2', '{"url":"http://127.0.0.1:1","protocol":2}');
      await put('3', '{"url":"http://example.org","protocol":1}');
      await put('4', '{"url":"file:///etc/passwd","protocol":1}');
      await put('5', '{"url":"http://user:secret@127.0.0.1:1","protocol":1}');
      await put('6', '{"url":"http://127.0.0.1:1","protocol":1}');
      await instances(1); // the last one, which refuses
      expect(await turn()).toEqual(ANSWERED);
      await etcd.ask('lease/revoke', { ID: lease });
    });
  },
);
