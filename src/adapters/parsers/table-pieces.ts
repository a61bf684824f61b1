import { tableWriter } from './markdown-table.ts';

/** A row over this many characters, or with more columns, reads better as lines than as a table's row. */
const WIDE_ROW = 240;
const WIDE_COLUMNS = 12;
/** The same, where the header has fewer: a cell far from the others would make each row long. */
const MOST_COLUMNS = 48;
/** Rows at the beginning among which the header is looked for. */
const PREAMBLE = 50;
/** Rows that tell how wide a table is. */
const SAMPLE = 200;
/** A header has so much of the columns that the rows have, and as much of them is filled. */
const FILLED = 0.7;

type Row = readonly string[];
type Rows = AsyncIterable<Row> | Iterable<Row>;

/** The layout of the rows in the output. */
interface Shape {
  readonly width: number;
  readonly wide: boolean;
  /** Rows above the one that names the columns. */
  readonly above: number;
  /** Columns that most rows fill. */
  readonly usual: number;
}

/**
 * Writes tables as Markdown, or one line for each value if rows are wide. The header names the columns; lines above it precede the
 * table. After an empty row another table may start, with its own header. `read` returns the rows from the start, each time:
 * the first pass finds their layout, so that only one row at a time is in memory.
 */
export async function* tablePieces(read: () => Rows): AsyncGenerator<string> {
  yield* written(read(), await shapeOf(read()));
}

/** The most frequent number over 1; of equally frequent ones the largest. */
export function usualOf(numbers: readonly number[]): number {
  const times = new Map<number, number>();
  for (const number of numbers) if (number > 1) times.set(number, (times.get(number) ?? 0) + 1);
  return [...times].sort((a, b) => b[1] - a[1] || b[0] - a[0])[0]?.[0] ?? 1;
}

async function shapeOf(rows: Rows): Promise<Shape> {
  let width = 0;
  const sample: Row[] = [];
  for await (const row of rows) {
    if (row.length > 0 && sample.length < SAMPLE) sample.push(row);
    width = Math.max(width, row.length);
  }
  const usual = usualOf(sample.map(filledIn));
  const above = rowsAbove(sample, usual);
  const [header = [], ...others] = sample.slice(above);
  const length = others.reduce((sum, row) => sum + row.join('').length, 0);
  const isLong = length / Math.max(1, others.length) > WIDE_ROW;
  return { width, above, usual, wide: header.length > WIDE_COLUMNS || width > MOST_COLUMNS || isLong };
}

const filledIn = (row: Row): number => row.filter((value) => value.trim() !== '').length;

/** Rows before the header, which is the first row with about as many filled columns as most rows have. */
function rowsAbove(rows: readonly Row[], usual: number): number {
  const header = rows.slice(0, PREAMBLE).findIndex((row) => filledIn(row) >= Math.max(2, FILLED * usual));
  // One of two columns may have no name. A title is in the first column.
  const isTitled = usual > 2 || rows.slice(0, header).every((row) => (row[0] ?? '').trim() !== '');
  return isTitled ? Math.max(0, header) : 0;
}

async function* written(rows: Rows, shape: Shape): AsyncGenerator<string> {
  const writer = new TableText(shape);
  for await (const row of rows) yield* writer.row(row);
  yield* writer.end();
}

class TableText {
  readonly #shape: Shape;
  #header: Row | undefined;
  #table = tableWriter([], 0);
  #number = 0;
  /** The row after an empty one, until the next one tells whether it is a header. */
  #held: Row | undefined;
  #afterGap = false;
  #afterTitle = false;
  #isEmpty = true;

  constructor(shape: Shape) {
    this.#shape = shape;
  }

  *row(row: Row): Generator<string> {
    if (row.length === 0) {
      yield* this.#release(undefined);
      this.#afterGap = this.#header !== undefined;
      return;
    }
    this.#number += 1;
    if (this.#number <= this.#shape.above) yield* this.#line(row);
    else if (!this.#header) yield* this.#begin(row, this.#shape.above > 0);
    else {
      yield* this.#release(row);
      if (this.#afterGap && filledIn(row) === 1 && this.#shape.usual > 2) {
        yield '\n';
        yield* this.#line(row);
        this.#afterTitle = true;
      } else if (this.#afterGap) this.#held = row;
      else yield* this.#body(row);
      this.#afterGap &&= this.#afterTitle && this.#held === undefined;
    }
  }

  *end(): Generator<string> {
    yield* this.#release(undefined);
    if (this.#shape.wide && this.#isEmpty) yield this.#header?.join('\n') ?? '';
  }

  *#release(next: Row | undefined): Generator<string> {
    const held = this.#held;
    if (!held) return;
    this.#held = undefined;
    if (isHeader(held, next, this.#afterTitle)) yield* this.#begin(held, true);
    else yield* this.#body(held);
    this.#afterTitle = false;
  }

  *#begin(header: Row, isApart: boolean): Generator<string> {
    this.#header = header;
    this.#table = tableWriter(header, this.#shape.width);
    if (isApart) yield '\n';
    if (!this.#shape.wide) yield `${this.#table.head}\n`;
  }

  *#line(row: Row): Generator<string> {
    const line = row
      .map((value) => value.trim())
      .filter(Boolean)
      .join(' ');
    if (line !== '') yield `${line}\n`;
  }

  *#body(row: Row): Generator<string> {
    const { wide } = this.#shape;
    const text = wide ? asLines(this.#header ?? [], row) : this.#table.line(row);
    if (text !== '') yield `${text}${wide ? '\n\n' : '\n'}`;
    this.#isEmpty &&= text === '';
  }
}

const isValue = (text: string): boolean => /\d/.test(text) && !/\p{L}{4}/u.test(text);

const beginsWithNumber = (text: string): boolean => /^[\s\p{Sc}(+−-]{0,5}\d/u.test(text);

/** True after an empty row for column names with values below them. A name may have a number in it: Q1, T2. */
function isHeader(row: Row, next: Row | undefined, afterTitle: boolean): boolean {
  if (!next || filledIn(row) < 2 || row.some(beginsWithNumber)) return false;
  return afterTitle || row.some((text, column) => text !== '' && isValue(next[column] ?? ''));
}

const asLines = (header: Row, row: Row): string =>
  row
    .flatMap((value, index) =>
      value.trim() === '' ? [] : [`${header[index]?.trim() || `column ${index + 1}`}: ${value.trim()}`],
    )
    .join('\n');
