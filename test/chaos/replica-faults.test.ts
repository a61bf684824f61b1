/**
 * Two real servers on one PostgreSQL and Redis, clients that move between them, and a fault in each round at a random instant: no
 * token is lost or doubled, and each generation has one end. `CHAOS_KILLS=100` for many rounds; the figures are printed.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { OPERATOR_KEY } from '../support/app.ts';
import { client } from '../support/client.ts';
import { freshDataDirectory } from '../support/data.ts';
import { type FakeProvider, startFakeProvider } from '../support/fake-provider.ts';
import { broken, followAcross, type History } from '../support/moving-reader.ts';
import { killProcesses, type RunningProcess, startProcess } from '../support/process.ts';
import { describeWith } from '../support/services.ts';
import { scratchDatabase } from '../support/stores.ts';
import { startTunnel, type Tunnel } from '../support/tunnel.ts';

const ROUNDS = Number(process.env['CHAOS_KILLS'] ?? 10);
const LEASE = 2_000;
const TEXT = Array.from({ length: 100 }, (_, index) => `word${index} 词😀 `)
  .join('')
  .trimEnd();
const SEND = 'mutation { sendMessage(input: { content: "Go on" }) { generation { id } } }';
const STORED = 'query($id: ID!) { node(id: $id) { ... on Generation { status message { content } } } }';
/** Generations a round, each with two readers. */
const AT_ONCE = 3;

type Place = 0 | 1;
interface Scene {
  readonly servers: [RunningProcess, RunningProcess];
  readonly redis: Tunnel;
  readonly postgres: Tunnel;
  start(place: Place): Promise<void>;
  remove(): Promise<void>;
}

let provider: FakeProvider;
beforeAll(async () => {
  provider = await startFakeProvider();
  provider.respond(() => ({ text: TEXT, chunkSize: 6, delayMs: 8 }));
});
afterEach(killProcesses);
afterAll(() => provider.close());

async function scene(): Promise<Scene> {
  const database = await scratchDatabase(process.env['POSTGRES_URL'] ?? '');
  const redisUrl = new URL(process.env['REDIS_URL'] ?? '');
  const postgresUrl = new URL(database.url);
  const redis = await startTunnel(Number(redisUrl.port || 6379));
  const postgres = await startTunnel(Number(postgresUrl.port || 5432));
  redisUrl.port = new URL(redis.url).port;
  postgresUrl.port = new URL(postgres.url).port;
  const folders = [freshDataDirectory(), freshDataDirectory()] as const;
  const start = (place: Place) =>
    startProcess({
      ...{ BOOTSTRAP_API_KEY: OPERATOR_KEY, DATA_DIR: folders[place].path },
      ...{ POSTGRES_URL: postgresUrl.href, REDIS_URL: redisUrl.href },
      ...{ MODEL_BALANCED: 'openai-compatible:slow', OPENAI_BASE_URL: provider.url },
      ...{ GENERATION_LEASE: `${LEASE}`, SHUTDOWN_TIMEOUT: '500', ENABLE_HYBRID_RETRIEVAL: 'false' },
    });
  const servers: [RunningProcess, RunningProcess] = await Promise.all([start(0), start(1)]);
  return {
    ...{ servers, redis, postgres },
    async start(place) {
      servers[place] = await start(place);
    },
    async remove() {
      killProcesses();
      await Promise.all([redis.close(), postgres.close()]);
      await database.drop();
      for (const folder of folders) folder.remove();
    },
  };
}

/** One fault while generations stream at `victim`. Answers what readers saw; throws where a promise is broken. */
async function round({ servers }: Scene, victim: Place, fault: () => Promise<void>): Promise<History[]> {
  const urls = () => servers.map(({ url }) => url);
  const sending = client(servers[victim].url, OPERATOR_KEY);
  const sent = await Promise.all(Array.from({ length: AT_ONCE }, () => sending.request(SEND)));
  const ids: string[] = sent.map(({ data }) => data.sendMessage.generation.id);
  const reading = ids.flatMap((id) =>
    ([0, 1] as const).map((first) => followAcross(urls, OPERATOR_KEY, id, { first })),
  );
  await sleep(Math.random() * 1_500);
  await fault();
  const histories = await Promise.all(reading);
  for (const [index, id] of ids.entries()) {
    const asking = client(servers[victim === 0 ? 1 : 0].url, OPERATOR_KEY);
    const { data } = await asking.request(STORED, { id });
    const { status, message } = data.node as { status: string; message: { content: string } };
    expect(['COMPLETE', 'INTERRUPTED']).toContain(status);
    if (status === 'COMPLETE') expect(message.content).toBe(TEXT);
    for (const history of histories.slice(index * 2, index * 2 + 2)) {
      expect(broken(history)).toEqual([]);
      expect(history.held).toBe(message.content);
      const end = status === 'COMPLETE' ? 'GenerationCompleted' : 'GenerationFailed';
      expect(history.events.at(-1)?.__typename).toBe(end);
    }
  }
  return histories;
}

function report(what: string, histories: readonly History[]): void {
  const figure = (values: readonly number[]) => {
    const sorted = values.toSorted((a, b) => a - b);
    const at = (share: number) =>
      Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0);
    return `${sorted.length}: p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, most ${at(1)} ms`;
  };
  const ends = Map.groupBy(histories, ({ events }) => events.at(-1)?.__typename ?? 'none');
  const counted = [...ends].map(([name, of]) => `${of.length} ${name}`).join(', ');
  console.log(
    `${what}: ${histories.length} readers (${counted}); reconnected ${figure(histories.flatMap(({ reconnected }) => reconnected))}; next event ${figure(histories.flatMap(({ gaps }) => gaps))}`,
  );
}

const PATIENCE = 120_000 + ROUNDS * 60_000;

describeWith(
  'two servers whose faults no reader notices in the text (POSTGRES_URL, REDIS_URL)',
  Boolean(process.env['POSTGRES_URL'] && process.env['REDIS_URL']),
  'set POSTGRES_URL and REDIS_URL: scripts/services/services up postgres redis',
  () => {
    test(`${ROUNDS} times kill -9 of the server that streams`, { timeout: PATIENCE }, async () => {
      const two = await scene();
      const all: History[] = [];
      for (let turn = 0; turn < ROUNDS; turn += 1) {
        const victim = (turn % 2) as Place;
        let restarted = Promise.resolve();
        const fault = async () => {
          await two.servers[victim].kill();
          restarted = two.start(victim);
        };
        all.push(...(await round(two, victim, fault)));
        await restarted;
      }
      report(`${ROUNDS} kills`, all);
      await two.remove();
    });

    const few = Math.max(2, Math.floor(ROUNDS / 5));

    test(`${few} times SIGSTOP past the lease, then SIGCONT`, { timeout: PATIENCE }, async () => {
      const two = await scene();
      const all: History[] = [];
      for (let turn = 0; turn < few; turn += 1) {
        const victim = (turn % 2) as Place;
        const fault = async () => {
          two.servers[victim].child.kill('SIGSTOP');
          await sleep(LEASE + Math.random() * 2_000);
          two.servers[victim].child.kill('SIGCONT');
        };
        all.push(...(await round(two, victim, fault)));
      }
      report(`${few} stops`, all);
      await two.remove();
    });

    test(`a rolling restart, ${few} times: what does not end in time goes on at the other server`, {
      timeout: PATIENCE,
    }, async () => {
      const two = await scene();
      const all: History[] = [];
      for (let turn = 0; turn < few; turn += 1) {
        const victim = (turn % 2) as Place;
        const fault = async () => {
          expect(await two.servers[victim].terminate()).toBe(0);
          await two.start(victim);
        };
        const histories = await round(two, victim, fault);
        expect(histories.every(({ events }) => events.at(-1)?.__typename === 'GenerationCompleted')).toBe(true);
        all.push(...histories);
      }
      report(`${few} restarts`, all);
      await two.remove();
    });

    test(`Redis and PostgreSQL go away for a second, and for longer than an answer's end is retried, ${few} times each`, {
      timeout: PATIENCE,
    }, async () => {
      const two = await scene();
      for (const store of ['redis', 'postgres'] as const) {
        const all: History[] = [];
        for (let turn = 0; turn < few; turn += 1) {
          const fault = async () => {
            two[store].down = true;
            await sleep(turn % 2 ? 9_000 : 1_000);
            two[store].down = false;
          };
          all.push(...(await round(two, (turn % 2) as Place, fault)));
        }
        report(`${few} times without ${store}`, all);
      }
      await two.remove();
    });
  },
);
