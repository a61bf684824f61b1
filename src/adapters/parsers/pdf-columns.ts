import type { PdfCell, PdfLine } from './pdf-lines.ts';

/** Lines that a column has at least. */
const LEAST_LINES = 3;
/** Characters of a line of prose, on average. */
const LEAST_LENGTH = 12;
/** The minimum share of a column's lines that continue the sentence of the line before. */
const GOES_ON = 0.4;
/** Width of the white space between two columns, in the size of the letters. */
const GUTTER = 0.8;
/** A line further below the last one, in the size of its letters, is no part of the columns. */
const MOST_DOWN = 2.6;
/** Columns side by side. */
const MOST = 4;

/**
 * Orders columns that the page draws alternately, line by line. Only prose is set in columns: most of its lines continue
 * the sentence of the line above. Rows of a table do not; they stay rows.
 */
export function inReadingOrder(lines: readonly PdfLine[]): PdfLine[] {
  const ordered: PdfLine[] = [];
  for (let from = 0; from < lines.length; ) {
    const end = regionEnd(lines, from);
    const columns = end - from >= LEAST_LINES ? columnsOf(lines.slice(from, end), MOST) : undefined;
    if (columns && columns.length > 1) {
      for (const line of columns.flat()) ordered.push(line);
      from = end;
    } else {
      ordered.push(lines[from] as PdfLine);
      from += 1;
    }
  }
  return ordered;
}

/** The end of the run of lines that start with one of several cells and leave one of its gaps free. */
function regionEnd(lines: readonly PdfLine[], from: number): number {
  const gap = firstGap(lines[from]);
  if (!gap) return from;
  let { left, right } = gap;
  let end = from + 1;
  for (; end < lines.length; end += 1) {
    const line = lines[end] as PdfLine;
    const before = lines[end - 1] as PdfLine;
    if (line.turn !== before.turn || before.bottom - line.bottom > MOST_DOWN * line.size) break;
    const narrowed = narrowedBy(line, left, right);
    if (!narrowed) break;
    [left, right] = narrowed;
  }
  return end;
}

const firstGap = (line: PdfLine | undefined): { left: number; right: number } | undefined => {
  const [first, second] = line?.cells ?? [];
  return first && second && second.left > first.right ? { left: first.right, right: second.left } : undefined;
};

/** The part of a gap that the line leaves free. Undefined if it is too small. */
function narrowedBy(line: PdfLine, left: number, right: number): [number, number] | undefined {
  let [from, to] = [left, right];
  for (const cell of line.cells) {
    const middle = (from + to) / 2;
    if ((cell.left + cell.right) / 2 < middle) from = Math.max(from, cell.right);
    else to = Math.min(to, cell.left);
  }
  return to - from >= GUTTER * line.size ? [from, to] : undefined;
}

/** The columns of a region, from left to right; undefined where one of them is no prose. */
function columnsOf(lines: readonly PdfLine[], most: number): PdfLine[][] | undefined {
  const parted = lines.find(({ cells }) => cells.length > 1);
  if (!parted) return isProse(lines) ? [[...lines]] : undefined;
  const gap = firstGap(parted);
  if (!gap || most <= 1) return undefined;
  let { left, right } = gap;
  for (const line of lines) {
    const narrowed = narrowedBy(line, left, right);
    if (!narrowed) return undefined;
    [left, right] = narrowed;
  }
  const middle = (left + right) / 2;
  const first = lines.flatMap((line) => partOf(line, (cell) => cell.right <= middle));
  if (!isProse(first)) return undefined;
  const others = columnsOf(
    lines.flatMap((line) => partOf(line, (cell) => cell.left >= middle)),
    most - 1,
  );
  return others && [first, ...others];
}

function partOf(line: PdfLine, isIn: (cell: PdfCell) => boolean): PdfLine[] {
  const cells = line.cells.filter(isIn);
  const [first] = cells;
  if (!first) return [];
  return [
    {
      ...line,
      cells,
      text: cells.map(({ text }) => text).join(' '),
      left: Math.min(...cells.map(({ left }) => left)),
      right: Math.max(...cells.map(({ right }) => right)),
    },
  ];
}

const WIDE_END = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}，、]$/u;

export function isProse(lines: readonly PdfLine[]): boolean {
  if (lines.length < LEAST_LINES || lines.some(({ cells }) => cells.length > 1)) return false;
  const characters = lines.reduce((sum, { text }) => sum + text.length, 0);
  const isWide = lines.some(({ text }) => WIDE_END.test(text));
  if (characters / lines.length < (isWide ? LEAST_LENGTH / 2 : LEAST_LENGTH)) return false;
  const right = Math.max(...lines.map((line) => line.right));
  const going = lines.slice(1).filter((line, place) => {
    const before = lines[place] as PdfLine;
    if (/^[\p{Ll}]/u.test(line.text) || /[\p{L}][-\u2010\u00ad,]$/u.test(before.text)) return true;
    return WIDE_END.test(before.text) && before.right > right - 2 * before.size;
  });
  return going.length >= GOES_ON * (lines.length - 1);
}
