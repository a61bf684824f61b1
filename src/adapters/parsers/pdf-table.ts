import { jointOf } from './hyphens.ts';
import { row, tableToMarkdown } from './markdown-table.ts';
import { namesAbove, partedFurther } from './pdf-header.ts';
import type { PdfCell, PdfLine } from './pdf-lines.ts';

/** Rows that make a table: of two columns, and of more. */
const LEAST_ROWS = 3;
const LEAST_WIDE_ROWS = 2;
/** A row further below the last, in the size of its letters, is no part of the table. */
const MOST_DOWN = 5;
const MOST_COLUMNS = 40;
/** Rows of a table on a page. */
const MOST_ROWS = 1_000;
/** A value: a number with its unit or currency, a date, a mark. */
const VALUE = /^[\p{Sc}\s]{0,3}[-+−–(]?[\d.,'’ /:%-]{1,30}\s?[\p{L}%°³²/\p{Sc})]{0,8}$|^[-–—✓✔✗xX]$/u;

export const isValue = (text: string): boolean => text.length <= 40 && VALUE.test(text);

interface Column {
  left: number;
  right: number;
}

export interface PdfTable {
  readonly text: string;
  /** Lines that it takes. */
  readonly length: number;
  readonly last: PdfLine;
}

/** The table that begins with the line at `start`; undefined where none does. */
export function tableAt(lines: readonly PdfLine[], start: number, words: ReadonlySet<string>): PdfTable | undefined {
  if (lines[start]?.table) return ruledTable(lines, start, words);
  if ((lines[start]?.cells.length ?? 0) < 2) return undefined;
  const { columns, end, taken } = extentOf(lines, start);
  const below = lines[start + 1];
  const next = lines[end];
  // Where a later row does not fit under the names, two of them may be one cell.
  if (below && next && follows(lines[start] as PdfLine, below) && follows(lines[end - 1] as PdfLine, next)) {
    const table = tableBelow(lines, start);
    if (end === start + 1 || (table?.length ?? 0) > end - start) return table;
  }
  const parted = taken.filter(({ cells }) => cells.length > 1).length;
  if (columns.length < 2 || parted < (columns.length > 2 ? LEAST_WIDE_ROWS : LEAST_ROWS)) return undefined;
  if (parted * 2 < taken.length) return undefined;
  const named = withNamedColumns(rowsOf(taken, columns), columns);
  const rows = isRightToLeft(taken) ? named.map((cells) => cells.toReversed()) : named;
  return { text: written(rows), length: end - start, last: taken.at(-1) as PdfLine };
}

/** The table that begins below the line, if the line names its columns. */
function tableBelow(lines: readonly PdfLine[], start: number): PdfTable | undefined {
  const below = lines[start + 1];
  const first = below && !below.table ? partedFurther(below) : undefined;
  if (!first || first.cells.length < 3) return undefined;
  const rows = [first, ...lines.slice(start + 2, start + MOST_ROWS)];
  const { columns, end, taken } = extentOf(rows, 0);
  if (taken.filter(({ cells }) => cells.length > 1).length < LEAST_WIDE_ROWS || isRightToLeft(taken)) return undefined;
  const names = namesAbove(lines[start] as PdfLine, columns, isValue);
  if (!names) return undefined;
  return { text: tableToMarkdown(names, rowsOf(taken, columns)), length: end + 1, last: taken.at(-1) as PdfLine };
}

/** A table whose cells are known, because lines part them. */
function ruledTable(lines: readonly PdfLine[], start: number, words: ReadonlySet<string>): PdfTable {
  let end = start + 1;
  while (lines[end]?.table === lines[start]?.table) end += 1;
  const taken = lines.slice(start, end);
  const rows = taken.map(({ cells }) => cells.map(({ text }) => joined(text.split('\n'), words)));
  const ordered = isRightToLeft(taken) ? rows.map((cells) => cells.toReversed()) : rows;
  return { text: written(ordered), length: end - start, last: taken.at(-1) as PdfLine };
}

function joined(parts: readonly string[], words: ReadonlySet<string>): string {
  return parts.reduce((before, part) => {
    const { between, cut } = jointOf(before, part, words);
    return (cut ? before.slice(0, -1) : before) + between + part;
  });
}

const RIGHT_TO_LEFT = /[\p{Script=Hebrew}\p{Script=Arabic}]/u;
/** The first column of such a table is on the right. */
const isRightToLeft = (lines: readonly PdfLine[]): boolean =>
  lines.filter(({ text }) => RIGHT_TO_LEFT.test(text)).length * 2 > lines.length;

interface Extent {
  readonly columns: Column[];
  readonly end: number;
  /** The lines, with cells that lie over two columns parted. */
  readonly taken: readonly PdfLine[];
}

/** Finds how many of the lines fit into columns. Cells that overlap from row to row belong to one column. */
function extentOf(lines: readonly PdfLine[], start: number): Extent {
  let columns: Column[] = [];
  const taken: PdfLine[] = [];
  let end = start;
  let lastParted = start;
  for (; end < lines.length; end += 1) {
    const line = lines[end] as PdfLine;
    const before = lines[end - 1];
    if (line.table || (line.isCode && line.cells.length === 1)) break;
    if (end > start && before && !follows(before, line)) break;
    const whole = widenedBy(columns, line.cells);
    const fitted = whole || columns.length < 3 ? line : partedFurther(line);
    const widened = whole ?? (fitted === line ? undefined : widenedBy(columns, fitted.cells));
    if (!widened || widened.length > MOST_COLUMNS) break;
    taken.push(fitted);
    columns = widened;
    if (line.cells.length > 1) lastParted = end;
    // Text below a table, not cells that are left alone in their rows.
    if (end - lastParted > 2) break;
  }
  const last = tableEnd(lines, lastParted, end, columns);
  return { columns: columns.sort((a, b) => a.left - b.left), end: last, taken: taken.slice(0, last - start) };
}

const follows = (before: PdfLine, line: PdfLine): boolean => {
  const down = before.bottom - line.bottom;
  return line.turn === before.turn && down > 0.2 * line.size && down < MOST_DOWN * line.size;
};

/** After the last row with several cells, only lines that continue one of its cells belong to the table. */
function tableEnd(lines: readonly PdfLine[], lastParted: number, end: number, columns: readonly Column[]): number {
  const sorted = [...columns].sort((a, b) => a.left - b.left);
  const firstLeft = sorted[1]?.left ?? 0;
  let at = lastParted + 1;
  while (
    at < end &&
    (lines[at] as PdfLine).left >= firstLeft - 1 &&
    follows(lines[at - 1] as PdfLine, lines[at] as PdfLine)
  )
    at += 1;
  return at;
}

/** The columns with these cells in them; undefined where a cell lies over two, or two lie in one. */
function widenedBy(columns: readonly Column[], cells: readonly PdfCell[]): Column[] | undefined {
  const widened = columns.map((column) => ({ ...column }));
  const taken = new Set<Column>();
  for (const { left, right } of cells) {
    const over = widened.filter((column) => column.left < right - 0.5 && column.right > left + 0.5);
    const [column] = over;
    if (over.length > 1 || (column && taken.has(column))) return undefined;
    if (column) {
      taken.add(column);
      column.left = Math.min(column.left, left);
      column.right = Math.max(column.right, right);
    } else widened.push({ left, right });
  }
  return widened.some((column) =>
    widened.some((other) => other !== column && other.left < column.right - 0.5 && other.right > column.left + 0.5),
  )
    ? undefined
    : widened;
}

function rowsOf(lines: readonly PdfLine[], columns: readonly Column[]): string[][] {
  const rows: string[][] = [];
  for (const line of lines) {
    const cells = columns.map((column) =>
      line.cells
        .filter(({ left, right }) => column.left <= left + 0.5 && column.right >= right - 0.5)
        .map(({ text }) => text)
        .join(' '),
    );
    const above = rows.at(-1);
    if (above && goesOn(cells, above))
      for (const [place, text] of cells.entries()) above[place] = `${above[place]} ${text}`.trim();
    else rows.push(cells);
  }
  return rows;
}

/**
 * A name that is set in the middle of its column may lie beside all of the column's cells, and looks like a column of its own: it goes
 * to the nearer neighbour that has cells and no name.
 */
function withNamedColumns(rows: string[][], columns: readonly Column[]): string[][] {
  const [header = [], ...others] = rows;
  const isNameAlone = (place: number) =>
    header[place] !== '' && !isValue(header[place] ?? '') && others.every((cells) => cells[place] === '');
  const isNameless = (place: number) =>
    header[place] === '' && others.filter((cells) => cells[place] !== '').length * 2 >= others.length;
  const gone = new Set<number>();
  for (const place of header.keys()) {
    if (others.length === 0 || !isNameAlone(place)) continue;
    const distance = (other: number) =>
      Math.abs(
        (columns[other]?.left ?? 0) +
          (columns[other]?.right ?? 0) -
          (columns[place]?.left ?? 0) -
          (columns[place]?.right ?? 0),
      );
    const [nearest] = [place - 1, place + 1].filter(isNameless).sort((a, b) => distance(a) - distance(b));
    if (nearest === undefined) continue;
    header[nearest] = header[place] ?? '';
    gone.add(place);
  }
  return gone.size === 0 ? rows : rows.map((cells) => cells.filter((_, place) => !gone.has(place)));
}

/** True if a line continues the cells of the row above: its first column is empty, and most others are. */
function goesOn(cells: readonly string[], above: readonly string[]): boolean {
  // A value below a value is another row's: a total, a tax.
  if (cells.some((text, place) => /\d$/.test(text) && isValue(above[place] ?? ''))) return false;
  const filled = cells.filter((text) => text !== '').length;
  if (cells[0] === '')
    return (
      filled <= Math.max(1, (cells.length - 1) / 2) && cells.every((text, place) => text === '' || above[place] !== '')
    );
  return filled === 1 && /^\p{Ll}/u.test(cells[0] ?? '') && above[0] !== '';
}

function written(rows: readonly string[][]): string {
  const [first = [], ...others] = rows;
  const width = first.length;
  if (width === 2 && rows.filter(([label]) => /[:：]$/.test(label ?? '')).length * 2 >= rows.length)
    return rows.map((cells) => cells.filter(Boolean).join(' ')).join('\n');
  if (isContents(rows)) return rows.map((cells) => cells.filter(Boolean).join(' ')).join('\n');
  return isHeader(first, others) ? tableToMarkdown(first, others) : rows.map((cells) => row(cells, width)).join('\n');
}

/** A table of contents: its last column counts pages up. */
function isContents(rows: readonly string[][]): boolean {
  const pages = rows.map((cells) => cells.at(-1) ?? '').filter(Boolean);
  return (
    rows.length > 3 &&
    rows[0]?.length !== undefined &&
    rows[0].length <= 3 &&
    pages.length >= rows.length * 0.7 &&
    pages.every((page, place) => /^\d{1,4}$/.test(page) && Number(page) >= Number(pages[place - 1] ?? 0)) &&
    Number(pages.at(-1)) > Number(pages[0]) + 1
  );
}

const YEAR = /^(?:19|20)\d\d$/;

/** The first row names the columns: it holds no value (a year over what is none may be a name), and others do, or it fills every column. */
function isHeader(first: readonly string[], others: readonly (readonly string[])[]): boolean {
  if (first[0] === '' && first.slice(1).every((text) => text !== '') && first.length > 2) return true;
  const isYear = (text: string | undefined) => YEAR.test(text ?? '');
  if (first.some((text, place) => VALUE.test(text) && !(isYear(text) && !others.some((cells) => isYear(cells[place])))))
    return false;
  const named = first.filter((text) => text !== '').length;
  const hasValues = others.some((cells) => cells.some((text, place) => isValue(text) && first[place] !== ''));
  return named >= 2 && (hasValues || (named === first.length && named > 2));
}
