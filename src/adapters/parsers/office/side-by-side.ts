type Row = readonly string[];

/** Rows that are looked at. */
const SAMPLE = 300;
const MOST_TABLES = 8;
const LEAST_COLUMNS = 2;
const LEAST_ROWS = 2;

/** Columns of a table, from the first up to the one after the last. */
interface Columns {
  readonly from: number;
  readonly to: number;
}

/**
 * The tables that stand beside each other in a sheet, an empty column between them, each as a reader of its rows. Only where the one on
 * the right ends on another row than the one on the left, has no row left out, and names its columns: parts of one table do not.
 */
export function tablesBeside(read: () => Iterable<Row>): readonly (() => Iterable<Row>)[] {
  const sample: Row[] = [];
  for (const row of read()) {
    sample.push(row);
    if (sample.length === SAMPLE) break;
  }
  const starts = startsOf(sample);
  if (starts.length < 2) return [read];
  return starts.map((from, place) => () => partOf(read(), { from, to: starts[place + 1] ?? Number.POSITIVE_INFINITY }));
}

function* partOf(rows: Iterable<Row>, { from, to }: Columns): Generator<Row> {
  for (const row of rows) {
    const part = row.slice(from, to);
    // Rows of the other table alone are no rows of this one.
    yield part.some(isFilled) ? part : [];
  }
}

const isFilled = (text: string | undefined): boolean => text !== undefined && text.trim() !== '';

/** The first column of each table. */
function startsOf(rows: readonly Row[]): number[] {
  const width = rows.reduce((most, row) => Math.max(most, row.length), 0);
  const filled = Array.from({ length: width }, (_, column) => rows.some((row) => isFilled(row[column])));
  const groups: Columns[] = [];
  for (let column = 0; column < width; column += 1) {
    if (!filled[column]) continue;
    let to = column + 1;
    while (filled[to]) to += 1;
    groups.push({ from: column, to });
    column = to;
  }
  const starts = [0];
  for (const [place, group] of groups.entries()) {
    const left = groups[place - 1];
    if (left && starts.length < MOST_TABLES && isOtherTable(rows, left, group)) starts.push(group.from);
  }
  return starts;
}

function isOtherTable(rows: readonly Row[], left: Columns, right: Columns): boolean {
  if (left.to - left.from < LEAST_COLUMNS || right.to - right.from < LEAST_COLUMNS) return false;
  const [one, other] = [left, right].map((group) =>
    [...rows.keys()].filter((row) => rows[row]?.slice(group.from, group.to).some(isFilled)),
  ) as [number[], number[]];
  const [first = 0] = other;
  if (one.length < LEAST_ROWS || other.length < LEAST_ROWS || one.at(-1) === other.at(-1)) return false;
  const isWhole = (other.at(-1) ?? 0) - first === other.length - 1;
  const names = rows[first]?.slice(right.from, right.to) ?? [];
  const labels = other.map((row) => rows[row]?.[right.from] ?? '');
  return isWhole && names.every((name) => /\p{L}/u.test(name)) && labels.every((label) => /\p{L}/u.test(label));
}
