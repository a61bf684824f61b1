import { Readable } from 'node:stream';
import { parse } from 'csv-parse';
import { piecesOf } from '#core/text/characters.ts';
import { libraryFailure } from './failures.ts';
import { tableWriter } from './markdown-table.ts';
import type { DocumentInPieces } from './pieces.ts';

const DELIMITERS = [',', ';', '\t'] as const;
const STEP = 2 ** 16;
/** A row over this many characters, or with more columns, reads better as lines than as a table's row. */
const WIDE_ROW = 240;
const WIDE_COLUMNS = 12;

/** The delimiter that splits the first rows into the same number of columns; undefined where none does. */
export function csvDelimiter(text: string, leastRows: number, leastColumns: number): string | undefined {
  const lines = text
    .slice(0, STEP)
    .split('\n')
    .slice(0, text.length > STEP ? -1 : undefined);
  const rows = lines.filter((line) => line.trim() !== '').slice(0, 50);
  if (rows.length < leastRows) return undefined;
  let best: { delimiter: string; columns: number } | undefined;
  for (const delimiter of DELIMITERS) {
    const columns = rows.map((row) => row.replace(/"(?:[^"]|"")*"/g, '').split(delimiter).length);
    const [first = 0] = columns;
    const regular = columns.filter((number) => number === first).length >= rows.length * 0.9;
    // Quoted line ends make single lines irregular; the header tells then.
    const quoted = rows.some((row) => (row.split('"').length - 1) % 2 === 1);
    if (first >= leastColumns && (regular || quoted) && first > (best?.columns ?? 1))
      best = { delimiter, columns: first };
  }
  return best?.delimiter;
}

/** How the rows are written. */
interface Shape {
  readonly width: number;
  readonly wide: boolean;
}

/**
 * Tables as Markdown, or a line for each value where rows are wide. The first row names the columns. `read` gives the text in pieces,
 * each time from its beginning: it is read once for its shape, so that no more than a row need be kept.
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
    yield* Readable.from(inSteps(pieces), { highWaterMark: 2 }).pipe(parser);
  } catch (error) {
    throw libraryFailure(error, 'The CSV file is damaged; export it anew');
  }
}

/** Each is encoded by itself. */
function* inSteps(pieces: Iterable<string>): Generator<string> {
  for (const text of pieces) yield* piecesOf(text, STEP);
}

/** Rows that tell how long the others are. */
const SAMPLE = 200;

async function shapeOf(rows: AsyncIterable<readonly string[]>): Promise<Shape> {
  let columns: number | undefined;
  let width = 0;
  let sampled = 0;
  let length = 0;
  for await (const row of rows) {
    if (columns !== undefined && sampled < SAMPLE) {
      sampled += 1;
      length += row.join('').length;
    }
    columns ??= row.length;
    width = Math.max(width, row.length);
  }
  return { width, wide: (columns ?? 0) > WIDE_COLUMNS || length / Math.max(1, sampled) > WIDE_ROW };
}

async function* written(rows: AsyncIterable<readonly string[]>, { width, wide }: Shape): AsyncGenerator<string> {
  let header: readonly string[] | undefined;
  let table = tableWriter([], width);
  let empty = true;
  for await (const row of rows) {
    if (header) {
      const text = wide ? asLines(header, row) : table.line(row);
      if (text !== '') yield `${text}${wide ? '\n\n' : '\n'}`;
      empty &&= text === '';
    } else {
      header = row;
      table = tableWriter(header, width);
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
