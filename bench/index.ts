/**
 * npm run bench:index: P7 and P9, the built-in index alone: hybrid searches over 1,000 and over 100,000 passages with vectors of 384
 * dimensions, each within what its viewer may read, which is a tenth (all of them with `-- --viewers 1`); how long the main loop is
 * held; the start from files; memory of a process that has nothing but the index; ingestion, and searches meanwhile. Beside it
 * SQLite's FTS5 and minisearch, which search words alone.
 */
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { DatabaseSync } from 'node:sqlite';
import { parseArgs } from 'node:util';
import MiniSearch from 'minisearch';
import type { Hooks, PluginHouse, RetrievalQuery } from '#core/plugin.ts';
import { retrievalPlugin } from '../src/plugins/retrieval/index.ts';
import { quantile, table, temporaryFolder } from './support/measure.ts';
import { type Corpus, corpusOf, DIMENSIONS, feedOf, modelOf } from './support/passages.ts';

const { values } = parseArgs({
  options: {
    sizes: { type: 'string', default: '1000,100000' },
    viewers: { type: 'string', default: '10' },
    memory: { type: 'string' },
  },
});
const viewers = Number(values.viewers);
const sizes = values.sizes.split(',').map(Number);
const context = { signal: new AbortController().signal };
const megabytes = (bytes: number) => Math.round(bytes / 2 ** 20);

function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, place) => sum + value * (b[place] as number), 0);
}

if (values.memory) {
  console.log(await memoryOf(values.memory, sizes[0] ?? 0));
  process.exit(0);
}

const rows: (string | number)[][] = [
  ['passages', 'search', 'ms p50', 'ms p95', 'recall@10 of vectors', 'loop held ms', 'built s', 'opened s', 'RSS MiB'],
];
const p95 = new Map<number, number>();
for (const size of sizes) {
  const corpus = corpusOf(size, viewers);
  rows.push(await builtIn(corpus), ...yardsticks(corpus));
}
table(`P7: searches, ${DIMENSIONS} dimensions, within what one of ${viewers} viewers may read`, rows);
const [least = 0, most = 0] = [sizes[0] ?? 0, sizes.at(-1) ?? 0].map((size) => p95.get(size) ?? 0);
console.log(`  hybrid p95 of ${sizes.at(-1)} : ${sizes[0]} passages = ${(most / least).toFixed(2)} (aim: at most 1.5)`);
process.exit(0);

async function open(corpus: Corpus, feed: PluginHouse['passages'], directory: string): Promise<Hooks> {
  const model = modelOf(corpus);
  return retrievalPlugin({ buildWithin: 600_000 }).setup({
    settings: {},
    dataDirectory: directory,
    passages: feed,
    embeddings: model,
    embeddingsNamed: () => model,
    get models(): never {
      throw new Error('not asked for');
    },
    warn: (message, error) => console.error(message, error ?? ''),
  }) as Promise<Hooks>;
}

/** The state that /ready looks at: keywords in, vectors complete. */
async function complete(hooks: Hooks): Promise<void> {
  const patience = performance.now() + 600_000;
  while (performance.now() < patience) {
    try {
      const result = await hooks.retrieve?.(asked('x', 'viewer-0', { strategy: 'VECTOR' }), context);
      if (result?.degraded.length === 0) return;
    } catch {
      // not yet
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error('the index was not complete in time');
}

async function builtIn(corpus: Corpus): Promise<(string | number)[]> {
  const directory = temporaryFolder();
  const feed = feedOf(corpus);
  const building = performance.now();
  let hooks = await open(corpus, feed, directory);
  await hooks.start?.(context.signal);
  await complete(hooks);
  const built = (performance.now() - building) / 1_000;
  await hooks.stop?.();

  const opening = performance.now();
  hooks = await open(corpus, feed, directory);
  await hooks.start?.(context.signal);
  await complete(hooks);
  const opened = (performance.now() - opening) / 1_000;

  const delay = monitorEventLoopDelay({ resolution: 1 });
  await searchAll(corpus, hooks, 50);
  delay.enable();
  const times = await searchAll(corpus, hooks);
  delay.disable();
  const held = delay.max / 1e6;
  p95.set(corpus.passages.length, quantile(times, 0.95));
  const recall = await recallOf(corpus, hooks);
  await hooks.stop?.();
  const rss = Number(
    execFileSync(process.execPath, [
      import.meta.filename,
      '--memory',
      directory,
      '--sizes',
      String(feed.size),
      '--viewers',
      values.viewers,
    ]),
  );
  hooks = await open(corpus, feed, directory);
  await hooks.start?.(context.signal);
  await complete(hooks);
  await ingestion(corpus, feed, hooks);
  await hooks.stop?.();
  rmSync(directory, { recursive: true, force: true });
  const row = [corpus.passages.length, 'Parley, hybrid and reranked', quantile(times, 0.5), quantile(times, 0.95)];
  return [...row, recall, held, built, opened, rss];
}

/** MiB resident in this process, once the index in the folder is open and has been searched. */
async function memoryOf(directory: string, size: number): Promise<number> {
  const corpus = corpusOf(100, viewers);
  const hooks = await open(
    corpus,
    { ...feedOf(corpus), latestChange: async () => size, changesAfter: async () => [] },
    directory,
  );
  await hooks.start?.(context.signal);
  await complete(hooks);
  await searchAll(corpus, hooks);
  return megabytes(process.memoryUsage().rss);
}

async function searchAll({ queries }: Corpus, hooks: Hooks, count = queries.length): Promise<number[]> {
  const times: number[] = [];
  for (const { query, viewer } of queries.slice(0, count)) {
    const started = performance.now();
    const result = await hooks.retrieve?.(asked(query, viewer), context);
    times.push(performance.now() - started);
    if (result?.strategy !== 'HYBRID') throw new Error(`a search was ${result?.strategy}`);
  }
  return times;
}

async function recallOf({ queries, passages, vectors }: Corpus, hooks: Hooks): Promise<number> {
  let found = 0;
  let all = 0;
  for (const { query, vector, viewer } of queries.slice(0, 50)) {
    const truth = passages
      .filter(({ viewerId }) => viewerId === viewer)
      .map(({ id }) => ({ id, score: dot(vector, vectors.get(id) as Float32Array) }))
      .sort((a, b) => b.score - a.score)
      .slice(0, 10)
      .map(({ id }) => id);
    const result = await hooks.retrieve?.(
      asked(query, viewer, { strategy: 'VECTOR', rerank: false, limit: 10 }),
      context,
    );
    const ids = new Set(result?.passages.map(({ id }) => id));
    all += truth.length;
    found += truth.filter((id) => ids.has(id)).length;
  }
  return found / all;
}

/** P9: as many again of the first thousand, while somebody searches. */
async function ingestion(corpus: Corpus, feed: ReturnType<typeof feedOf>, hooks: Hooks): Promise<void> {
  const more = corpus.passages.slice(0, 1_000).map((passage, place) => ({ ...passage, id: `more-${place}` }));
  const bytes = more.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
  const before = process.memoryUsage().rss;
  const started = performance.now();
  feed.add(more);
  const times: number[] = [];
  for (let place = 0; performance.now() - started < 60_000; place += 1) {
    const { query, viewer } = corpus.queries[place % corpus.queries.length] as Corpus['queries'][number];
    const asking = performance.now();
    await hooks.retrieve?.(asked(query, viewer), context);
    times.push(performance.now() - asking);
    if ((await hooks.health?.())?.startsWith(`${corpus.passages.length + more.length} `)) break;
  }
  const seconds = (performance.now() - started) / 1_000;
  table(`P9: 1,000 passages more, beside ${corpus.passages.length}, with one search after the other meanwhile`, [
    ['passages/s', 'MB/s', 'search ms p50', 'search ms p95', 'RSS MiB more'],
    [
      more.length / seconds,
      bytes / 1e6 / seconds,
      quantile(times, 0.5),
      quantile(times, 0.95),
      megabytes(process.memoryUsage().rss - before),
    ],
  ]);
}

function* yardsticks({ passages, queries }: Corpus): Generator<(string | number)[]> {
  const database = new DatabaseSync(':memory:');
  let started = performance.now();
  database.exec('CREATE VIRTUAL TABLE passages USING fts5(id UNINDEXED, viewer UNINDEXED, text)');
  const insert = database.prepare('INSERT INTO passages VALUES (?, ?, ?)');
  database.exec('BEGIN');
  for (const { id, viewerId, text } of passages) insert.run(id, viewerId, text);
  database.exec('COMMIT');
  const built = (performance.now() - started) / 1_000;
  const search = database.prepare(
    'SELECT id FROM passages WHERE passages MATCH ? AND viewer = ? ORDER BY rank LIMIT 10',
  );
  const words = (query: string) => (query.match(/\p{L}+/gu) ?? []).map((word) => `"${word}"`).join(' OR ');
  yield yardstick('SQLite FTS5, words alone', built, queries, ({ query, viewer }) => search.all(words(query), viewer));
  database.close();

  started = performance.now();
  const mini = new MiniSearch<{ id: string; viewerId: string; text: string }>({
    fields: ['text'],
    storeFields: ['viewerId'],
  });
  mini.addAll(passages.map(({ id, viewerId, text }) => ({ id, viewerId, text })));
  const miniBuilt = (performance.now() - started) / 1_000;
  yield yardstick('minisearch, words alone', miniBuilt, queries, ({ query, viewer }) =>
    mini.search(query, { filter: ({ viewerId }) => viewerId === viewer }),
  );

  function yardstick(
    name: string,
    seconds: number,
    asked: Corpus['queries'],
    run: (query: Corpus['queries'][number]) => unknown,
  ): (string | number)[] {
    const times = asked.slice(0, 100).map((query) => {
      const from = performance.now();
      run(query);
      return performance.now() - from;
    });
    return [passages.length, name, quantile(times, 0.5), quantile(times, 0.95), '', '', seconds, '', ''];
  }
}

function asked(query: string, viewer: string, others: Partial<RetrievalQuery> = {}): RetrievalQuery {
  return {
    viewer: { id: viewer, subject: viewer, tenant: 'home', role: 'USER' },
    query,
    limit: 8,
    documentIds: null,
    strategy: null,
    vectorWeight: null,
    keywordWeight: null,
    rerank: true,
    ...others,
  };
}
