import { isProse } from './pdf-columns.ts';
import type { PdfLine } from './pdf-lines.ts';
import { isValue } from './pdf-table.ts';

/** Lines of one row have the same height, within this share of the font size. */
const SAME_HEIGHT = 0.3;
/** The minimum share of cells in the other columns that have a cell of the first column in their row. */
const BESIDE = 0.8;
const LEAST_ROWS = 3;
const MOST_COLUMNS = 20;

/**
 * Joins the cells of a row into one line if the page draws a table column by column, or a row out of order. Only if the
 * cells of one column are values: two columns of prose share heights too.
 */
export function inRows(lines: readonly PdfLine[]): PdfLine[] {
  const joined = neighboursJoined(lines);
  const rows: PdfLine[] = [];
  for (let from = 0; from < joined.length; ) {
    const columns = columnsFrom(joined, from);
    const table = columns.length > 1 ? rowsOf(columns) : undefined;
    if (table) {
      for (const row of table) rows.push(row);
      from += columns.flat().length;
    } else {
      // The next column may begin another table.
      const length = columns[0]?.length ?? 1;
      for (const line of joined.slice(from, from + length)) rows.push(line);
      from += length;
    }
  }
  return rows;
}

const isSameHeight = (a: PdfLine, b: PdfLine): boolean =>
  a.turn === b.turn && Math.abs(a.bottom - b.bottom) < SAME_HEIGHT * Math.max(a.size, b.size);
const overlaps = (a: PdfLine, b: PdfLine): boolean => a.left < b.right && b.left < a.right;

/** Lines back to the row that a cell may belong to: those of its cells that go on below it lie between. */
const LOOKED_BACK = 8;

/**
 * Lines that follow each other in the page's order at the same height; or that follow the further lines of the row's other cells, where
 * the row has several cells, or the line is a value.
 */
function neighboursJoined(lines: readonly PdfLine[]): PdfLine[] {
  const joined: PdfLine[] = [];
  for (const line of lines) {
    const before = joined.at(-1);
    const place = before && isBeside(before, line) ? joined.length - 1 : rowAbove(joined, line);
    if (place === undefined) joined.push(line);
    else joined[place] = oneLine([joined[place] as PdfLine, line]);
  }
  return joined;
}

const isBeside = (row: PdfLine, line: PdfLine): boolean => isSameHeight(row, line) && !overlaps(row, line);

function rowAbove(lines: readonly PdfLine[], line: PdfLine): number | undefined {
  for (let place = lines.length - 1; place >= Math.max(0, lines.length - LOOKED_BACK); place -= 1) {
    const row = lines[place] as PdfLine;
    if (row.turn !== line.turn || line.left < row.right) return undefined;
    if (isSameHeight(row, line)) return row.cells.length > 1 || isValue(line.text) ? place : undefined;
    if (row.bottom > line.bottom) return undefined;
  }
  return undefined;
}

const RIGHT_TO_LEFT = /[\p{Script=Hebrew}\p{Script=Arabic}]/u;

function oneLine(parts: readonly PdfLine[]): PdfLine {
  const [first] = parts as [PdfLine];
  const sign = parts.some(({ text }) => RIGHT_TO_LEFT.test(text)) ? -1 : 1;
  const cells = parts.flatMap((part) => part.cells).sort((a, b) => sign * (a.left - b.left));
  return {
    ...first,
    cells,
    text: cells.map(({ text }) => text).join(' '),
    left: Math.min(...parts.map(({ left }) => left)),
    right: Math.max(...parts.map(({ right }) => right)),
    isCode: parts.every(({ isCode }) => isCode),
  };
}

const edge = (column: readonly PdfLine[], side: 'left' | 'right'): number =>
  column.reduce((most, line) => Math.max(most, line[side]), Number.NEGATIVE_INFINITY);

/** Runs of lines that go down, each to the right of the one before. */
function columnsFrom(lines: readonly PdfLine[], from: number): PdfLine[][] {
  const columns: PdfLine[][] = [[lines[from] as PdfLine]];
  for (let index = from + 1; index < lines.length; index += 1) {
    const line = lines[index] as PdfLine;
    const column = columns.at(-1) as PdfLine[];
    const before = column.at(-1) as PdfLine;
    if (line.turn !== before.turn) break;
    if (line.bottom < before.bottom && line.left < edge(column, 'right')) column.push(line);
    else if (line.bottom > before.bottom && line.left > edge(column, 'left') && columns.length < MOST_COLUMNS)
      columns.push([line]);
    else break;
  }
  return columns;
}

function rowsOf(columns: readonly (readonly PdfLine[])[]): PdfLine[] | undefined {
  const [first = [], ...others] = columns;
  const cells = others.flat();
  if (first.some(({ cells: parts }) => parts.length > 1) || columns.some((column) => isProse(column))) return undefined;
  const beside = cells.filter((cell) => first.some((line) => isSameHeight(line, cell) && !overlaps(line, cell)));
  if (beside.length < BESIDE * cells.length || cells.length < LEAST_ROWS * others.length) return undefined;
  const isOfValues = (column: readonly PdfLine[]) =>
    column.filter(({ text }) => isValue(text)).length * 2 >= column.length;
  if (!others.some(isOfValues)) return undefined;
  const all = [...first, ...cells].sort((a, b) => b.bottom - a.bottom);
  const rows: PdfLine[][] = [];
  for (const line of all) {
    const row = rows.at(-1);
    if (row?.[0] && isSameHeight(row[0], line)) row.push(line);
    else rows.push([line]);
  }
  return rows.map(oneLine);
}
