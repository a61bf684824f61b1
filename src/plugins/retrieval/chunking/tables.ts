import type { Block } from './block.ts';
import { type Line, linesOf } from './lines.ts';

/** Markdown's row of dashes under a table's header, with or without bars at its ends. */
const DELIMITER_ROW = /^ {0,3}\|?(?: {0,20}:?-+:? {0,20}\|){1,200}(?: {0,20}:?-+:? {0,20})?$/;
/** A line of a table that is drawn: +----+----+ */
const GRID = /^ {0,20}\+[-=+:]{2,}\+$/;
const TABLE_ROW = /^ *\|.*\|$/;
/** White space between the columns of a table that is set with spaces or tabs. */
const GAP = / {3,}|\t+/;
/** A line of dashes under the header of such a table. */
const UNDERLINE = /^[-=_\s]+$/;
/** Rows that make a table of lines with gaps. */
const LEAST_ROWS = 3;
/** The minimum share of rows with about as many cells as the first. */
const REGULAR = 0.8;
/** UTF-16 code units of a header that passages repeat. */
const LONGEST_HEADER = 300;

export const isTableLine = (line: string): boolean => TABLE_ROW.test(line) || GRID.test(line);
export const isDelimiterRow = (line: string): boolean =>
  line.includes('|') && line.length < 5_000 && DELIMITER_ROW.test(line);

/** A block with the tables in it apart, each with the header that its passages repeat. */
export function withTables(text: string, block: Block): Block[] {
  if (block.kind === 'lines') return [{ ...block, ...headerOf(linesIn(text, block)) }];
  return block.kind === 'text' ? parted(text, block) : [block];
}

const linesIn = (text: string, { start, end }: Block): Line[] =>
  [...linesOf(text.slice(start, end))].map((line) => ({
    text: line.text,
    start: line.start + start,
    end: line.end + start,
  }));

/** The cells of the header of a table in Markdown or of one that is drawn. */
function headerOf(lines: readonly Line[]): { header?: string } {
  const first = lines.findIndex((line) => !GRID.test(line.text));
  const [header, next] = [lines[first]?.text ?? '', lines[first + 1]?.text ?? ''];
  if (!(isDelimiterRow(next) || (GRID.test(next) && first > 0))) return {};
  return named(header.split(/(?<!\\)\|/));
}

function named(cells: readonly string[]): { header?: string } {
  const header = cells
    .map((cell) => cell.trim())
    .filter(Boolean)
    .join(' | ');
  return header === '' || header.length > LONGEST_HEADER ? {} : { header };
}

const cellsIn = (line: string): string[] => line.trim().split(GAP);

/** Runs of lines with gaps are tables, the lines around them stay text. */
function parted(text: string, block: Block): Block[] {
  const lines = linesIn(text, block);
  const blocks: Block[] = [];
  let from = 0;
  const addText = (to: number) => {
    const [first, last] = [lines[from], lines[to - 1]];
    if (first && last && to > from) blocks.push({ ...block, start: first.start, end: last.end });
  };
  for (let at = 0; at < lines.length; ) {
    const end = tableEnd(lines, at);
    if (end - at < LEAST_ROWS) {
      at = Math.max(at + 1, end);
      continue;
    }
    addText(at);
    const rows = lines.slice(at, end);
    blocks.push({
      ...block,
      kind: 'lines',
      start: rows[0]?.start ?? 0,
      end: rows.at(-1)?.end ?? 0,
      ...gappedHeader(rows),
    });
    at = end;
    from = end;
  }
  addText(lines.length);
  return blocks.length === 0 ? [block] : blocks;
}

/** The end of the rows that begin at this line. The line itself if it has no gap, or if the rows differ too much. */
function tableEnd(lines: readonly Line[], start: number): number {
  let end = start;
  while (end < lines.length && isGapped(lines[end]?.text ?? '')) end += 1;
  const counts = lines.slice(start, end).map((line) => cellsIn(line.text).length);
  const usual = counts.toSorted((a, b) => a - b)[Math.floor(counts.length / 2)] ?? 0;
  const regular = counts.filter((count) => Math.abs(count - usual) <= 1).length;
  return regular >= REGULAR * counts.length ? end : start;
}

const isGapped = (line: string): boolean =>
  line.length < 1_000 && (cellsIn(line).length > 1 || (UNDERLINE.test(line) && line.trim().length > 2));

/** The first row, where it is underlined, or has no figures and the others have. */
function gappedHeader(rows: readonly Line[]): { header?: string } {
  const [first, second] = rows;
  if (!first || !second) return {};
  const isUnderlined = UNDERLINE.test(second.text);
  const hasFigures = rows.slice(1).some(({ text }) => cellsIn(text).some((cell) => /^[\p{Sc}\s+-]?\d/u.test(cell)));
  return isUnderlined || (hasFigures && !/\d/.test(first.text)) ? named(cellsIn(first.text)) : {};
}
