import { trimmedOf } from '#core/text/characters.ts';
import type { Span } from '#core/turn.ts';
import type { Block } from './block.ts';
import { type Line, linesOf } from './lines.ts';
import { withPlainHeadings } from './plain-headings.ts';
import { isDelimiterRow, isTableLine } from './tables.ts';

/** Markdown's fences, headings with # or underlined, table rows with a pipe at both ends; wiki's == headings ==. */
const FENCE = /^ {0,3}(`{3,}|~{3,})/;
const HEADING = /^ {0,3}(#{1,6})[ \t]+\S/;
const WIKI_HEADING = /^ {0,3}(={2,6}) [^=]+ \1$/;
const UNDERLINE = /^ {0,3}(?:={3,}|-{3,})$/;
/** UTF-16 code units; a longer line is no heading. */
const LONGEST_HEADING = 200;

/** Headings, paragraphs, tables and fenced code of a text, in order; its plain headings where it marks none. */
export function blocksOf(text: string): Block[] {
  const blocks = markedBlocks(text);
  if (blocks.some(({ kind }) => kind === 'heading')) return blocks;
  return withPlainHeadings(text, blocks, ({ start, end }) =>
    [...linesOf(text.slice(start, end))].map((line) => ({ ...line, start: line.start + start, end: line.end + start })),
  );
}

function markedBlocks(text: string): Block[] {
  const blocks: Block[] = [];
  let open: { start: number; end: number; kind: 'text' | 'lines' } | undefined;
  let fence: string | undefined;
  let before: Line | undefined;
  /** True within a table whose rows need no bars at their ends. */
  let inTable = false;
  const close = () => {
    if (open) blocks.push({ ...open, level: 0 });
    open = undefined;
    inTable = false;
  };
  /** The line before names the columns of the table that this row of dashes begins. */
  const beginTable = (header: Line, line: Line) => {
    const last = open;
    open = undefined;
    if (last && last.start < header.start) blocks.push({ ...last, end: endBefore(text, header.start), level: 0 });
    open = { start: header.start, end: line.end, kind: 'lines' };
    inTable = true;
  };
  const extend = (line: Line, kind: 'text' | 'lines') => {
    if (open?.kind !== kind) close();
    if (open) open.end = line.end;
    else open = { start: line.start, end: line.end, kind };
  };

  for (const line of linesOf(text)) {
    const mark = FENCE.exec(line.text)?.[1];
    if (fence !== undefined) {
      if (line.text !== '') extend(line, 'lines');
      if (mark === undefined || !mark.startsWith(fence)) continue;
      fence = undefined;
      close();
    } else if (mark !== undefined) {
      close();
      fence = mark;
      extend(line, 'lines');
    } else if (line.text === '') close();
    else if (open?.kind === 'text' && UNDERLINE.test(line.text) && isOneLine(text, open)) {
      blocks.push({ start: open.start, end: line.end, kind: 'heading', level: line.text.includes('=') ? 1 : 2 });
      open = undefined;
    } else if (open?.kind === 'text' && before?.text.includes('|') && isDelimiterRow(line.text))
      beginTable(before, line);
    else {
      const level = headingLevel(line.text);
      if (level === 0) {
        const isRow = isTableLine(line.text) || (inTable && line.text.includes('|'));
        if (!isRow) inTable = false;
        extend(line, isRow ? 'lines' : 'text');
      } else {
        close();
        blocks.push({ start: line.start, end: line.end, kind: 'heading', level });
      }
    }
    before = line;
  }
  close();
  return blocks;
}

function endBefore(text: string, place: number): number {
  let end = place;
  while (end > 0 && /\s/.test(text[end - 1] as string)) end -= 1;
  return end;
}

/** The text of a heading without its marks. */
export const titleOf = (heading: string): string =>
  trimmedOf(heading.split('\n', 1)[0] ?? '', /[\s#=]/).slice(0, LONGEST_HEADING);

function headingLevel(line: string): number {
  if (line.length > LONGEST_HEADING) return 0;
  return (HEADING.exec(line) ?? WIKI_HEADING.exec(line))?.[1]?.length ?? 0;
}

const isOneLine = (text: string, { start, end }: Span): boolean =>
  end - start <= LONGEST_HEADING && !text.slice(start, end).includes('\n');
