/**
 * npm run bench:retrieval: how well passages are found, over the folder that EVALUATION_DATA names: a folder a set with corpus.jsonl
 * { id, title, text } and dev.jsonl { id, query, relevant: { id: grade } }, by the built-in index with the built-in encoder. Beside it
 * figures of others, and what plain BM25 finds in the same lines: over stemmed words, for Chinese over pairs of characters.
 * "Words differ": keywords do not get the question's two rarest words, as if the passages said it in others. "Across": questions of the
 * one language over passages of the other.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { median, quantile, table } from './support/measure.ts';
import { pairSearch, stemSearch } from './support/plain-search.ts';
import { type BenchDocument, type Leg, openEncoder, SentenceIndex, withoutRarest } from './support/sentence-index.ts';

/** nDCG@10 that others publish. */
const SETS: Readonly<Record<string, string>> = {
  retrieval_scifact_en: 'BM25 .687 (BEIR, Anserini)',
  retrieval_xquad_en: '',
  retrieval_xquad_zh: 'small multilingual embedding .852',
  retrieval_cmrc2018_zh: '',
  retrieval_drcd_zh: '',
  retrieval_rgb_zh: '',
  retrieval_cranfield_en: '',
};
const PAIRS = [
  ['retrieval_xquad_en', 'retrieval_xquad_zh'],
  ['retrieval_xquad_zh', 'retrieval_xquad_en'],
] as const;
const LEGS = ['keyword', 'vector', 'hybrid'] as const;

interface Question {
  readonly query: string;
  readonly relevant: Readonly<Record<string, number>>;
}

const folder = process.env['EVALUATION_DATA'];
if (!folder || !existsSync(folder)) {
  console.log('bench:retrieval: no data: set EVALUATION_DATA to a folder of evaluation sets');
  process.exit(0);
}
const encoder = openEncoder();
const indexes = new Map<string, SentenceIndex>();
const speeds: (string | number)[][] = [['', 'passages/s', 'mean characters']];
const rows = [['', 'nDCG@10', 'R@1', 'MRR@10', 'ms p50', 'ms p95', 'published nDCG@10']] as (string | number)[][];
for (const [name, published] of Object.entries(SETS)) {
  if (!existsSync(join(folder, name, 'corpus.jsonl'))) continue;
  const documents = read<BenchDocument>(name, 'corpus');
  const index = new SentenceIndex(encoder, documents);
  indexes.set(name, index);
  const characters = documents.reduce((sum, { text }) => sum + text.length, 0);
  speeds.push([name, (documents.length * 1_000) / index.encoding, characters / documents.length]);
  const questions = read<Question>(name, 'dev');
  for (const leg of LEGS)
    for (const rerank of leg === 'vector' ? [false] : [false, true])
      rows.push([
        `${name} ${leg}${rerank ? ', reranked' : ''}`,
        ...measure(questions, (query) => index.search(query, leg, { rerank })),
        published,
      ]);
  const [tokens, plainSearch] = name.endsWith('_zh') ? ['pairs of characters', pairSearch] : ['stems', stemSearch];
  rows.push([`${name} plain BM25, ${tokens}`, ...measure(questions, plainSearch(documents)), '']);
  const cut = new Map(questions.map(({ query }) => [query, withoutRarest(query, index)]));
  for (const leg of ['keyword', 'hybrid'] as const)
    rows.push([
      `${name} words differ, ${leg}`,
      ...measure(questions, (query) => index.search(query, leg, { words: cut.get(query) ?? query })),
      '',
    ]);
}
for (const [asked, searched] of PAIRS) {
  const index = indexes.get(searched);
  if (!index || !indexes.has(asked)) continue;
  for (const leg of LEGS) rows.push([`${asked} over ${searched}, ${leg}`, ...across(asked, index, leg), '']);
}
const shown = (row: readonly (string | number)[]) =>
  row.map((cell) => (typeof cell === 'number' ? cell.toFixed(3) : cell));
table('Retrieval quality', rows.map(shown));
table('Encoding, one thread', speeds.map(shown));

function across(asked: string, index: SentenceIndex, leg: Leg): number[] {
  return measure(read<Question>(asked, 'dev'), (query) => index.search(query, leg));
}

function read<T>(name: string, file: string): T[] {
  return readFileSync(join(folder as string, name, `${file}.jsonl`), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as T);
}

function measure(questions: readonly Question[], search: (query: string) => readonly string[]): number[] {
  const gains: number[] = [];
  const firsts: number[] = [];
  const reciprocals: number[] = [];
  const times: number[] = [];
  for (const { query, relevant } of questions) {
    const started = performance.now();
    const found = search(query);
    times.push(performance.now() - started);
    const grades = found.map((id) => relevant[id] ?? 0);
    const ideal = Object.values(relevant)
      .sort((a, b) => b - a)
      .slice(0, 10);
    gains.push(discounted(grades) / discounted(ideal));
    firsts.push(grades[0] ? 1 : 0);
    const first = grades.findIndex((grade) => grade > 0);
    reciprocals.push(first < 0 ? 0 : 1 / (first + 1));
  }
  return [mean(gains), mean(firsts), mean(reciprocals), median(times), quantile(times, 0.95)];
}

/** Järvelin and Kekäläinen 2002, with the grade itself as gain. */
function discounted(grades: readonly number[]): number {
  return grades.reduce((sum, grade, rank) => sum + grade / Math.log2(rank + 2), 0);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
