import { type Joint, jointOf, wordsIn } from './hyphens.ts';
import { endsEarly } from './pdf-breaks.ts';
import { codeAt, codeText, withCode } from './pdf-code.ts';
import type { PdfLine } from './pdf-lines.ts';
import { DIAGONAL } from './pdf-runs.ts';
import { tableAt } from './pdf-table.ts';
import { withoutRunningLines } from './running-lines.ts';

/** A heading's characters are larger than the body's by this much. */
const LARGER = 1.15;
const LONGEST_HEADING = 200;
const WIDE = /[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef\u3000-\u303f]/;

interface Block {
  text: string;
  /** `rows`: lines of several cells, each a block of its own. */
  readonly kind: 'text' | 'code' | 'table' | 'rows';
  readonly level: number;
  last: PdfLine;
}

/** Properties of the whole document. */
interface Known {
  readonly levels: ReadonlyMap<number, number>;
  readonly words: ReadonlySet<string>;
}

/** Lines of pages to text with headings and paragraphs, and where each page begins in it. */
export function pdfText(pages: readonly (readonly PdfLine[])[]): { text: string; pages: number[] } {
  const kept = withCode(
    withoutRunningLines(withoutWatermarks(pages), ({ cells, bottom }) => ({
      text: cells.map(({ text }) => text).join('\t'),
      place: bottom,
    })),
  );
  const known = { levels: headingLevels(kept.flat()), words: wordsIn(kept.flat().map((line) => line.text)) };
  let text = '';
  const starts: number[] = [];
  let open: Block | undefined;
  for (const lines of kept) {
    const blocks = blocksOf(lines, known);
    const [first] = blocks;
    const joined = first && open ? continued(open, first, known) : undefined;
    if (joined !== undefined && first) {
      text = joined.cut ? text.slice(0, -1) : text;
      text += joined.between;
      starts.push(text.length);
      text += first.text;
      blocks.shift();
      for (const block of blocks) text += `\n\n${marked(block)}`;
      open = blocks.at(-1) ?? first;
      continue;
    }
    const before = text === '' || blocks.length === 0 ? '' : '\n\n';
    text += before;
    starts.push(text.length);
    text += blocks.map(marked).join('\n\n');
    open = blocks.at(-1) ?? open;
  }
  return { text, pages: starts };
}

/** A text across the page is read on its first page alone. */
function withoutWatermarks(pages: readonly (readonly PdfLine[])[]): readonly (readonly PdfLine[])[] {
  const seen = new Set<string>();
  return pages.map((lines) => {
    const kept = lines.filter(({ turn, text }) => turn !== DIAGONAL || !seen.has(text));
    for (const { turn, text } of lines) if (turn === DIAGONAL && /\p{L}{3}/u.test(text)) seen.add(text);
    return kept;
  });
}

/** Text that Markdown would read as a heading or a fence. */
const MARK = /^(?=#{1,6}\s|`{3}|~{3})/;

const marked = ({ level, text, kind }: Block): string =>
  level > 0 ? `${'#'.repeat(level)} ${text}` : kind === 'text' ? text.replace(MARK, '\\') : text;

/** Joins a paragraph with its continuation on the next page, if it does not end with the end of a sentence. */
function continued(open: Block, next: Block, known: Known): Joint | undefined {
  if (open.level > 0 || next.level > 0 || open.kind !== 'text' || next.kind !== 'text' || isListItem(next.text))
    return undefined;
  if (Math.abs(open.last.size - next.last.size) > 1 || /[.!?。！？：:;；”"』」]/.test(open.text.slice(-1)))
    return undefined;
  if (!/^[\p{Ll}\d(]/u.test(next.text) && !(WIDE.test(open.text.slice(-1)) && WIDE.test(next.text.slice(0, 1))))
    return undefined;
  return jointOf(open.text, next.text, known.words);
}

const isListItem = (text: string): boolean =>
  /^([•◦▪●○■–*-]|\(?\d{1,3}[.)、]|\([a-z]\)|[（(][一二三四五六七八九十]+[)）])\s?/.test(text);

function blocksOf(lines: readonly PdfLine[], known: Known): Block[] {
  const blocks: Block[] = [];
  const step = usualStep(lines);
  const isBroken = endsEarly(lines);
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] as PdfLine;
    const whole = codeBlock(lines, index) ?? tableBlock(lines, index, known.words);
    if (whole) {
      index += whole.length - 1;
      blocks.push(whole.block);
      continue;
    }
    const level = levelOf(line, known.levels);
    const block = blocks.at(-1);
    const isRow = level === 0 && isParted(line);
    if (isRow && block?.kind === 'rows' && isBelow(block.last, line)) {
      block.text += `\n${line.text}`;
      block.last = line;
    } else if (block && !isRow && !beginsBlock(block, line, lines[index + 1], level, step)) {
      const { between, cut } =
        (isField(block.last.text) && isField(line.text)) ||
        /^[☐☑☒] ?[\p{L}\p{N}]/u.test(line.text) ||
        (isTotal(block.last.text) && isTotal(line.text)) ||
        (level === 0 && isBroken(block.last, line))
          ? ON_LINES
          : jointOf(block.text, line.text, known.words);
      block.text = (cut ? block.text.slice(0, -1) : block.text) + between + line.text;
      block.last = line;
    } else blocks.push({ text: line.text, level, kind: isRow ? 'rows' : 'text', last: line });
  }
  return blocks;
}

/** A name with a colon and a value. Two such lines, one below the other, are no sentence. */
const isField = (text: string): boolean =>
  /^(?=[^:：]{0,30}\p{L})[^\s:：]{1,16}(?: [^\s:：]{1,16}){0,3} ?[:：]\s?\S/u.test(text);
/** A name and its amount, as sums stand below a table. */
const isTotal = (text: string): boolean =>
  /^\p{L}[^.!?:]{1,40} [-+−]?\p{Sc}?\d[\d.,]{0,15}(?: ?(?:\p{Sc}|[A-Z]{3}))?$/u.test(text);
const ON_LINES: Joint = { between: '\n', cut: false };

const levelOf = ({ text, size, turn }: PdfLine, levels: ReadonlyMap<number, number>): number =>
  turn !== DIAGONAL && text.length <= LONGEST_HEADING && /\p{L}/u.test(text) && !/^[•◦▪●○■–]\s/.test(text)
    ? (levels.get(rounded(size)) ?? 0)
    : 0;

/** White space in a line, in the size of its letters, over which it is no line of a paragraph. */
const PARTED = 2.5;
/** Dots that lead from a name to its page or its price. */
const LEADERS = /(?:[.…·_] ?){5,}[^…·_]{0,20}$/;
const isParted = ({ cells, size, text }: PdfLine): boolean =>
  LEADERS.test(text.slice(-60)) ||
  cells.some(({ left, right }, place) => {
    const next = cells[place + 1];
    return next !== undefined && Math.max(next.left - right, left - next.right) > PARTED * size;
  });

const isBelow = (above: PdfLine, line: PdfLine): boolean =>
  above.turn === line.turn && above.bottom - line.bottom > 0 && above.bottom - line.bottom < line.size * 2.2;

function codeBlock(lines: readonly PdfLine[], index: number): { block: Block; length: number } | undefined {
  const code = codeAt(lines, index);
  const last = code.at(-1);
  return last && { block: { text: codeText(code), level: 0, kind: 'code', last }, length: code.length };
}

function tableBlock(
  lines: readonly PdfLine[],
  index: number,
  words: ReadonlySet<string>,
): { block: Block; length: number } | undefined {
  const table = tableAt(lines, index, words);
  return table && { block: { text: table.text, level: 0, kind: 'table', last: table.last }, length: table.length };
}

function beginsBlock(block: Block, line: PdfLine, next: PdfLine | undefined, level: number, step: number): boolean {
  const { last } = block;
  if (block.kind !== 'text' || level !== block.level || last.turn !== line.turn) return true;
  const down = last.bottom - line.bottom;
  if (level > 0) return down > line.size * 2.2 || down < -line.size;
  if (isListItem(line.text)) return true;
  if (down > Math.max(step * 1.35, line.size * 1.2) || Math.abs(line.size - last.size) > 1.5) return true;
  // Another column or a side note: the same paragraph only if the sentence continues.
  if (down < -line.size) return /[.!?。！？:：]/.test(block.text.slice(-1)) || /^\p{Lu}/u.test(line.text);
  // A first line is set in; the one after it is not.
  const indented =
    line.left - last.left > line.size * 0.8 &&
    (!next || line.left - next.left > line.size * 0.8 || next.left === line.left);
  return indented && /[.!?。！？：:”"』」)]/.test(block.text.slice(-1));
}

/** The distance between lines that most of a page's lines keep. */
function usualStep(lines: readonly PdfLine[]): number {
  const steps = new Map<number, number>();
  for (const [index, line] of lines.entries()) {
    const down = Math.round(((lines[index - 1]?.bottom ?? 0) - line.bottom) * 2) / 2;
    if (index > 0 && down > line.size * 0.5) steps.set(down, (steps.get(down) ?? 0) + 1);
  }
  const most = Math.max(0, ...steps.values());
  const usual = [...steps].filter(([, times]) => times === most).map(([down]) => down);
  return usual.length > 0 ? Math.min(...usual) : 0;
}

const rounded = (size: number): number => Math.round(size * 2) / 2;

/** Sizes of characters that are larger than the body's, the largest first: 1 to 4. A size that fills pages is no heading's. */
function headingLevels(lines: readonly PdfLine[]): ReadonlyMap<number, number> {
  const characters = new Map<number, number>();
  let all = 0;
  for (const { size, text } of lines) {
    characters.set(rounded(size), (characters.get(rounded(size)) ?? 0) + text.length);
    all += text.length;
  }
  const body = [...characters].sort((a, b) => b[1] - a[1])[0]?.[0] ?? 0;
  const sizes = [...characters]
    .filter(([size, share]) => size > body * LARGER && share < all * 0.2)
    .map(([size]) => size);
  const ranked = sizes.sort((a, b) => b - a);
  // Sizes next to each other are one level: scans and conversions are never exact.
  const levels = new Map<number, number>();
  let level = 0;
  let before = Number.POSITIVE_INFINITY;
  for (const size of ranked) {
    if (size < before * 0.93) level += 1;
    before = size;
    levels.set(size, Math.min(4, Math.max(1, level)));
  }
  return levels;
}
