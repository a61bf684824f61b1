/**
 * npm run bench:telemetry: what watching costs. P3 (a list of 50, CPU microseconds a request) and P1 (a turn: milliseconds to the
 * first token, CPU milliseconds) by three servers in the same rounds: without src/telemetry.ts; with it and no endpoint, as
 * `npm start` runs; with one trace of ten, metrics by OTLP and a log of level info. /metrics counts in all three.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { load, type MeasuredServer, median, quantile, startServer, table } from './support/measure.ts';

const ROUNDS = 90;
const WARM = 9;
/** Rounds whose sums make one ratio: in so many, one trace of ten is near its share. */
const CHUNK = 15;
const TURNS = 6;
const LISTS_MS = 250;
const LIST = JSON.stringify({
  query:
    '{ conversations(first: 50) { edges { cursor node { id title topic createdAt updatedAt } } pageInfo { hasNextPage endCursor } } }',
});
const CHAT =
  'subscription { chat(input: { content: "When was bridge number 7 built?" }) { __typename ... on TextDelta { text } } }';

let received = 0;
const collector = createServer((request, response) => {
  received += 1;
  request.resume().on('end', () => response.writeHead(200, { 'content-type': 'application/json' }).end('{}'));
}).listen(0, '127.0.0.1');
await new Promise((resolve) => collector.once('listening', resolve));
const WATCHED = {
  OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(collector.address() as AddressInfo).port}`,
  OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
  OTEL_TRACES_SAMPLER_ARG: '0.1',
};
const IMPORT = ['--import', './src/telemetry.ts'];
const VARIANTS = [
  { title: 'without src/telemetry.ts', execArgv: [], environment: {}, logLevel: 'warn' },
  { title: 'with it, no endpoint', execArgv: IMPORT, environment: {}, logLevel: 'warn' },
  { title: 'one trace of ten, metrics, log', execArgv: IMPORT, environment: WATCHED, logLevel: 'info' },
] as const;

await lists();
await turns();
console.log(`\n${received} exports were received`);
process.exit(0);

async function lists(): Promise<void> {
  const servers = await Promise.all(
    VARIANTS.map(({ logLevel, ...launch }) => startServer('parley-list', { logLevel }, launch)),
  );
  const cpu = servers.map((): Measured[] => []);
  for (let round = -WARM; round < ROUNDS; round += 1)
    for (const [index, server] of inTurn(servers, round)) {
      const before = await server.look(); // a collection of garbage would count for few requests
      const headers = { authorization: 'Bearer parley_bench' };
      const answered = await load(server.url, { path: '/graphql', body: LIST, headers }, 16, LISTS_MS);
      const after = await server.look();
      if (round >= 0) cpu[index]?.push([after.mainCpu - before.mainCpu, answered]);
    }
  report(`P3: CPU microseconds of the main thread a request, ${ROUNDS} interleaved rounds of ${LISTS_MS} ms`, [
    ['CPU us', cpu],
  ]);
  await Promise.all(servers.map((server) => server.stop()));
}

async function turns(): Promise<void> {
  const provider = await startServer('provider');
  const servers = await Promise.all(
    VARIANTS.map(({ logLevel, ...launch }) => startServer('parley-turn', { provider: provider.url, logLevel }, launch)),
  );
  const cpu = servers.map((): Measured[] => []);
  const first = servers.map((): Measured[] => []);
  const clients = servers.map(({ url }) =>
    createClient({ url: `${url.replace('http', 'ws')}/graphql`, webSocketImpl: WebSocket, lazy: false }),
  );
  for (let round = -WARM; round < ROUNDS; round += 1)
    for (const [index, server] of inTurn(servers, round)) {
      const before = await server.look();
      for (let turn = 0; turn < TURNS; turn += 1) {
        const milliseconds = await firstToken(clients[index] as ReturnType<typeof createClient>);
        if (round >= 0) first[index]?.push([milliseconds, 1]);
      }
      const after = await server.look();
      if (round >= 0) cpu[index]?.push([(after.mainCpu - before.mainCpu) / 1_000, TURNS]);
    }
  report(`P1: turns in ${ROUNDS} interleaved rounds of ${TURNS}`, [
    ['first token ms', first],
    ['main thread ms a turn', cpu],
  ]);
  await Promise.all([
    ...clients.map((client) => client.dispose()),
    ...servers.map((server: MeasuredServer) => server.stop()),
  ]);
  await provider.stop();
}

function firstToken(client: ReturnType<typeof createClient>): Promise<number> {
  const started = performance.now();
  let first = 0;
  return new Promise((resolve, reject) => {
    client.subscribe<{ chat: { __typename: string } }>(
      { query: CHAT },
      {
        next: ({ data }) => {
          if (first === 0 && data?.chat.__typename === 'TextDelta') first = performance.now() - started;
        },
        error: reject,
        complete: () => (first > 0 ? resolve(first) : reject(new Error('no token came'))),
      },
    );
  });
}

/** Each server is first, second and third as often as the others. */
function inTurn<T>(servers: readonly T[], round: number): [number, T][] {
  const entries = [...servers.entries()];
  const first = (round + servers.length) % servers.length;
  return [...entries.slice(first), ...entries.slice(0, first)];
}

/** A sum, and of how many. */
type Measured = readonly [sum: number, count: number];
function meanOf(values: readonly Measured[]): number {
  return values.reduce((sum, [value]) => sum + value, 0) / values.reduce((sum, [, count]) => sum + count, 0);
}

/**
 * Means, since the tenth that is traced costs more than the rest. A ratio is the median of the ratios of chunks of rounds: what
 * the machine did meanwhile counts for all of a chunk.
 */
function report(title: string, figures: readonly (readonly [string, readonly (readonly Measured[])[]])[]): void {
  table(title, [
    ['', ...figures.flatMap(([name]) => [name, 'x', 'from', 'to'])],
    ...VARIANTS.map((variant, index) => [
      variant.title,
      ...figures.flatMap(([, values]) => {
        const [plain = [], own = []] = [values[0], values[index]];
        const size = (own.length / ROUNDS) * CHUNK;
        const ratios = Array.from({ length: ROUNDS / CHUNK }, (_, chunk) => {
          const place = [chunk * size, (chunk + 1) * size] as const;
          return meanOf(own.slice(...place)) / meanOf(plain.slice(...place));
        });
        return [meanOf(own), median(ratios), quantile(ratios, 0), quantile(ratios, 1)];
      }),
    ]),
  ]);
}
