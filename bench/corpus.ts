/**
 * npm run bench:corpus -- FOLDER…: how much of the text of many files is kept, over folders of files that people published, such as
 * the fixtures of the libraries that read them: `git clone --depth 1 https://github.com/mozilla/pdf.js` and its test/pdfs. Each file is
 * parsed as an upload is. What the parser gives is compared with the bare text that is in the file: the runs of PDF.js, the text
 * nodes of HTML and of the parts of an Office file. Prints the share that is kept, and names each file that lost over 5 %.
 * MAX_KB bounds the size of the files that are read (150).
 */
import { globSync, statSync } from 'node:fs';
import { basename, extname } from 'node:path';
import { documentParser } from '../src/adapters/parsers/index.ts';
import { type Bare, bareText, ENDINGS } from './support/bare-text.ts';
import { table } from './support/measure.ts';

const LOST = 0.05;
const MAX_BYTES = Number(process.env['MAX_KB'] ?? 150) * 1_000;

interface Result {
  readonly file: string;
  readonly kind: string;
  readonly ms: number;
  readonly refused?: string;
  /** Shares of the letters and digits: those whose string is in the text, and those that are in it as often. */
  readonly found: number;
  readonly asOften: number;
  readonly characters: number;
}

const parser = documentParser();
const results: Result[] = [];
for (const folder of process.argv.slice(2))
  for (const file of globSync(`${folder}/**/*`).sort())
    if (ENDINGS.has(extname(file).toLowerCase()) && statSync(file).isFile() && statSync(file).size <= MAX_BYTES) {
      const result = await measured(file);
      if (result) results.push(result);
    }
await parser.close();
print();
process.exit(0);

async function measured(file: string): Promise<Result | undefined> {
  const kind = extname(file).slice(1).toLowerCase();
  const start = performance.now();
  const answer = await parser
    .parse({ path: file, name: basename(file), mediaType: '' }, new AbortController().signal)
    .catch((error: Error) => error);
  const ms = performance.now() - start;
  const bare = await bareText(file).catch((): Bare => []);
  const characters = bare.reduce((sum, piece) => sum + piece.length, 0);
  const base = { file, kind, ms, characters };
  if (answer instanceof Error) return { ...base, refused: answer.message, found: 0, asOften: 0 };
  return { ...base, ...shares(bare, answer.text) };
}

function shares(bare: Bare, text: string): { found: number; asOften: number } {
  const given = letters(text);
  const counts = new Map<string, number>();
  for (const character of given) counts.set(character, (counts.get(character) ?? 0) + 1);
  let all = 0;
  let found = 0;
  let asOften = 0;
  for (const piece of bare) {
    const wanted = letters(piece);
    all += wanted.length;
    if (given.includes(wanted)) found += wanted.length;
    for (const character of wanted) {
      const left = counts.get(character) ?? 0;
      if (left > 0) asOften += character.length;
      counts.set(character, left - 1);
    }
  }
  return all === 0 ? { found: 1, asOften: 1 } : { found: found / all, asOften: asOften / all };
}

/** Letters and digits in one form, which no layout changes. */
function letters(text: string): string {
  return text.normalize('NFKC').replace(/[^\p{L}\p{N}]+/gu, '');
}

function print(): void {
  const kinds = [...new Set(results.map(({ kind }) => kind))];
  const percent = (value: number) => (100 * value).toFixed(1);
  table('text that is kept', [
    ['kind', 'files', 'refused', '% of text found', '% as often', 'over 5 % lost', 'slowest ms'],
    ...kinds.map((kind) => {
      const all = results.filter((result) => result.kind === kind);
      const read = all.filter(({ refused }) => refused === undefined);
      const characters = read.reduce((sum, result) => sum + result.characters, 0) || 1;
      const weighted = (share: 'found' | 'asOften') =>
        percent(read.reduce((sum, result) => sum + result[share] * result.characters, 0) / characters);
      return [
        kind,
        all.length,
        all.length - read.length,
        weighted('found'),
        weighted('asOften'),
        read.filter(({ found }) => found < 1 - LOST).length,
        Math.round(Math.max(...all.map(({ ms }) => ms))),
      ];
    }),
  ]);
  for (const { file, refused, found, asOften, characters } of results)
    if (refused !== undefined && characters > 0)
      console.log(`refused, with ${characters} characters: ${file}: ${refused}`);
    else if (refused !== undefined) console.log(`refused: ${file}: ${refused}`);
    else if (found < 1 - LOST) console.log(`found ${percent(found)} %, as often ${percent(asOften)} %: ${file}`);
}
