import { type Columns, NamedRows } from './joined-names.ts';
import type { Package } from './package.ts';
import { attribute, readXml, xmlEvents } from './xml-events.ts';

/** Cells and rows that a file repeats by a number are read so often at most; a sheet ends with a million empty ones. */
const MOST_COLUMNS = 1_000;
const MOST_REPEATED_ROWS = 1_000;
/** Rows and columns that one cell may lie over. */
const MOST_SPANNED = 200;

export interface OdfSheet {
  readonly name: string;
  /** Its rows, each time from the first; an empty one where rows are left out. */
  rows(): Iterable<readonly string[]>;
}

/** The tables of a spreadsheet that are shown. */
export function odfSheets(parts: Package): OdfSheet[] {
  const hidden = hiddenTables(parts);
  const names: string[] = [];
  let depth = 0;
  const isShown: boolean[] = [];
  readXml(parts.pieces('content.xml'), {
    open(name, attributes) {
      if (name !== 'table') return;
      if (depth === 0) {
        names.push(attribute(attributes, 'name') ?? '');
        isShown.push(!hidden.has(attribute(attributes, 'style-name') ?? ''));
      }
      depth += 1;
    },
    close(name) {
      if (name === 'table') depth -= 1;
    },
  });
  return names.flatMap((name, place) => (isShown[place] ? [{ name, rows: () => rowsOf(parts, place) }] : []));
}

function hiddenTables(parts: Package): ReadonlySet<string> {
  const hidden = new Set<string>();
  let style = '';
  readXml(parts.pieces('content.xml'), {
    open(name, attributes) {
      if (name === 'style') style = attribute(attributes, 'name') ?? '';
      else if (name === 'table-properties' && attribute(attributes, 'display') === 'false') hidden.add(style);
    },
  });
  return hidden;
}

function* rowsOf(parts: Package, wanted: number): Generator<readonly string[]> {
  let table = -1;
  let depth = 0;
  let row: string[] = [];
  let cell: string[] = [];
  let repeatedRow = 1;
  let repeatedCell = 1;
  let paragraph: string | undefined;
  let unseen = 0;
  let value = '';
  /** Cells of this row that lie over several columns, and those of rows above that lie over several rows. */
  let groups: Columns[] = [];
  const above: ({ readonly text: string; rows: number } | undefined)[] = [];
  let spans = { columns: 1, rows: 1 };
  const rows = new NamedRows();
  const numberIn = (attributes: Readonly<Record<string, string>>, name: string) =>
    Math.max(1, Number(attribute(attributes, name) ?? 1) || 1);
  yield* xmlEvents(
    parts.pieces('content.xml'),
    {
      open(name, attributes) {
        if (name === 'table') {
          if (depth === 0) table += 1;
          depth += 1;
        }
        if (table !== wanted || depth === 0) return;
        if (name === 'table-row') {
          row = [];
          groups = [];
          repeatedRow = numberIn(attributes, 'number-rows-repeated');
        } else if (name === 'table-cell' || name === 'covered-table-cell') {
          cell = [];
          repeatedCell = numberIn(attributes, 'number-columns-repeated');
          spans = {
            columns: numberIn(attributes, 'number-columns-spanned'),
            rows: numberIn(attributes, 'number-rows-spanned'),
          };
          value = attribute(attributes, 'value') ?? attribute(attributes, 'date-value') ?? '';
        } else if (name === 'annotation') unseen += 1;
        else if (name === 'p') paragraph = '';
        else if (name === 's' || name === 'tab') paragraph = paragraph === undefined ? undefined : `${paragraph} `;
        else if (name === 'line-break' && paragraph !== undefined) paragraph += '\n';
      },
      text(data) {
        if (paragraph !== undefined && unseen === 0 && table === wanted) paragraph += data;
      },
      close(name) {
        if (name === 'table') depth -= 1;
        if (table !== wanted) return;
        if (name === 'annotation') unseen -= 1;
        else if (name === 'p') {
          if (paragraph && unseen === 0) cell.push(paragraph);
          paragraph = undefined;
        } else if (name === 'table-cell' || name === 'covered-table-cell') {
          let text = cell.length > 0 ? cell.join('\n') : value;
          const covering = name === 'covered-table-cell' ? above[row.length] : undefined;
          if (covering && covering.rows > 0 && text === '') {
            covering.rows -= 1;
            text = covering.text;
          } else if (name === 'table-cell') {
            above[row.length] = spans.rows > 1 ? { text, rows: Math.min(spans.rows, MOST_SPANNED) - 1 } : undefined;
            if (spans.columns > 1 && spans.rows === 1)
              groups.push({ column: row.length, lastColumn: row.length + Math.min(spans.columns, MOST_SPANNED) - 1 });
          }
          const room = Math.min(repeatedCell, MOST_COLUMNS - row.length);
          for (let place = 0; place < room; place += 1) row.push(covering && place > 0 ? '' : text);
        } else if (name === 'table-row') {
          const last = row.findLastIndex((text) => text.trim() !== '');
          const shown = row.slice(0, last + 1);
          rows.push(shown, groups, shown.length === 0 ? 1 : Math.min(repeatedRow, MOST_REPEATED_ROWS));
        }
      },
    },
    () => rows.drain(),
  );
  yield* rows.end();
}
