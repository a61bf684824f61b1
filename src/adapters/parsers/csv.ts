import { Readable } from 'node:stream';
import { parse } from 'csv-parse';
import type { ParsedDocument } from '#core/ports/document-parser.ts';
import { libraryFailure, tooManyCharacters } from './failures.ts';
import { tableToMarkdown } from './markdown-table.ts';

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

/** Tables as Markdown, or a line for each value where rows are wide. The first row names the columns. */
export async function parseCsv(text: string, delimiter: string, maxCharacters: number): Promise<ParsedDocument> {
  try {
    const rows = await rowsOf(text, delimiter);
    const [header = [], ...body] = rows;
    const wide = header.length > WIDE_COLUMNS || averageLength(body) > WIDE_ROW;
    const written = wide ? asLines(header, body, maxCharacters) : tableToMarkdown(header, body);
    if (written.length > 2 * maxCharacters) throw tooManyCharacters(maxCharacters);
    return { text: written, mediaType: delimiter === '\t' ? 'text/tab-separated-values' : 'text/csv', title: null };
  } catch (error) {
    throw libraryFailure(error, 'The CSV file is damaged; export it anew');
  }
}

async function rowsOf(text: string, delimiter: string): Promise<string[][]> {
  const parser = Readable.from(pieces(text)).pipe(
    parse({
      delimiter,
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
      max_record_size: 2 ** 20,
    }),
  );
  const rows: string[][] = [];
  for await (const row of parser) rows.push(row as string[]);
  return rows;
}

function* pieces(text: string): Generator<string> {
  for (let at = 0; at < text.length; ) {
    // Never between the halves of a surrogate pair: each piece is encoded by itself.
    const end = at + STEP + (/[\ud800-\udbff]/.test(text[at + STEP - 1] ?? '') ? 1 : 0);
    yield text.slice(at, end);
    at = end;
  }
}

function averageLength(rows: readonly (readonly string[])[]): number {
  const sample = rows.slice(0, 200);
  return sample.reduce((sum, row) => sum + row.join('').length, 0) / Math.max(1, sample.length);
}

function asLines(header: readonly string[], rows: readonly (readonly string[])[], maxCharacters: number): string {
  const records: string[] = [];
  let length = 0;
  for (const row of rows) {
    const lines = row.flatMap((value, index) =>
      value.trim() === '' ? [] : [`${header[index]?.trim() || `column ${index + 1}`}: ${value.trim()}`],
    );
    const record = lines.join('\n');
    length += record.length;
    if (length > 2 * maxCharacters) throw tooManyCharacters(maxCharacters);
    if (record !== '') records.push(record);
  }
  return records.length > 0 ? records.join('\n\n') : header.join('\n');
}
