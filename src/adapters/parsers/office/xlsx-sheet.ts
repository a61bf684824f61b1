import { drawnIn, textsIn } from './drawings.ts';
import { areNamed, joinedNames } from './joined-names.ts';
import { type Package, relationsOf } from './package.ts';
import type { Cell, CellText } from './xlsx-formats.ts';
import { readXml, xmlEvents } from './xml-events.ts';

/** Columns that a sheet of Excel may have. */
const MOST_COLUMNS = 16_384;
/** Columns from here on stand in the order in which they are met: a cell far to the right must not make each row that wide. */
const FAR = 200;
/** Rows into which a cell's text is repeated that lies over several. */
const MOST_SPANNED = 200;

export interface Sheet {
  readonly parts: Package;
  /** Its part in the package. */
  readonly part: string;
  readonly textOf: CellText;
}

/** The strings that cells of all sheets refer to by index, without phonetic hints. */
export function sharedStringsIn(parts: Package): string[] {
  const strings: string[] = [];
  const name = parts.names.find((part) => /^\/?xl\/sharedstrings\.xml$/i.test(part));
  if (name === undefined) return strings;
  let text = '';
  let isText = false;
  let isSpoken = false;
  readXml(parts.pieces(name), {
    open(tag) {
      if (tag === 'si') text = '';
      else if (tag === 'rPh') isSpoken = true;
      else if (tag === 't') isText = !isSpoken;
    },
    text(data) {
      if (isText) text += data;
    },
    close(tag) {
      if (tag === 'si') strings.push(unescaped(text));
      else if (tag === 'rPh') isSpoken = false;
      else if (tag === 't') isText = false;
    },
  });
  return strings;
}

/** Characters that XML cannot hold are written as _x000D_ (ECMA-376 part 1, 22.9.2.19). */
const unescaped = (text: string): string =>
  text.includes('_x')
    ? text.replace(/_x([\da-fA-F]{4})_/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
    : text;

/** Number of a column from a cell's name: 0 for A1, 27 for AB3. */
function columnOf(reference: string): number {
  let column = 0;
  for (const letter of /^[A-Za-z]{1,3}/.exec(reference)?.[0].toUpperCase() ?? '')
    column = column * 26 + letter.charCodeAt(0) - 64;
  return column - 1;
}
const rowOf = (reference: string): number => Number(/\d{1,8}$/.exec(reference)?.[0] ?? 0);

/** The rows of a sheet, one after the other; an empty one where rows are left out. */
export function* sheetRows({ parts, part, textOf }: Sheet): Generator<readonly string[]> {
  const far = new Map<number, number>();
  const placeOf = (place: number): number => {
    if (place < FAR || place >= MOST_COLUMNS) return place;
    if (!far.has(place)) far.set(place, FAR + far.size);
    return far.get(place) as number;
  };
  const spans = spansIn(parts, part);
  let rows: string[][] = [];
  let row: string[] = [];
  let number = 0;
  let last = 0;
  let column = 0;
  let cell: { -readonly [Key in keyof Cell]: Cell[Key] } = { type: 'n', value: '', style: 0, formula: '' };
  let into: 'value' | 'formula' | undefined;
  let held: { readonly row: string[]; readonly groups: readonly Span[] } | undefined;
  const handler = {
    open(name: string, attributes: Readonly<Record<string, string>>) {
      if (name === 'row') {
        row = [];
        column = -1;
        number = Number(attributes['r']) || number + 1;
      } else if (name === 'c') {
        const reference = attributes['r'];
        column = reference ? columnOf(reference) : column + 1;
        cell = { type: attributes['t'] ?? 'n', value: '', style: Number(attributes['s'] ?? 0), formula: '' };
      } else if (name === 'v' || (name === 't' && cell.type === 'inlineStr')) into = 'value';
      else if (name === 'f') into = 'formula';
    },
    text(data: string) {
      if (into) cell[into] += data;
    },
    close(name: string) {
      if (name === 'v' || name === 't' || name === 'f') into = undefined;
      else if (name === 'c' && column >= 0 && column < MOST_COLUMNS) {
        const text = textOf(cell);
        if (text !== '') setCell(row, placeOf(column), text);
      } else if (name === 'row') {
        spans.fill(row, number);
        if (row.length === 0) return;
        const above = held;
        held = undefined;
        if (above && number === last + 1 && above.groups.length > 0 && areNamed(row, above.groups, above.row)) {
          last = number;
          rows.push(...joinedNames(above.row, row, above.groups));
          return;
        }
        if (above) rows.push(above.row);
        if (number > last + 1 && last > 0) rows.push([]);
        last = number;
        const groups = spans.groupsAt(number);
        if (groups.length > 0 && row.filter(Boolean).length > 1) held = { row, groups };
        else rows.push(row);
      }
    },
  };
  yield* xmlEvents(parts.pieces(part), handler, () => {
    const full = rows;
    rows = [];
    return full;
  });
  if (held) yield held.row;
}

function setCell(row: string[], column: number, text: string): void {
  while (row.length < column) row.push('');
  row[column] = text;
}

/** Columns into which a text is repeated that lies over several, in rows of names alone. */
const MOST_NAMED = 50;

interface Span {
  readonly column: number;
  readonly lastColumn: number;
  readonly first: number;
  readonly last: number;
  text: string;
}

/** Merged cells over several rows: repeats their text in each row, so that every row is complete. */
function spansIn(
  parts: Package,
  part: string,
): { fill(row: string[], number: number): void; groupsAt(number: number): readonly Span[] } {
  const spans: Span[] = [];
  readXml(parts.pieces(part), {
    open(name, attributes) {
      if (name !== 'mergeCell' || spans.length >= 100_000) return;
      const [from = '', to = from] = (attributes['ref'] ?? '').split(':');
      const [first, last, column] = [rowOf(from), rowOf(to), columnOf(from)];
      const lastColumn = Math.min(columnOf(to), column + MOST_NAMED);
      if ((last > first || lastColumn > column) && column >= 0 && column < FAR)
        spans.push({ column, lastColumn, first, last: Math.min(last, first + MOST_SPANNED), text: '' });
    },
  });
  spans.sort((a, b) => a.first - b.first);
  const groups = Map.groupBy(
    spans.filter(({ column, lastColumn, first, last }) => lastColumn > column && first === last),
    ({ first }) => first,
  );
  let next = 0;
  let open: Span[] = [];
  return {
    groupsAt: (number) => groups.get(number) ?? [],
    fill(row, number) {
      for (; next < spans.length && (spans[next] as Span).first <= number; next += 1) open.push(spans[next] as Span);
      open = open.filter(({ last }) => last >= number);
      for (const span of open) {
        if (span.first === number) span.text = row[span.column] ?? '';
        else if (span.text !== '' && row.length > 0 && (row[span.column] ?? '') === '')
          setCell(row, span.column, span.text);
      }
    },
  };
}

/** Texts of the boxes, shapes and charts that are drawn on a sheet. */
export function drawingTexts(parts: Package, part: string): string[] {
  return relationsOf(parts, part)
    .filter(({ type }) => type === 'drawing')
    .flatMap(({ target }) => [...textsIn(parts, target), ...drawnIn(parts, target)]);
}
