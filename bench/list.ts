/**
 * npm run bench:list: P3, a list of 50 conversations, and P4, a tiny query: CPU microseconds of the server a request, the
 * database stubbed, API key and limits on; beside Mercurius with JIT and bare JSON, in the same rounds. P10: start to ready, with the
 * compile cache of an earlier start, as `npm start` has it.
 */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore } from '../src/adapters/postgres/index.ts';
import { startProcess } from '../test/support/process.ts';
import { load, median, startServer, table } from './support/measure.ts';

const ROUNDS = 5;
const QUERIES = {
  'P3 list of 50':
    '{ conversations(first: 50) { edges { cursor node { id title topic createdAt updatedAt } } pageInfo { hasNextPage endCursor } } }',
  'P4 tiny query': '{ viewer { id subject } }',
};
const NAMES = ['bare-list', 'mercurius-list', 'parley-list'] as const;

const servers = await Promise.all(NAMES.map((name) => startServer(name)));
for (const [title, query] of Object.entries(QUERIES)) {
  const measured = NAMES.map(() => [] as number[]);
  for (let round = -1; round < ROUNDS; round += 1) {
    for (const [index, server] of servers.entries()) {
      const before = await server.usage();
      const answered = await load(
        server.url,
        { path: '/graphql', body: JSON.stringify({ query }), headers: { authorization: 'Bearer parley_bench' } },
        16,
        1_500,
      );
      const after = await server.usage();
      if (round >= 0) measured[index]?.push((after.cpu - before.cpu) / answered);
    }
  }
  const [bare = 0, mercurius = 0, parley = 0] = measured.map(median);
  table(`${title}: CPU microseconds a request, median of ${ROUNDS} interleaved rounds`, [
    ['bare JSON', bare, ''],
    ['Mercurius with JIT', mercurius, ''],
    ['Parley', parley, `${(parley / mercurius).toFixed(2)} x Mercurius with JIT`],
  ]);
}
await Promise.all(servers.map((server) => server.stop()));

const data = mkdtempSync(join(tmpdir(), 'parley-bench-'));
await (await openStore({ poolSize: 1, dataDirectory: data })).close();
const starts: number[] = [];
for (let round = -1; round < ROUNDS; round += 1) {
  const copy = mkdtempSync(join(tmpdir(), 'parley-bench-'));
  cpSync(data, copy, { recursive: true });
  const started = performance.now();
  const server = await startProcess({ DATA_DIR: copy, NODE_COMPILE_CACHE: 'node_modules/.cache/node' });
  await fetch(`${server.url}/ready`);
  if (round >= 0) starts.push(performance.now() - started);
  await server.kill();
  rmSync(copy, { recursive: true });
}
rmSync(data, { recursive: true });
const bareNode = await timeOf(['-e', '0']);
table('P10 start to ready with data, milliseconds', [
  ['node -e 0', bareNode],
  ['Parley, embedded database', median(starts)],
]);

async function timeOf(args: readonly string[]): Promise<number> {
  const { spawnSync } = await import('node:child_process');
  const times = Array.from({ length: ROUNDS }, () => {
    const started = performance.now();
    spawnSync(process.execPath, args);
    return performance.now() - started;
  });
  return median(times);
}
process.exit(0);
