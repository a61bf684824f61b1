import type { Element } from 'domhandler';
import { plainText } from './html-text.ts';
import { type Columns, withJoinedNames } from './office/joined-names.ts';

/** Letters of a cell that has a heading or a table in it and is no section of a page. */
const SHORT_CELL = 400;

/** A table whose cells hold whole sections, or mostly tables, lays a page out; it is not data. */
export function isData(table: Element): boolean {
  const rows = rowsOf(table);
  const cells = rows.flat();
  if (!rows.some((row) => row.length > 1) || cells.some((cell) => laysOut(cell, 0))) return false;
  const nesting = cells.filter((cell) => holdsTable(cell, 0)).length;
  return nesting === 0 || (rows.length > 1 && nesting * 2 <= cells.length);
}

const holdsTable = (cell: Element, depth: number): boolean =>
  elementsIn(cell).some(
    (child) => child.name === 'table' || (child.name === 'div' && depth < 20 && holdsTable(child, depth + 1)),
  );

const laysOut = (cell: Element, depth: number): boolean =>
  elementsIn(cell).some(
    (child) =>
      /^(article|section|main)$/.test(child.name) ||
      (child.name === 'table' && plainText(cell).length > SHORT_CELL) ||
      (/^h[1-4]$/.test(child.name) && plainText(cell).length > SHORT_CELL) ||
      (child.name === 'div' && depth < 20 && laysOut(child, depth + 1)),
  );

function rowsOf(table: Element): Element[][] {
  return elementsIn(table).flatMap((child) => {
    if (child.name === 'tr') return [elementsIn(child).filter(({ name }) => /^t[dh]$/.test(name))];
    return /^(thead|tbody|tfoot)$/.test(child.name) ? rowsOf(child) : [];
  });
}

/** Rows of headers at most. */
const MOST_HEADERS = 4;

/** A table's header and rows. Several rows of headers become one: "Fee" over "Online" and "Branch" are "Fee Online", "Fee Branch". */
export function tableOf(table: Element): { header: readonly string[]; rows: readonly (readonly string[])[] } {
  const filled = cellsOf(table).filter(({ cells }) => cells.some((cell) => cell.trim() !== ''));
  const others = filled.findIndex(({ isHeader }) => !isHeader);
  const headers = filled.slice(0, Math.max(1, others < 0 ? 1 : Math.min(others, MOST_HEADERS)));
  const width = Math.max(0, ...headers.map(({ spanned }) => spanned.length));
  const header =
    headers.length === 1
      ? (headers[0]?.cells ?? [])
      : Array.from({ length: width }, (_, column) =>
          [...new Set(headers.map(({ spanned }) => (spanned[column] ?? '').trim()))].filter(Boolean).join(' '),
        );
  const rows = filled.slice(headers.length).map(({ cells }) => cells);
  if (others !== 0) return { header, rows };
  // Programs for texts do not tell which rows name the columns.
  const [names = [], ...below] = withJoinedNames([header, ...rows], headers[0]?.groups ?? []);
  return { header: names, rows: below };
}

const elementsIn = ({ children }: Element): Element[] =>
  children.filter((child): child is Element => 'name' in child && 'attribs' in child);

/** Columns of a table that are read, and columns that one cell may span. */
const MOST_COLUMNS = 200;
const MOST_SPANNED = 50;

interface Row {
  readonly cells: string[];
  /** The same, with cells that span columns repeated in each column. */
  readonly spanned: string[];
  /** Its cells that span columns. */
  readonly groups: readonly Columns[];
  /** All its cells are headers, or it is in the table's head. */
  readonly isHeader: boolean;
}

/**
 * The cells' texts, row by row, aligned by column. A cell that spans rows is repeated in each row, so that every row is
 * complete. A cell that spans columns is in the first.
 */
function cellsOf(table: Element): Row[] {
  /** For each column, the cell that continues into the rows below, and the number of those rows. */
  const spanning: ({ readonly text: string; readonly whole: string; rows: number } | undefined)[] = [];
  return rowsOf(table).map((row) => {
    const cells: string[] = [];
    const spanned: string[] = [];
    const groups: Columns[] = [];
    const takeOver = () => {
      for (
        let above = spanning[cells.length];
        above && above.rows > 0 && cells.length < MOST_COLUMNS;
        above = spanning[cells.length]
      ) {
        above.rows -= 1;
        cells.push(above.text);
        spanned.push(above.whole);
      }
    };
    for (const cell of row) {
      takeOver();
      if (cells.length >= MOST_COLUMNS) break;
      const text = plainText(cell);
      const columns = Math.min(spanOf(cell, 'colspan'), MOST_SPANNED);
      if (columns > 1) groups.push({ column: cells.length, lastColumn: cells.length + columns - 1 });
      for (let column = 0; column < columns; column += 1) {
        const shown = column === 0 ? text : '';
        spanning[cells.length] = { text: shown, whole: text, rows: spanOf(cell, 'rowspan') - 1 };
        cells.push(shown);
        spanned.push(text);
      }
    }
    takeOver();
    return { cells, spanned, groups, isHeader: row.length > 0 && row.every((cell) => isHeaderCell(cell)) };
  });
}

const isHeaderCell = ({ name, parent }: Element): boolean =>
  name === 'th' ||
  (parent?.parent !== undefined &&
    parent?.parent !== null &&
    'name' in parent.parent &&
    parent.parent.name === 'thead');

const spanOf = ({ attribs }: Element, name: string): number =>
  Math.max(1, Number.parseInt(attribs[name] ?? '1', 10) || 1);
