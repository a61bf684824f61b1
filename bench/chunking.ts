/**
 * npm run bench:chunking: the quality of splitting, over the folder that EVALUATION_DATA names (set chunking_chroma_en: corpus.jsonl
 * { id, text } and dev.jsonl { query, corpus_id, references: { start, end } }, offsets in code points), beside the common
 * recursive splitter. With CODE_FOLDER: the share of functions in that folder's sources that stay whole.
 */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Node, Parser } from 'web-tree-sitter';
import type { PassageDraft } from '#core/ports/store.ts';
import { splitDocument } from '../src/plugins/retrieval/chunking/index.ts';
import { grammarOf, languageOf } from '../src/plugins/retrieval/chunking/languages.ts';
import { table } from './support/measure.ts';
import { openEncoder, SentenceIndex } from './support/sentence-index.ts';

const SET = 'chunking_chroma_en';
const SPLITTERS = ['structure', 'recursive'] as const;
type Splitter = (typeof SPLITTERS)[number];
type Range = readonly [start: number, end: number];

const FUNCTION =
  /^(?:function_declaration|method_definition|method_declaration|function_definition|function_item|constructor_declaration|generator_function_declaration)$/;
const LIMIT = 1_000;

const folder = process.env['EVALUATION_DATA'];
const sources = process.env['CODE_FOLDER'];
if (folder && existsSync(join(folder, SET))) await texts(join(folder, SET));
else console.log('bench:chunking: no data: set EVALUATION_DATA to a folder of evaluation sets');
if (sources && existsSync(sources)) await code(sources);
process.exit(0);

async function texts(set: string): Promise<void> {
  const read = <T>(name: string) =>
    readFileSync(join(set, `${name}.jsonl`), 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as T);
  const corpus = new Map(read<{ id: string; text: string }>('corpus').map(({ id, text }) => [id, text]));
  const questions = read<{ query: string; corpus_id: string; references: { start: number; end: number }[] }>('dev').map(
    ({ query, corpus_id: id, references }) => {
      const units = unitsOf(corpus.get(id) as string);
      return { query, id, references: references.map(({ start, end }): Range => [units[start] ?? 0, units[end] ?? 0]) };
    },
  );
  const rows: (string | number)[][] = [
    ['splitter', 'passages', 'mean length', 'recall@5', 'precision@5', 'IoU@5', '% references whole'],
  ];
  const encoder = openEncoder();
  for (const splitter of SPLITTERS) {
    const passages = (
      await Promise.all(
        Array.from(corpus, async ([id, text]) => {
          const cut = await splitDocument({ text, title: id, mediaType: 'text/plain', kind: 'GENERAL', splitter });
          return cut.passages.map((draft) => ({ id, draft }));
        }),
      )
    ).flat();
    const index = new SentenceIndex(
      encoder,
      passages.map(({ draft }, place) => ({ id: String(place), text: draft.text })),
    );
    const scores = questions.map(({ query, id, references }) => {
      const found = index
        .search(query, 'hybrid')
        .slice(0, 5)
        .map((found) => passages[Number(found)] as (typeof passages)[number]);
      return scoreOf(
        found.map(({ id: other, draft }) =>
          other === id ? draft : { ...draft, start: -draft.end, end: -draft.start },
        ),
        references,
      );
    });
    const whole = questions.flatMap(({ id, references }) =>
      references.map(([start, end]) =>
        passages.some(({ id: other, draft }) => other === id && draft.start <= start && draft.end >= end),
      ),
    );
    const length = passages.reduce((sum, { draft }) => sum + draft.text.length, 0) / passages.length;
    rows.push([
      splitter,
      passages.length,
      length,
      ...[0, 1, 2].map((at) => mean(scores.map((score) => (score[at] ?? 0) * 100))),
      share(whole),
    ]);
  }
  rows.push(['published: recursive 400, large embedding', '', '', '89.5', '3.6', '3.6', '']);
  table('Texts: the five best passages (hybrid, reranked) for each question', rows);
}

/** Recall, precision and intersection over union, in characters; what is found twice counts twice where it is too much. */
function scoreOf(found: readonly PassageDraft[], references: readonly Range[]): number[] {
  const hits = merged(
    found
      .flatMap(({ start, end }) => references.map(([from, to]): Range => [Math.max(from, start), Math.min(to, end)]))
      .filter(([from, to]) => to > from),
  );
  const [hit, wanted] = [lengthOf(hits), lengthOf(merged(references))];
  const retrieved = found.reduce((sum, { start, end }) => sum + end - start, 0);
  return [hit / wanted, retrieved === 0 ? 0 : hit / retrieved, hit / (retrieved + wanted - hit)];
}

function merged(ranges: readonly Range[]): Range[] {
  const joined: [number, number][] = [];
  for (const [start, end] of [...ranges].sort((a, b) => a[0] - b[0])) {
    const last = joined.at(-1);
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else joined.push([start, end]);
  }
  return joined;
}

/** The UTF-16 offset of each code point. */
function unitsOf(text: string): number[] {
  const offsets: number[] = [];
  let unit = 0;
  for (const character of text) {
    offsets.push(unit);
    unit += character.length;
  }
  offsets.push(unit);
  return offsets;
}

async function code(root: string): Promise<void> {
  const whole = new Map<string, Record<Splitter, boolean[]>>();
  for (const file of globSync('**/*.*', { cwd: root }).sort()) {
    const language = languageOf(file, '');
    if (!language || file.includes('node_modules')) continue;
    const text = readFileSync(join(root, file), 'utf8');
    if (text.length > 1_000_000) continue;
    const functions = await functionsIn(text, language);
    const counted = whole.get(language) ?? { structure: [], recursive: [] };
    whole.set(language, counted);
    for (const splitter of SPLITTERS) {
      const { passages } = await splitDocument({ text, title: file, mediaType: '', kind: 'CODE', splitter });
      for (const [start, end] of functions)
        counted[splitter].push(passages.some((draft) => draft.start <= start && draft.end >= end));
    }
  }
  table(`Code: functions of at most ${LIMIT} characters that are whole in a passage, %`, [
    ['language', 'functions', ...SPLITTERS],
    ...Array.from(whole, ([language, counted]) => [
      language,
      counted.structure.length,
      ...SPLITTERS.map((splitter) => share(counted[splitter])),
    ]),
  ]);
}

async function functionsIn(text: string, language: Parameters<typeof grammarOf>[0]): Promise<Range[]> {
  const grammar = await grammarOf(language);
  const parser = new Parser();
  parser.setLanguage(grammar);
  const tree = parser.parse(text);
  const found: Range[] = [];
  const visit = (node: Node): void => {
    if (FUNCTION.test(node.type) && node.endIndex - node.startIndex <= LIMIT)
      found.push([node.startIndex, node.endIndex]);
    for (const child of node.namedChildren) if (child) visit(child);
  };
  if (tree) visit(tree.rootNode);
  tree?.delete();
  parser.delete();
  return found;
}

function lengthOf(ranges: readonly Range[]): number {
  return ranges.reduce((sum, [start, end]) => sum + end - start, 0);
}
function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
function share(values: readonly boolean[]): number {
  return mean(values.map((value) => (value ? 100 : 0)));
}
