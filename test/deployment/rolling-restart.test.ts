/** Three real servers behind the real nginx, restarted one after the other while clients post without end: no client sees an error. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { OPERATOR_KEY } from '../support/app.ts';
import { client } from '../support/client.ts';
import { freshDataDirectory } from '../support/data.ts';
import { type FakeProvider, startFakeProvider } from '../support/fake-provider.ts';
import { type Nginx, startNginx } from '../support/nginx.ts';
import { killProcesses, type RunningProcess, startProcess } from '../support/process.ts';
import { freePort, hasProgram } from '../support/programs.ts';
import { describeWith } from '../support/services.ts';
import { scratchDatabase } from '../support/stores.ts';

const SEND = 'mutation($content: String!) { sendMessage(input: { content: $content }) { generation { id } } }';
const CHAT = 'subscription { chat(input: { content: "Say yes" }) { __typename } }';
const GOING_AWAY = 1001;
/** RESTARTS=20: so many times each server. */
const ROUNDS = Number(process.env['RESTARTS'] ?? 1);

/** With Redis, and on PostgreSQL alone. */
for (const [size, redis] of [
  ['with Redis', { REDIS_URL: process.env['REDIS_URL'] ?? '' }],
  ['on PostgreSQL alone', {}],
] as const)
  describeWith(
    `a rolling restart, ${size} (nginx, POSTGRES_URL, REDIS_URL)`,
    hasProgram('nginx') && Boolean(process.env['POSTGRES_URL'] && process.env['REDIS_URL']),
    'apt-get install nginx; scripts/services/services up postgres redis',
    () => {
      let provider: FakeProvider;
      let database: Awaited<ReturnType<typeof scratchDatabase>>;
      let nginx: Nginx;
      const servers: { process: RunningProcess; readonly settings: Readonly<Record<string, string>> }[] = [];
      const folders = [freshDataDirectory(), freshDataDirectory(), freshDataDirectory()];

      beforeAll(async () => {
        provider = await startFakeProvider();
        provider.respond(() => ({ text: 'Yes, and then some more.', chunkSize: 8, delayMs: 10 }));
        database = await scratchDatabase(process.env['POSTGRES_URL'] ?? '');
        for (const folder of folders) {
          const settings = {
            ...{ ...redis, POSTGRES_URL: database.url, BOOTSTRAP_API_KEY: OPERATOR_KEY, DATA_DIR: folder.path },
            ...{ MODEL_BALANCED: 'openai-compatible:quick', OPENAI_BASE_URL: provider.url, VIEWER_SHARE: '1' },
            ...{ ENABLE_HYBRID_RETRIEVAL: 'false', ENABLE_INTENT_TRACKING: 'false', SHUTDOWN_TIMEOUT: '500' },
            ...{ TRUSTED_PROXIES: '127.0.0.1', PORT: `${await freePort()}` },
          };
          servers.push({ settings, process: await startProcess(settings) });
        }
        nginx = await startNginx(servers.map(({ process }) => process.url));
      });
      afterAll(async () => {
        await nginx?.stop();
        killProcesses();
        await database?.drop();
        await provider?.close();
        for (const folder of folders) folder.remove();
      });

      test('no client sees an error: of queries, of mutations without an id, of new streams and of new sockets', async () => {
        const asking = client(nginx.url, OPERATOR_KEY);
        const seen = { done: 0, errors: [] as unknown[] };
        let over = false;
        const without = async (end: (count: number) => Promise<unknown>) => {
          for (let count = 0; !over; count += 1) {
            const error = await end(count).catch((thrown) => String(thrown?.cause ?? thrown));
            if (error) seen.errors.push(error);
            else seen.done += 1;
            await sleep(10);
          }
        };
        const errorsOf = async (query: string, variables: object = {}) => {
          const { status, errors } = await asking.request(query, variables);
          return errors ?? (status === 200 ? undefined : status);
        };
        /** Up to its first event. Libraries connect again where a socket is closed with GOING_AWAY, and so does this. */
        const firstOf = async (way: 'ws' | 'sse'): Promise<unknown> => {
          try {
            for await (const { errors } of asking[way](CHAT)) return errors;
          } catch (error) {
            if ((error as CloseEvent).code === GOING_AWAY) return firstOf(way);
            throw error;
          }
          return 'nothing';
        };
        const clients = [
          ...Array.from({ length: 4 }, () => without(() => errorsOf('{ viewer { id } }'))),
          ...Array.from({ length: 4 }, () => without((count) => errorsOf(SEND, { content: `Question ${count}` }))),
          ...(['ws', 'sse'] as const).map((way) => without(() => firstOf(way))),
        ];
        for (let round = 0; round < ROUNDS; round += 1)
          for (const server of servers) {
            expect(await server.process.terminate()).toBe(0);
            server.process = await startProcess(server.settings);
          }
        over = true;
        await Promise.all(clients);
        const failed = nginx.log().filter(({ status }) => status >= 500);
        expect([seen.errors, failed], nginx.errors()).toEqual([[], []]);
        expect(seen.done).toBeGreaterThan(50);
      });
    },
  );
