/**
 * npm run soak -- 10: runs a server as `npm start` does under a mixed load, for this many minutes: 12 chats at once, documents added and
 * deleted, searches, lists. Prints throughput, latencies and memory each half minute, then a verdict: no errors, and in the last minute
 * the throughput and the memory of the second. The load waits for each answer, so the machine should be idle otherwise.
 * `--postgres URL` uses PostgreSQL; otherwise the embedded database, in a folder of its own.
 */
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startServer, temporaryFolder } from './support/measure.ts';
import { cpu, npmStart, resident } from './support/npm-start.ts';
import { load } from './support/soak-load.ts';
import { type Measured, SoakReport, WINDOW } from './support/soak-report.ts';

const { values, positionals } = parseArgs({ allowPositionals: true, options: { postgres: { type: 'string' } } });
const minutes = Number(positionals[0] ?? 10);
if (!(minutes >= 3)) {
  console.error(
    'usage: npm run soak -- MINUTES [--postgres URL]; at least 3 minutes: the second is compared with the last',
  );
  process.exit(1);
}

const provider = await startServer('provider', { delayMs: 20 });
const { server, url } = await npmStart({
  DATA_DIR: temporaryFolder(),
  PARLEY_ENV: 'development',
  MODEL_BALANCED: 'openai-compatible:soak',
  OPENAI_BASE_URL: provider.url,
  ...(values.postgres === undefined ? {} : { POSTGRES_URL: values.postgres }),
});
server.on('exit', (code) => {
  console.error(`the server ended with ${code}`);
  process.exit(1);
});

const over = new AbortController();
const report = new SoakReport(await measured());
const loading = load(url, report, over.signal);
for (let window = 0; window < (minutes * 60_000) / WINDOW; window += 1) {
  await sleep(WINDOW);
  report.window(await measured());
}
over.abort();
await loading;
const holds = report.verdict();
server.removeAllListeners('exit');
server.kill('SIGTERM');
await once(server, 'exit');
await provider.stop();
process.exit(holds ? 0 : 1);

async function measured(): Promise<Measured> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const sum = (name: string) =>
    [...text.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? ([\\d.e+-]+)$`, 'gm'))].reduce(
      (total, [, value]) => total + Number(value),
      0,
    );
  return {
    megabytes: resident(server),
    cpu: cpu(server),
    statements: {
      count: sum('parley_store_statement_seconds_count'),
      seconds: sum('parley_store_statement_seconds_sum'),
    },
  };
}
