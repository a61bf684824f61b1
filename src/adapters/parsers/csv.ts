import { Readable } from 'node:stream';
import { parse } from 'csv-parse';
import { piecesOf } from '#core/text/characters.ts';
import { libraryFailure } from './failures.ts';
import type { DocumentInPieces } from './pieces.ts';
import { tablePieces, usualOf } from './table-pieces.ts';

const DELIMITERS = [',', ';', '\t', '|'] as const;
/** Delimiters of files that call themselves tables, where no usual one splits them. */
const UNUSUAL = ['^', '~', '¦', '§', '#', ':'] as const;
const STEP = 2 ** 16;
/** Excel's line that names the delimiter. */
const SEPARATOR_LINE = /^"?sep=(.)"?[ \t]*$/i;
/** A value in quotes, which may hold delimiters and line ends. */
const QUOTED = /(^|[,;\t|\n] ?)"(?:[^"]|"")*"/g;
/** Rows that tell how wide a table is. */
const SAMPLE = 200;

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
    .replace(QUOTED, '$1')
    .split('\n')
    .slice(0, text.length > STEP ? -1 : undefined);
  const rows = lines.filter((line) => line.trim() !== '').slice(0, SAMPLE);
  const named = SEPARATOR_LINE.exec(rows[0] ?? '')?.[1];
  if (named && isNamed) return named;
  if (rows.length < leastRows) return undefined;
  const usual = isNamed ? DELIMITERS : DELIMITERS.filter((delimiter) => delimiter !== '|');
  return (
    splitting(rows, usual, leastColumns, isNamed) ??
    (isNamed && rows.length >= LEAST_UNUSUAL ? splitting(rows, UNUSUAL, leastColumns, true) : undefined)
  );
}

/** Rows that an unusual delimiter must split. */
const LEAST_UNUSUAL = 3;

/** The delimiter of these that splits most rows into the same number of columns. */
function splitting(
  rows: readonly string[],
  delimiters: readonly string[],
  leastColumns: number,
  isNamed: boolean,
): string | undefined {
  let best: { delimiter: string; columns: number } | undefined;
  for (const delimiter of delimiters) {
    const columns = rows.map((row) => fieldsIn(row, delimiter));
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

/** A comma within a number is a decimal one where the row has another delimiter: `Tea;3,20`. */
const fieldsIn = (row: string, delimiter: string): number =>
  (delimiter === ',' && /[;\t|]/.test(row) ? row.replace(/(?<=\d),(?=\d)/g, '') : row).split(delimiter).length;

/**
 * A table as Markdown, or a line for each value where rows are wide. `read` gives the text in pieces, each time from its beginning.
 */
export function parseCsv(read: () => Iterable<string>, delimiter: string): DocumentInPieces {
  const mediaType = delimiter === '\t' ? 'text/tab-separated-values' : 'text/csv';
  return { mediaType, title: null, pieces: tablePieces(() => rowsOf(read(), delimiter)) };
}

async function* rowsOf(pieces: Iterable<string>, delimiter: string): AsyncGenerator<readonly string[]> {
  const parser = parse({
    delimiter,
    relax_column_count: true,
    relax_quotes: true,
    max_record_size: 2 ** 20,
  });
  try {
    // A low mark: each piece becomes all of its rows at once.
    const rows: AsyncIterable<readonly string[]> = Readable.from(inSteps(pieces), { highWaterMark: 2 }).pipe(parser);
    let isFirst = true;
    for await (const row of rows) {
      const isEmpty = row.every((value) => value.trim() === '');
      // After an empty row another table may begin.
      if (!(isFirst && SEPARATOR_LINE.test(row.join(delimiter)))) yield isEmpty ? [] : row;
      isFirst = false;
    }
  } catch (error) {
    throw libraryFailure(error, 'The CSV file is damaged; export it again');
  }
}

/** Encodes each piece separately. */
function* inSteps(pieces: Iterable<string>): Generator<string> {
  for (const text of pieces) yield* piecesOf(text, STEP);
}
