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

const ROUNDS = 8;
const TURNS = 12;
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
  const cpu = servers.map(() => [] as number[]);
  for (let round = -2; round < ROUNDS; round += 1)
    for (const [index, server] of servers.entries()) {
      const before = await server.usage();
      const headers = { authorization: 'Bearer parley_bench' };
      const answered = await load(server.url, { path: '/graphql', body: LIST, headers }, 16, 1_000);
      const after = await server.look(); // without a collection, which would count for few requests
      if (round >= 0) cpu[index]?.push((after.mainCpu - before.mainCpu) / answered);
    }
  report(`P3: CPU microseconds of the main thread a request, medians of ${ROUNDS} interleaved rounds`, [
    ['CPU us', cpu],
  ]);
  await Promise.all(servers.map((server) => server.stop()));
}

async function turns(): Promise<void> {
  const provider = await startServer('provider');
  const servers = await Promise.all(
    VARIANTS.map(({ logLevel, ...launch }) => startServer('parley-turn', { provider: provider.url, logLevel }, launch)),
  );
  const cpu = servers.map(() => [] as number[]);
  const first = servers.map(() => [] as number[]);
  const clients = servers.map(({ url }) =>
    createClient({ url: `${url.replace('http', 'ws')}/graphql`, webSocketImpl: WebSocket, lazy: false }),
  );
  for (let round = -2; round < ROUNDS; round += 1)
    for (const [index, server] of servers.entries()) {
      const before = await server.usage();
      for (let turn = 0; turn < TURNS; turn += 1) {
        const milliseconds = await firstToken(clients[index] as ReturnType<typeof createClient>);
        if (round >= 0) first[index]?.push(milliseconds);
      }
      const after = await server.look();
      if (round >= 0) cpu[index]?.push((after.mainCpu - before.mainCpu) / 1_000 / TURNS);
    }
  report(`P1: turns in ${ROUNDS} interleaved rounds of ${TURNS}`, [
    ['first token ms, p50', first],
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

/** The ratio is the median of the rounds' own ratios: what the machine did meanwhile counts for all of a round. */
function report(title: string, figures: readonly (readonly [string, readonly (readonly number[])[]])[]): void {
  table(title, [
    ['', ...figures.flatMap(([name]) => [name, 'x', 'least x'])],
    ...VARIANTS.map((variant, index) => [
      variant.title,
      ...figures.flatMap(([, values]) => {
        const [plain = [], own = []] = [values[0], values[index]];
        const ratios = own.map((value, round) => value / (plain[round] ?? Number.NaN));
        return [median(own), median(ratios), quantile(own, 0) / quantile(plain, 0)];
      }),
    ]),
  ]);
}
