/**
 * `npm run evaluate -- FILE`: has a running Parley judge the cases of a JSONL or CSV file (query, and where wanted expected, context,
 * response), and compares each with the last run of the same file by the same judge. PARLEY_URL is where Parley runs, PARLEY_KEY an
 * API key where it wants one. The same file is the same set. Exit code 0: no case fell; 1: some did; 2: it could not be run.
 *   --tolerance .1   a case that falls by more is a regression (.05)
 *   --junit FILE     writes the results as JUnit XML
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { junit, type Result } from './evaluate/junit.ts';
import { CasesError, readCases } from './evaluate/read-cases.ts';

const USAGE = 'usage: npm run evaluate -- FILE [--tolerance 0.05] [--junit FILE]';
const url = `${process.env['PARLEY_URL'] ?? 'http://127.0.0.1:4000'}/graphql`;
const key = process.env['PARLEY_KEY'];

try {
  process.exit(await evaluate());
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(2);
}

async function evaluate(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { tolerance: { type: 'string', default: '0.05' }, junit: { type: 'string' } },
  });
  const [file] = positionals;
  const tolerance = Number(values.tolerance);
  if (!file || !(tolerance >= 0 && tolerance <= 1)) throw new Error(USAGE);
  const cases = casesOf(file);
  const name = basename(file);
  const { createEvaluationSet: set } = await ask<{ createEvaluationSet: { id: string } }>(
    'mutation ($name: String!, $cases: [EvaluationCaseInput!]!) { createEvaluationSet(input: { name: $name, cases: $cases }) { id } }',
    { name, cases },
  );
  const { runEvaluationSet: run } = await ask<{ runEvaluationSet: { id: string } }>(
    'mutation ($id: ID!, $tolerance: Float!) { runEvaluationSet(id: $id, tolerance: $tolerance) { id } }',
    { id: set.id, tolerance },
  );
  const { judge, regressions } = await ended(run.id);
  const results = await resultsOf(run.id);
  const fell = ({ overall, previousOverall }: Result) =>
    previousOverall !== null && previousOverall - overall > tolerance;
  table(results, fell);
  const mean = results.reduce((sum, { overall }) => sum + overall, 0) / Math.max(1, results.length);
  console.log(`${results.length} cases by ${judge}: overall ${mean.toFixed(3)}, ${regressions.length} regressions`);
  if (values.junit) writeFileSync(values.junit, junit(name, results, fell));
  return regressions.length > 0 ? 1 : 0;
}

function casesOf(file: string) {
  try {
    return readCases(file, readFileSync(file, 'utf8'));
  } catch (error) {
    if (error instanceof CasesError) throw new Error(`${file}: ${error.message}`);
    throw new Error(`${file} cannot be read: ${error instanceof Error ? error.message : error}`);
  }
}

interface Run {
  readonly status: string;
  readonly done: number;
  readonly total: number;
  readonly judge: string;
  readonly error: string | null;
  readonly regressions: readonly string[];
}

async function ended(id: string): Promise<Run> {
  for (;;) {
    const { node: run } = await ask<{ node: Run | null }>(
      'query ($id: ID!) { node(id: $id) { ... on EvaluationRun { status done total judge error regressions } } }',
      { id },
    );
    if (run === null) throw new Error('the run is gone: its set was deleted meanwhile');
    bar(run);
    if (run.status === 'COMPLETE' || run.status === 'FAILED') {
      if (process.stderr.isTTY) process.stderr.write('\n');
      if (run.status === 'FAILED') throw new Error(`the run failed: ${run.error}`);
      return run;
    }
    await sleep(300);
  }
}

function bar({ done, total }: Run): void {
  if (!process.stderr.isTTY) return;
  const filled = Math.round((done / Math.max(1, total)) * 30);
  process.stderr.write(`\r[${'#'.repeat(filled)}${' '.repeat(30 - filled)}] ${done} of ${total}`);
}

async function resultsOf(id: string): Promise<Result[]> {
  const results: Result[] = [];
  for (let after: string | null = null; ; ) {
    const { node }: { node: { results: ResultPage } } = await ask(
      `query ($id: ID!, $after: String) { node(id: $id) { ... on EvaluationRun { results(first: 100, after: $after) {
         edges { node { case query previousOverall report { overall } } } pageInfo { hasNextPage endCursor } } } } }`,
      { id, after },
    );
    for (const { node: one } of node.results.edges) results.push({ ...one, overall: one.report.overall });
    if (!node.results.pageInfo.hasNextPage) return results;
    after = node.results.pageInfo.endCursor;
  }
}
interface ResultPage {
  readonly edges: readonly {
    readonly node: Omit<Result, 'overall'> & { readonly report: { readonly overall: number } };
  }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

/** Regressions first, then the lowest scores; at most 20 lines. */
function table(results: readonly Result[], fell: (result: Result) => boolean): void {
  const sorted = results.toSorted((a, b) => Number(fell(b)) - Number(fell(a)) || a.overall - b.overall);
  console.log(`${'case'.padStart(6)}  ${'before'.padStart(6)}  ${'now'.padStart(6)}  query`);
  for (const result of sorted.slice(0, 20))
    console.log(
      `${String(result.case).padStart(6)}  ${(result.previousOverall?.toFixed(2) ?? '-').padStart(6)}  ${result.overall.toFixed(2).padStart(6)}  ${fell(result) ? '! ' : ''}${result.query.replace(/\s+/g, ' ').slice(0, 80)}`,
    );
  if (sorted.length > 20) console.log(`${' '.repeat(6)}  and ${sorted.length - 20} more`);
}

async function ask<T>(query: string, variables: object): Promise<T> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(key ? { authorization: `Bearer ${key}` } : {}) },
    body: JSON.stringify({ query, variables }),
  }).catch((error) => {
    throw new Error(
      `Parley does not answer at ${url}: start it, or set PARLEY_URL (${error.cause?.code ?? error.message})`,
    );
  });
  const { data, errors } = (await response.json()) as { data?: T; errors?: readonly { readonly message: string }[] };
  if (errors?.[0] || !data) throw new Error(errors?.[0]?.message ?? `HTTP ${response.status}`);
  return data;
}
