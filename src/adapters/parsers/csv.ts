import { Readable } from 'node:stream';
import { parse } from 'csv-parse';
import { piecesOf } from '#core/text/characters.ts';
import { libraryFailure } from './failures.ts';
import { tableWriter } from './markdown-table.ts';
import type { DocumentInPieces } from './pieces.ts';

const DELIMITERS = [',', ';', '\t', '|'] as const;
const STEP = 2 ** 16;
/** A row over this many characters, or with more columns, reads better as lines than as a table's row. */
const WIDE_ROW = 240;
const WIDE_COLUMNS = 12;
/** Excel's line that names the delimiter. */
const SEPARATOR_LINE = /^"?sep=(.)"?[ \t]*$/i;
/** Rows at the beginning of a file among which its header is looked for. */
const PREAMBLE = 50;
/** Rows that tell how wide a table is. */
const SAMPLE = 200;
/** A header has so much of the columns that the rows have, and as much of them is filled. */
const FILLED = 0.7;

/**
 * The delimiter that splits most rows into the same number of columns; undefined where none does. `isNamed`: the file calls itself a
 * table, and may have lines of another kind above its header.
 */
export function csvDelimiter(
  text: string,
  leastRows: number,
  leastColumns: number,
  isNamed: boolean,
): string | undefined {
  const lines = text
    .slice(0, STEP)
    .split('\n')
    .slice(0, text.length > STEP ? -1 : undefined);
  const rows = lines.filter((line) => line.trim() !== '').slice(0, SAMPLE);
  const named = SEPARATOR_LINE.exec(rows[0] ?? '')?.[1];
  if (named && isNamed) return named;
  if (rows.length < leastRows) return undefined;
  let best: { delimiter: string; columns: number } | undefined;
  for (const delimiter of DELIMITERS) {
    if (delimiter === '|' && !isNamed) continue;
    const columns = rows.map((row) => row.replace(/"(?:[^"]|"")*"/g, '').split(delimiter).length);
    const usual = isNamed ? usualOf(columns) : (columns[0] ?? 0);
    const table = isNamed ? columns.slice(Math.max(0, columns.indexOf(usual))) : columns;
    const regular = table.filter((number) => number === usual).length >= table.length * (isNamed ? 0.7 : 0.9);
    // Quoted line ends make single lines irregular; the header tells then.
    const quoted = rows.some((row) => (row.split('"').length - 1) % 2 === 1);
    const first = quoted && !regular ? (columns[0] ?? 0) : usual;
    if (first >= leastColumns && (regular || quoted) && first > (best?.columns ?? 1))
      best = { delimiter, columns: first };
  }
  return best?.delimiter;
}

/** The most frequent number over 1; of equally frequent ones the largest. */
function usualOf(numbers: readonly number[]): number {
  const times = new Map<number, number>();
  for (const number of numbers) if (number > 1) times.set(number, (times.get(number) ?? 0) + 1);
  return [...times].sort((a, b) => b[1] - a[1] || b[0] - a[0])[0]?.[0] ?? 1;
}

/** How the rows are written. */
interface Shape {
  readonly width: number;
  readonly wide: boolean;
  /** Rows above the one that names the columns. */
  readonly above: number;
}

/**
 * Tables as Markdown, or a line for each value where rows are wide. The header names the columns; lines above it stand before the
 * table. `read` gives the text in pieces, each time from its beginning: it is read once for its shape, so that no more than a row need
 * be kept.
 */
export async function parseCsv(read: () => Iterable<string>, delimiter: string): Promise<DocumentInPieces> {
  const mediaType = delimiter === '\t' ? 'text/tab-separated-values' : 'text/csv';
  const shape = await shapeOf(rowsOf(read(), delimiter));
  return { mediaType, title: null, pieces: written(rowsOf(read(), delimiter), shape) };
}

async function* rowsOf(pieces: Iterable<string>, delimiter: string): AsyncGenerator<readonly string[]> {
  const parser = parse({
    delimiter,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: 2 ** 20,
  });
  try {
    // Few pieces wait: all the rows of one are there at once.
    const rows: AsyncIterable<readonly string[]> = Readable.from(inSteps(pieces), { highWaterMark: 2 }).pipe(parser);
    let isFirst = true;
    for await (const row of rows) {
      if (!(isFirst && SEPARATOR_LINE.test(row.join(delimiter)))) yield row;
      isFirst = false;
    }
  } catch (error) {
    throw libraryFailure(error, 'The CSV file is damaged; export it anew');
  }
}

/** Each is encoded by itself. */
function* inSteps(pieces: Iterable<string>): Generator<string> {
  for (const text of pieces) yield* piecesOf(text, STEP);
}

async function shapeOf(rows: AsyncIterable<readonly string[]>): Promise<Shape> {
  let width = 0;
  const sample: (readonly string[])[] = [];
  for await (const row of rows) {
    if (sample.length < SAMPLE) sample.push(row);
    width = Math.max(width, row.length);
  }
  const above = rowsAbove(sample);
  const [header = [], ...others] = sample.slice(above);
  const length = others.reduce((sum, row) => sum + row.join('').length, 0);
  return { width, above, wide: header.length > WIDE_COLUMNS || length / Math.max(1, others.length) > WIDE_ROW };
}

const filledIn = (row: readonly string[]): number => row.filter((value) => value.trim() !== '').length;

/** Rows before the header, which is the first to have about as many columns filled as most rows have. */
function rowsAbove(rows: readonly (readonly string[])[]): number {
  const usual = usualOf(rows.map((row) => row.findLastIndex((value) => value.trim() !== '') + 1));
  if (usual < 3) return 0;
  const header = rows.slice(0, PREAMBLE).findIndex((row) => filledIn(row) >= Math.max(2, FILLED * usual));
  return Math.max(0, header);
}

async function* written(rows: AsyncIterable<readonly string[]>, { width, wide, above }: Shape): AsyncGenerator<string> {
  let header: readonly string[] | undefined;
  let table = tableWriter([], width);
  let empty = true;
  let number = 0;
  for await (const row of rows) {
    number += 1;
    if (number <= above) {
      const line = row
        .map((value) => value.trim())
        .filter(Boolean)
        .join(' ');
      if (line !== '') yield `${line}\n`;
    } else if (header) {
      const text = wide ? asLines(header, row) : table.line(row);
      if (text !== '') yield `${text}${wide ? '\n\n' : '\n'}`;
      empty &&= text === '';
    } else {
      header = row;
      table = tableWriter(header, width);
      if (above > 0) yield '\n';
      if (!wide) yield `${table.head}\n`;
    }
  }
  if (wide && empty) yield header?.join('\n') ?? '';
}

const asLines = (header: readonly string[], row: readonly string[]): string =>
  row
    .flatMap((value, index) =>
      value.trim() === '' ? [] : [`${header[index]?.trim() || `column ${index + 1}`}: ${value.trim()}`],
    )
    .join('\n');
