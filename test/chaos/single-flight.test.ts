/** Equal questions on two real processes that share PostgreSQL and Redis. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { OPERATOR_KEY } from '../support/app.ts';
import { applied, client, EVENT, type StreamEvent } from '../support/client.ts';
import { freshDataDirectory } from '../support/data.ts';
import { type FakeProvider, startFakeProvider } from '../support/fake-provider.ts';
import { killProcesses, type RunningProcess, startProcess } from '../support/process.ts';
import { describeWith } from '../support/services.ts';
import { scratchDatabase } from '../support/stores.ts';

const TEXT = Array.from({ length: 150 }, (_, index) => `word${index} 词😀 `)
  .join('')
  .trimEnd();
const LEASE = 2_000;
const CHAT = `subscription($content: String!) { chat(input: { content: $content }) { ${EVENT} } }`;
const STUCK = new URL('../support/stuck-loop.mjs', import.meta.url).href;

const { POSTGRES_URL = '', REDIS_URL = '' } = process.env;

describeWith(
  'equal questions on two processes (POSTGRES_URL, REDIS_URL)',
  Boolean(POSTGRES_URL && REDIS_URL),
  'set POSTGRES_URL and REDIS_URL: scripts/services/services up postgres redis',
  () => {
    let provider: FakeProvider;
    let database: Awaited<ReturnType<typeof scratchDatabase>>;
    const folders = [freshDataDirectory(), freshDataDirectory()] as const;

    beforeAll(async () => {
      provider = await startFakeProvider();
      database = await scratchDatabase(POSTGRES_URL);
    });
    afterEach(() => {
      killProcesses();
      provider.calls.splice(0);
    });
    afterAll(async () => {
      await database.drop();
      for (const folder of folders) folder.remove();
      await provider.close();
    });

    const start = (place: 0 | 1, imports: readonly string[] = []): Promise<RunningProcess> =>
      startProcess(
        {
          ...{ BOOTSTRAP_API_KEY: OPERATOR_KEY, POSTGRES_URL: database.url, REDIS_URL, DATA_DIR: folders[place].path },
          ...{ MODEL_BALANCED: 'openai-compatible:slow', OPENAI_BASE_URL: provider.url, GENERATION_LEASE: `${LEASE}` },
          ...{ ENABLE_CACHING: 'true', ENABLE_HYBRID_RETRIEVAL: 'false', ENABLE_INTENT_TRACKING: 'false' },
          ...{ MAX_CONCURRENT_REQUESTS: '200', DEADLINE_FACTOR: '1' }, // a loop is stuck for longer than Redis may take
        },
        { imports },
      );

    async function answered(
      url: string,
      content: string,
      onText: (held: string) => void = () => undefined,
    ): Promise<string> {
      let held = '';
      for await (const { data, errors } of client(url, OPERATOR_KEY).sse(CHAT, { content })) {
        // A stuck loop may also be late for PostgreSQL. The client asks again, as it is told to.
        if (errors?.[0]?.extensions?.code === 'STORE_UNAVAILABLE') return answered(url, content, onText);
        held = applied(held, data.chat as StreamEvent);
        onText(held);
      }
      return held;
    }

    test('a hundred are one call, also while both event loops are stuck again and again for longer than Redis may take', async () => {
      provider.respond(() => ({ text: TEXT, chunkSize: 12, delayMs: 10 }));
      const both = await Promise.all([start(0, [STUCK]), start(1, [STUCK])]);
      for (const { child } of both) child.kill('SIGUSR2');
      const asked = Array.from({ length: 100 }, (_, index) =>
        answered((both[index % 2] as RunningProcess).url, 'All at once, with stuck loops?'),
      );
      expect(new Set(await Promise.all(asked))).toEqual(new Set([TEXT]));
      expect(provider.calls.length).toBe(1);
    });

    test('where the leader is killed, its followers on the other process get the whole answer, by one more call', async () => {
      provider.respond(() => ({ text: TEXT, chunkSize: 6, delayMs: 15 }));
      const [leading, other] = await Promise.all([start(0), start(1)]);
      const led = answered(leading.url, 'Who leads?').catch(() => 'broken off');
      await expect.poll(() => provider.calls.length).toBe(1);
      const begun = Promise.withResolvers<void>();
      const followers = Array.from({ length: 20 }, () =>
        answered(other.url, 'Who leads?', (held) => {
          if (held.length > 100) begun.resolve();
        }),
      );
      await begun.promise;
      expect(provider.calls.length).toBe(1);
      await leading.kill();
      await led;
      expect(new Set(await Promise.all(followers))).toEqual(new Set([TEXT]));
      expect(provider.calls.length).toBe(2);
    });
  },
);
