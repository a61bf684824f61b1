import type { Element } from 'domhandler';
import { plainText } from './html-text.ts';

/** A table whose cells hold tables or whole sections lays a page out; it is not data. */
export function isData(table: Element): boolean {
  const rows = rowsOf(table);
  return rows.some((row) => row.length > 1) && !rows.flat().some((cell) => laysOut(cell, 0));
}

const laysOut = (cell: Element, depth: number): boolean =>
  elementsIn(cell).some(
    (child) =>
      /^(table|article|section|h[1-4])$/.test(child.name) ||
      (child.name === 'div' && depth < 20 && laysOut(child, depth + 1)),
  );

function rowsOf(table: Element): Element[][] {
  return elementsIn(table).flatMap((child) => {
    if (child.name === 'tr') return [elementsIn(child).filter(({ name }) => /^t[dh]$/.test(name))];
    return /^(thead|tbody|tfoot)$/.test(child.name) ? rowsOf(child) : [];
  });
}

const elementsIn = ({ children }: Element): Element[] =>
  children.filter((child): child is Element => 'name' in child && 'attribs' in child);

/** Columns of a table that are read, and columns that one cell may span. */
const MOST_COLUMNS = 200;
const MOST_SPANNED = 50;

/**
 * What stands in each cell, row by row, columns under each other. What spans rows stands in each of them, so that every row says
 * all that it is about; what spans columns stands in the first.
 */
export function cellsOf(table: Element): string[][] {
  /** Of each column, what goes on into the rows below, and into how many. */
  const spanning: ({ readonly text: string; rows: number } | undefined)[] = [];
  return rowsOf(table).map((row) => {
    const cells: string[] = [];
    const takeOver = () => {
      for (
        let above = spanning[cells.length];
        above && above.rows > 0 && cells.length < MOST_COLUMNS;
        above = spanning[cells.length]
      ) {
        above.rows -= 1;
        cells.push(above.text);
      }
    };
    for (const cell of row) {
      takeOver();
      if (cells.length >= MOST_COLUMNS) break;
      const text = plainText(cell);
      const columns = Math.min(spanOf(cell, 'colspan'), MOST_SPANNED);
      for (let column = 0; column < columns; column += 1) {
        const shown = column === 0 ? text : '';
        spanning[cells.length] = { text: shown, rows: spanOf(cell, 'rowspan') - 1 };
        cells.push(shown);
      }
    }
    takeOver();
    return cells;
  });
}

const spanOf = ({ attribs }: Element, name: string): number =>
  Math.max(1, Number.parseInt(attribs[name] ?? '1', 10) || 1);
