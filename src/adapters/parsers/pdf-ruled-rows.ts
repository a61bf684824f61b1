import { type Grid, isInGrid } from './pdf-grid.ts';
import { linesOf, type PdfLine } from './pdf-lines.ts';
import type { Run } from './pdf-runs.ts';
import { isValue } from './pdf-table.ts';

/** A run of text and where its middle is, as most of its page is read. */
export interface PlacedRun {
  readonly run: Run;
  readonly x: number;
  readonly y: number;
}

/** Characters of a cell of a table. A longer one is a section of a page that lines lay out. */
const LONGEST_CELL = 1_000;
/** Lines of a cell of a table. */
const MOST_LINES = 12;
/** A cell over several rows that is repeated in each has no more lines and characters. */
const LABEL = { lines: 3, characters: 120 };
/** The share of a table's cells that hold text; in a chart few do. */
const LEAST_FILLED = 0.2;
/** Points. Boxes of a form for one letter each are narrower. */
const NARROW = 25;

/** The lines of each cell of a row. */
type Row = readonly (readonly PdfLine[])[];

/** The rows of a table as lines, or its lines alone where it lays a page out. Undefined where the grid is no table. */
export function ruledRows(grid: Grid, placed: readonly PlacedRun[]): PdfLine[] | undefined {
  const cells = cellsOf(grid, placed);
  const columns = [...grid.xs.slice(1).keys()].filter((column) => cells.some((row) => isFilled(row[column])));
  const filled = cells.flat().filter(isFilled);
  if (columns.length < 2 || filled.length < LEAST_FILLED * cells.length * columns.length) return undefined;
  if (!cells.some((row) => row.filter(isFilled).length > 1)) return undefined;
  if (filled.some((lines) => lengthOf(lines) > LONGEST_CELL)) return cells.flat(2);
  if (cells.length === 1 && isOfBoxes(grid, filled)) return cells.flatMap((row) => inOne(row));
  const titles = cells.findIndex((row) => !isTitle(grid, row));
  const rows = [...cells.keys()]
    .slice(titles)
    .filter((row) => cells[row]?.some(isFilled))
    .map((row) => columns.map((column) => shownIn(grid, cells, row, column)));
  const spanned = headerOf(grid, cells, titles, columns);
  const all = (spanned ? [spanned, ...rows.slice(2)] : rows).flatMap(byHeights);
  if (all.some((row) => row.some((lines) => lines.length > MOST_LINES))) return cells.flat(2);
  const edges = columns.map((column) => [grid.xs[column] as number, grid.xs[column + 1] as number] as const);
  return [...cells.slice(0, titles).flat(2), ...all.flatMap((row) => lineFrom(row, edges, grid))];
}

const isFilled = (lines: readonly PdfLine[] | undefined): boolean => lines !== undefined && lines.length > 0;
const lengthOf = (lines: readonly PdfLine[]): number => lines.reduce((sum, { text }) => sum + text.length, 0);

/** Boxes with one letter in each. */
const isOfBoxes = ({ xs }: Grid, filled: readonly (readonly PdfLine[])[]): boolean =>
  filled.length > 3 &&
  filled.every(([line, ...others]) => others.length === 0 && line !== undefined && [...line.text].length === 1) &&
  xs.slice(1).every((x, place) => x - (xs[place] as number) < NARROW);

function inOne(row: Row): PdfLine[] {
  const [first, ...others] = row.flat();
  const last = others.at(-1) ?? first;
  if (!first || !last) return [];
  const text = [first, ...others].map((line) => line.text).join('');
  return [{ ...first, text, right: last.right, cells: [{ text, left: first.left, right: last.right }] }];
}

/** Its one text fills the whole width. */
const isTitle = (grid: Grid, row: Row): boolean =>
  row.filter(isFilled).length === 1 && spanOf(grid, 0, row.findIndex(isFilled)) === grid.xs.length - 1;

function firstColumn(grid: Grid, row: number, column: number): number {
  let first = column;
  while (first > 0 && !grid.isParted(row, first)) first -= 1;
  return first;
}
function spanOf(grid: Grid, row: number, column: number): number {
  let end = column + 1;
  while (end < grid.xs.length - 1 && !grid.isParted(row, end)) end += 1;
  return end - column;
}
function firstRow(grid: Grid, row: number, column: number): number {
  let first = row;
  while (first > 0 && !grid.isUnder(first, column)) first -= 1;
  return first;
}

/** The lines of each cell. Where lines part none of several cells, the first holds the text of all. */
function cellsOf(grid: Grid, placed: readonly PlacedRun[]): Row[] {
  const gathered = grid.ys.slice(1).map(() => grid.xs.slice(1).map((): Run[] => []));
  let last: Run[] | undefined;
  for (const { run, x, y } of placed) {
    if (run.text.trim() !== '' && isInGrid(grid, x, y)) {
      const row = grid.ys.findIndex((edge) => edge < y) - 1;
      const column = grid.xs.findIndex((edge) => edge > x) - 1;
      const first = firstRow(grid, row, column);
      last = gathered[first]?.[firstColumn(grid, first, column)];
    }
    last?.push(run);
  }
  return gathered.map((row) =>
    row.map((runs) => linesOf(runs).sort((a, b) => (a.turn === b.turn ? b.bottom - a.bottom : 0))),
  );
}

/** The lines of a cell; those of the cell above where nothing parts the two and that is a label of all its rows. */
function shownIn(grid: Grid, cells: readonly Row[], row: number, column: number): readonly PdfLine[] {
  const own = cells[row]?.[column] ?? [];
  const above = cells[firstRow(grid, row, column)]?.[column] ?? [];
  const isLabel = above.length <= LABEL.lines && lengthOf(above) <= LABEL.characters;
  return own.length > 0 || !isLabel ? own : above;
}

/** Two rows of names as one: "Fee" over "Online" and "Branch" are "Fee Online" and "Fee Branch". Undefined where the first row is all the header. */
function headerOf(grid: Grid, cells: readonly Row[], top: number, columns: readonly number[]): Row | undefined {
  const [first, second] = [cells[top] ?? [], cells[top + 1] ?? []];
  const spans = [...first.keys()].some((column) => isFilled(first[column]) && spanOf(grid, top, column) > 1);
  if (!spans || cells.length < top + 3 || !second.some(isFilled) || second.flat().some(({ text }) => isValue(text)))
    return undefined;
  return columns.map((column) => {
    const above = first[firstColumn(grid, top, column)] ?? [];
    return [...above, ...(second[column] ?? [])];
  });
}

const isBeside = (a: PdfLine, b: PdfLine): boolean => Math.abs(a.bottom - b.bottom) < 0.5 * a.size;

/**
 * A row that no line parts may hold several: where columns have values below each other, at heights that they share with other columns,
 * each of these heights begins a row.
 */
function byHeights(row: Row): Row[] {
  const several = row.filter((lines) => lines.length > 1);
  const ofValues = several
    .filter((lines) => lines.filter(({ text }) => isValue(text)).length * 2 >= lines.length)
    .sort((a, b) => b.length - a.length);
  const [most] = ofValues;
  const beside = several.filter((lines) => lines.some((line) => most?.slice(1).some((one) => isBeside(one, line))));
  if (!most || beside.length < 2 || several.some((lines) => lines.length > 2 * most.length)) return [row];
  if (ofValues.some((lines) => lines.some((line) => !most.some((one) => isBeside(one, line))))) return [row];
  const tops = most.map(({ bottom, size }) => bottom + size / 2);
  return tops.map((top, place) =>
    row.map((lines) =>
      lines.filter(
        ({ bottom }) => (place === 0 || bottom < top) && bottom >= (tops[place + 1] ?? Number.NEGATIVE_INFINITY),
      ),
    ),
  );
}

/** A row as one line whose cells are as wide as their columns; the lines of a cell are parted by line feeds. */
function lineFrom(row: Row, edges: readonly (readonly [number, number])[], table: Grid): PdfLine[] {
  const all = row.flat();
  const [first] = all;
  if (!first) return [];
  const cells = row.map((lines, place) => {
    const [left = 0, right = 0] = edges[place] ?? [];
    return { text: lines.map(({ text }) => text).join('\n'), left, right };
  });
  const longest = all.reduce((most, line) => (line.text.length > most.text.length ? line : most), first);
  const text = all.map((line) => line.text).join(' ');
  const [left, right] = [Math.min(...all.map((line) => line.left)), Math.max(...all.map((line) => line.right))];
  return [{ ...longest, text, cells, left, right, bottom: first.bottom, isCode: false, table }];
}
