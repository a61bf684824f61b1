/**
 * npm run bench:retrieval: how well passages are found, over the folder that EVALUATION_DATA names: a folder a set with corpus.jsonl
 * { id, title, text } and dev.jsonl { id, query, relevant: { id: grade } }, by the built-in index with the word vectors that come
 * along. Figures of others stand beside, and what plain BM25 finds in the same lines: over stemmed words, for Chinese over pairs of characters.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type IndexQuery, PassageIndex } from '../src/plugins/retrieval/built-in/passage-index.ts';
import { EnglishVectors } from '../src/plugins/retrieval/embedding/english.ts';
import { ENGLISH_PRIOR } from '../src/plugins/retrieval/ranking/fusion.ts';
import { trustThisQuery } from '../src/plugins/retrieval/ranking/trust.ts';
import { median, quantile, table } from './support/measure.ts';
import { pairSearch, stemSearch } from './support/plain-search.ts';

/** nDCG@10 that others publish. */
const SETS: Readonly<Record<string, string>> = {
  retrieval_scifact_en: 'BM25 .687 (BEIR, Anserini)',
  retrieval_xquad_en: '',
  retrieval_xquad_zh: 'small multilingual embedding .852',
  retrieval_cmrc2018_zh: '',
};

const LEGS = ['keyword', 'vector', 'hybrid'] as const;
type Leg = (typeof LEGS)[number];
const SCOPE = { viewerId: 'v', tenant: 't', documentIds: null };

interface Document {
  readonly id: string;
  readonly title?: string;
  readonly text: string;
}
interface Question {
  readonly query: string;
  readonly relevant: Readonly<Record<string, number>>;
}

const folder = process.env['EVALUATION_DATA'];
if (!folder || !existsSync(folder)) {
  console.log('bench:retrieval: no data: set EVALUATION_DATA to a folder of evaluation sets');
  process.exit(0);
}
const rows = [['', 'nDCG@10', 'R@1', 'MRR@10', 'ms p50', 'ms p95', 'published nDCG@10']] as (string | number)[][];
for (const [name, published] of Object.entries(SETS)) {
  if (!existsSync(join(folder, name, 'corpus.jsonl'))) continue;
  const documents = read<Document>(name, 'corpus');
  const index = indexOf(documents);
  const questions = read<Question>(name, 'dev');
  for (const leg of LEGS)
    for (const rerank of leg === 'vector' ? [false] : [false, true])
      rows.push([
        `${name} ${leg}${rerank ? ', reranked' : ''}`,
        ...measure(questions, (query) =>
          index.search({ query, ...SCOPE, limit: 10, rerank, ...asked(index, query, leg) }).map(({ id }) => id),
        ),
        published,
      ]);
  const [tokens, plainSearch] = name.endsWith('_zh') ? ['pairs of characters', pairSearch] : ['stems', stemSearch];
  rows.push([`${name} plain BM25, ${tokens}`, ...measure(questions, plainSearch(documents)), '']);
}
table(
  'Retrieval quality',
  rows.map((row) => row.map((cell) => (typeof cell === 'number' ? cell.toFixed(3) : cell))),
);

function read<T>(name: string, file: string): T[] {
  return readFileSync(join(folder as string, name, `${file}.jsonl`), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as T);
}

function indexOf(documents: readonly Document[]): PassageIndex {
  const index = new PassageIndex({ english: new EnglishVectors() });
  index.apply(
    documents.map(({ id, title = '', text }, place) => ({
      sequence: place + 1,
      type: 'added',
      passage: {
        id,
        documentId: id,
        documentTitle: title,
        text,
        heading: null,
        start: 0,
        end: text.length,
        viewerId: 'v',
        tenant: 't',
        shared: false,
      },
    })),
  );
  return index;
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

/** Through the legs that are asked, as a search does it. */
function asked(index: PassageIndex, query: string, leg: Leg): Partial<IndexQuery> {
  if (leg === 'keyword') return {};
  return {
    keywords: leg === 'hybrid',
    vectors: index.nearest(query, SCOPE),
    weighting: { type: 'adaptive', prior: ENGLISH_PRIOR, trust: trustThisQuery },
  };
}

/** Järvelin and Kekäläinen 2002, with the grade itself as gain. */
function discounted(grades: readonly number[]): number {
  return grades.reduce((sum, grade, rank) => sum + grade / Math.log2(rank + 2), 0);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
