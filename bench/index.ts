/**
 * npm run bench:index: P7 and P9, the built-in index alone: hybrid searches over 1,000 and over 100,000 passages in turn, with vectors of
 * 512 dimensions, each within what its viewer may read, which is a tenth (all of them with `-- --viewers 1`); how long the main loop is
 * held; the start from files; memory of a process that has nothing but the index; ingestion, and searches meanwhile. Beside it
 * SQLite's FTS5 and minisearch, which search words alone.
 */
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import type { Hooks, PluginContext, RetrievalQuery } from '#core/plugin.ts';
import type { EmbeddingModel } from '#core/ports/embedding-model.ts';
import { retrievalPlugin } from '../src/plugins/retrieval/index.ts';
import { hookContext, pluginContext } from '../test/support/plugin-context.ts';
import { median, quantile, table, temporaryFolder } from './support/measure.ts';
import { type Corpus, corpusOf, DIMENSIONS, feedOf, modelOf, nearestOf } from './support/passages.ts';
import { yardsticks } from './support/word-searches.ts';

const { values } = parseArgs({
  options: {
    sizes: { type: 'string', default: '1000,100000' },
    viewers: { type: 'string', default: '10' },
    memory: { type: 'string' },
  },
});
const viewers = Number(values.viewers);
const sizes = values.sizes.split(',').map(Number);
const context = hookContext();
const ROUNDS = 5;
const megabytes = (bytes: number) => Math.round(bytes / 2 ** 20);

/** An index that was built, closed, and opened from its files. */
interface Opened {
  readonly corpus: Corpus;
  readonly feed: ReturnType<typeof feedOf>;
  readonly directory: string;
  readonly hooks: Hooks;
  /** Seconds. */
  readonly built: number;
  readonly opened: number;
  /** Milliseconds, at most. */
  held: number;
  /** Milliseconds of each search, a list a round. */
  readonly rounds: number[][];
}

if (values.memory) {
  console.log(await memoryOf(values.memory, sizes[0] ?? 0));
  process.exit(0);
}

const opened: Opened[] = [];
for (const size of sizes) opened.push(await buildAndOpen(corpusOf(size, viewers)));
for (const { corpus, hooks } of opened) await searchAll(corpus, hooks);
for (let round = 0; round < ROUNDS; round += 1)
  for (const one of opened) {
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    one.rounds.push(await searchAll(one.corpus, one.hooks));
    delay.disable();
    one.held = Math.max(one.held, delay.max / 1e6);
  }
const rows: (string | number)[][] = [
  ['passages', 'search', 'ms p50', 'ms p95', 'recall@10 of vectors', 'loop held ms', 'built s', 'opened s', 'RSS MiB'],
];
for (const one of opened) rows.push(await rowOf(one), ...yardsticks(one.corpus));
table(
  `P7: searches, ${DIMENSIONS} dimensions, within what one of ${viewers} viewers may read; ${ROUNDS} rounds, the sizes in turn`,
  rows,
);
const [small, large] = [opened[0], opened.at(-1)] as [Opened, Opened];
for (const [name, share] of [
  ['p50', 0.5],
  ['p95', 0.95],
] as const) {
  const ratios = small.rounds.map(
    (times, round) => quantile(large.rounds[round] as number[], share) / quantile(times, share),
  );
  console.log(
    `  hybrid ${name}, ${sizes.at(-1)} : ${sizes[0]} passages = ${median(ratios).toFixed(2)}, median of ${ratios.map((ratio) => ratio.toFixed(2)).join(' ')}`,
  );
}
console.log('  aim: p95 at most 1.5');
for (const one of opened) await finish(one);
process.exit(0);

async function open(model: EmbeddingModel, feed: PluginContext['passages'], directory: string): Promise<Hooks> {
  const context = pluginContext({
    dataDirectory: directory,
    passages: feed,
    embeddings: model,
    embeddingsNamed: () => model,
    warn: (message, error) => console.error(message, error ?? ''),
  });
  return retrievalPlugin({ buildWithin: 600_000 }).setup(context) as Promise<Hooks>;
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

async function buildAndOpen(corpus: Corpus): Promise<Opened> {
  const directory = temporaryFolder();
  const feed = feedOf(corpus);
  const model = modelOf(corpus);
  const start = async () => {
    const started = performance.now();
    const hooks = await open(model, feed, directory);
    await hooks.start?.(context.signal);
    await complete(hooks);
    return { hooks, seconds: (performance.now() - started) / 1_000 };
  };
  const { hooks: building, seconds: built } = await start();
  await building.stop?.();
  const { hooks, seconds } = await start();
  return {
    corpus,
    feed,
    directory,
    hooks,
    built,
    opened: seconds,
    held: 0,
    rounds: [],
  };
}

async function rowOf({
  corpus,
  feed,
  directory,
  hooks,
  built,
  opened,
  held,
  rounds,
}: Opened): Promise<(string | number)[]> {
  const [p50, p95] = [0.5, 0.95].map((share) => median(rounds.map((times) => quantile(times, share)))) as [
    number,
    number,
  ];
  const recall = await recallOf(corpus, hooks);
  const memory = ['--memory', directory, '--sizes', String(feed.size), '--viewers', values.viewers];
  const rss = Number(execFileSync(process.execPath, [import.meta.filename, ...memory]));
  return [corpus.passages.length, 'Parley, hybrid and reranked', p50, p95, recall, held, built, opened, rss];
}

async function finish({ corpus, feed, directory, hooks }: Opened): Promise<void> {
  await ingestion(corpus, feed, hooks);
  await hooks.stop?.();
  rmSync(directory, { recursive: true, force: true });
}

/** MiB resident in this process, once the index in the folder is open and has been searched. */
async function memoryOf(directory: string, size: number): Promise<number> {
  const corpus = corpusOf(100, viewers);
  const hooks = await open(
    modelOf(corpus),
    { ...feedOf(corpus), latestChange: async () => size, changesAfter: async () => [] },
    directory,
  );
  await hooks.start?.(context.signal);
  await complete(hooks);
  await searchAll(corpus, hooks);
  return megabytes(process.memoryUsage().rss);
}

async function searchAll({ queries }: Corpus, hooks: Hooks): Promise<number[]> {
  const times: number[] = [];
  for (const { query, viewer } of queries) {
    const started = performance.now();
    const result = await hooks.retrieve?.(asked(query, viewer), context);
    times.push(performance.now() - started);
    if (result?.strategy !== 'HYBRID') throw new Error(`a search was ${result?.strategy}`);
  }
  return times;
}

async function recallOf(corpus: Corpus, hooks: Hooks): Promise<number> {
  let found = 0;
  let all = 0;
  for (const query of corpus.queries.slice(0, 50)) {
    const truth = nearestOf(corpus, query, 10);
    const result = await hooks.retrieve?.(
      asked(query.query, query.viewer, { strategy: 'VECTOR', rerank: false, limit: 10 }),
      context,
    );
    const ids = new Set(result?.passages.map(({ id }) => id));
    all += truth.length;
    found += truth.filter((id) => ids.has(id)).length;
  }
  return found / all;
}

/** P9: adds the first thousand again, while searches run. */
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
    read: async () => new Map(),
    ...others,
  };
}
