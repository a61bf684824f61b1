/**
 * npm run bench:ingestion: P9, a server on the embedded database as `npm start` runs it, and a folder of Markdown that `npm run ingest`
 * uploads to it, with five searches a second meanwhile, of a viewer who may read all of it: MB/s, passages/s, memory, and how long
 * searches take; then until the vectors are complete, which follow. Beside it COPY of the same text into the same database. `--megabytes` of text, 97 where absent: about 110,000 passages.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { PGlite } from '@electric-sql/pglite';
import { quantile, table, temporaryFolder } from './support/measure.ts';
import { ask, cpu, npmStart, resident } from './support/npm-start.ts';
import { markdown, question } from './support/texts.ts';

const { values } = parseArgs({ options: { megabytes: { type: 'string', default: '97' } } });
const SIZES = [0.1, 0.25, 0.5, 1, 2, 5];
/** Milliseconds after which a server has given back what it does not need. */
const SETTLING = 15_000;
const root = join(import.meta.dirname, '..');
const place = temporaryFolder();
const documents = join(place, 'documents');
const data = join(place, 'data');
const environment = { ...process.env, PATH: `${dirname(process.execPath)}:${process.env['PATH']}` };

mkdirSync(documents);
const texts: string[] = [];
for (let left = Number(values.megabytes); left > 0; left -= SIZES[(texts.length - 1) % SIZES.length] as number) {
  texts.push(markdown(1e6 * Math.min(left, SIZES[texts.length % SIZES.length] as number)));
  writeFileSync(join(documents, `${texts.length}.md`), texts.at(-1) as string);
}
const megabytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0) / 1e6;

const { server, url } = await npmStart({ DATA_DIR: data });
const empty = resident(server);
const searching = searches(url);
const watching = peak(server);
const cpuBefore = cpu(server);
const started = performance.now();
const ingest = spawn(process.execPath, ['scripts/ingest.ts', documents, '--skip-vectors'], {
  cwd: root,
  env: { ...environment, PARLEY_URL: url },
  stdio: ['ignore', 'ignore', 'inherit'],
});
const [code] = await once(ingest, 'exit');
const seconds = (performance.now() - started) / 1_000;
const cpuSeconds = cpu(server) - cpuBefore;
const busy = await searching();
const encoding = searches(url);
await vectors();
const vectorSeconds = (performance.now() - started) / 1_000;
const busyEncoding = await encoding();
if (code !== 0) throw new Error('not everything was ingested');
await sleep(SETTLING);
const most = watching();
const settled = resident(server);
const idleSearches = searches(url);
await sleep(5_000);
const idle = await idleSearches();
const passages = Number.parseInt((await stores()).find(({ name }) => name === 'keywords')?.detail ?? '', 10);
server.kill('SIGTERM');
await once(server, 'exit');

const copySeconds = await copy();
table(`P9: ${texts.length} files, ${megabytes.toFixed(0)} MB, ${passages} passages`, [
  ['', 'MB/s', 'passages/s', 'MB per CPU s', 'MB empty', 'MB most', 'MB settled'],
  ['Parley', megabytes / seconds, passages / seconds, megabytes / cpuSeconds, empty, most, settled],
  ['with vectors', megabytes / vectorSeconds, passages / vectorSeconds, '', '', '', ''],
  ['COPY of the text', megabytes / copySeconds, '', '', '', '', ''],
]);
table('searches, ms', [
  ['', 'p50', 'p95', 'p99'],
  ['meanwhile', ...[0.5, 0.95, 0.99].map((share) => quantile(busy, share))],
  ['while vectors follow', ...[0.5, 0.95, 0.99].map((share) => quantile(busyEncoding, share))],
  ['afterwards', ...[0.5, 0.95, 0.99].map((share) => quantile(idle, share))],
]);
process.exit(0);

interface StoreStatus {
  readonly name: string;
  readonly detail: string;
}
async function stores(): Promise<readonly StoreStatus[]> {
  const { platform } = await ask<{ platform: { stores: StoreStatus[] } }>(
    url,
    '{ platform { stores { name detail } } }',
  );
  return platform.stores;
}

/** Resolves when every passage has its vector. */
async function vectors(): Promise<void> {
  while (/ of \d+ passages/.test((await stores()).find(({ name }) => name === 'vectors')?.detail ?? ''))
    await sleep(1_000);
}

function peak(server: ChildProcess): () => number {
  let most = 0;
  const timer = setInterval(() => {
    most = Math.max(most, resident(server));
  }, 100);
  return () => {
    clearInterval(timer);
    return most;
  };
}

/** Searches in sequence until the result is requested: milliseconds of each. */
function searches(url: string): () => Promise<number[]> {
  let going = true;
  const times: number[] = [];
  const done = (async () => {
    while (going) {
      const asking = performance.now();
      await ask(url, 'query ($query: String!) { search(query: $query) { tookMs } }', { query: question() });
      times.push(performance.now() - asking);
      await sleep(200);
    }
  })();
  return async () => {
    going = false;
    await done;
    return times;
  };
}

/** Paragraphs as rows, a file a COPY; seconds. */
async function copy(): Promise<number> {
  const database = await PGlite.create(join(data, 'postgres'));
  await database.exec('CREATE TABLE copied (text TEXT NOT NULL)');
  const before = performance.now();
  for (const text of texts)
    await database.query("COPY copied FROM '/dev/blob'", [], { blob: new Blob([text.replaceAll('\n\n', '\n')]) });
  const seconds = (performance.now() - before) / 1_000;
  await database.close();
  return seconds;
}
