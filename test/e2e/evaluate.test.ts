import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readCases } from '../../scripts/evaluate/read-cases.ts';
import { OPERATOR_KEY, startApp, type TestApp } from '../support/app.ts';

let app: TestApp;
let folder: string;
beforeAll(async () => {
  app = await startApp({ ENABLE_QUALITY_EVALUATION: 'true' });
  folder = mkdtempSync(join(tmpdir(), 'parley-cases-'));
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await app.remove();
});

function run(script: string, ...more: string[]) {
  const env = { PATH: process.env['PATH'] ?? '', PARLEY_URL: app.url, PARLEY_KEY: OPERATOR_KEY };
  const child = spawn(process.execPath, [script, ...more], { env });
  let output = '';
  child.stdout.on('data', (data) => {
    output += data;
  });
  child.stderr.on('data', (data) => {
    output += data;
  });
  return new Promise<{ code: number | null; output: string }>((resolve) =>
    child.on('close', (code) => resolve({ code, output })),
  );
}
const file = (name: string, text: string) => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};
const BRIDGE = { query: 'When was the bridge built?', context: ['The bridge was built in 1932 by Anna Meyer.'] };

test('a file is judged, and nothing fell: exit code 0, a table and JUnit XML', async () => {
  const path = file('good.jsonl', `${JSON.stringify({ ...BRIDGE, response: 'The bridge was built in 1932.' })}\n`);
  const xml = join(folder, 'good.xml');
  const { code, output } = await run('scripts/evaluate.ts', path, '--junit', xml);
  expect(output).toMatch(/1 cases by \S+.*overall 0\.\d+, 0 regressions/);
  expect(code).toBe(0);
  expect(readFileSync(xml, 'utf8')).toContain('<testsuite name="good.jsonl" tests="1" failures="0">');
});

test('a broken line is named by its number, and nothing is run', async () => {
  const path = file('broken.jsonl', '{"query":"a"}\n\n{"query":\n');
  const { code, output } = await run('scripts/evaluate.ts', path);
  expect(output).toContain('broken.jsonl: line 3: not JSON');
  expect(code).toBe(2);
});

test('without a server the message says what to do', async () => {
  const path = file('any.jsonl', '{"query":"a","response":"b"}\n');
  const url = app.url;
  try {
    (app as { url: string }).url = 'http://127.0.0.1:1';
    const { code, output } = await run('scripts/evaluate.ts', path);
    expect(output).toContain('start it, or set PARLEY_URL');
    expect(code).toBe(2);
  } finally {
    (app as { url: string }).url = url;
  }
});

test('JSONL and CSV give the same cases, with a byte order mark, quotes and lists in cells', () => {
  const cases = [
    { query: 'What, exactly?', response: 'A "bridge"', context: ['one'], expected: '桥' },
    { query: 'Two', context: ['a', 'b'] },
  ];
  const lines = cases.map((one) => JSON.stringify(one)).join('\n');
  const csv = '\ufeffquery,response,context,expected\n"What, exactly?","A ""bridge""",one,桥\nTwo,,"[""a"",""b""]",\n';
  expect(readCases('x.jsonl', lines)).toEqual(cases);
  expect(readCases('x.csv', csv)).toEqual(cases);
  for (const [name, text, problem] of [
    ['x.jsonl', '', 'no cases'],
    ['x.jsonl', '[]', 'line 1: must be an object'],
    ['x.jsonl', '{"query":""}', 'line 1: query'],
    ['x.jsonl', '{"query":"a","context":3}', 'line 1: context'],
    ['x.csv', 'query,response\n,x\n', 'line 2: query'],
  ] as const)
    expect(() => readCases(name, text)).toThrow(problem);
});

test('examples/evaluate.ts judges its cases and marks the unsupported sentence', async () => {
  const { code, output } = await run('examples/evaluate.ts');
  expect(output).toMatch(/case 1: 0\.\d\d {2}The bridge was built in 1932\./);
  expect(output).toContain('no source bears out: 这座桥长五百米。');
  expect(output).toContain('regressions: 0');
  expect(code).toBe(0);
});
