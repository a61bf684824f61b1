import { codeAt, codeText, withCode } from './pdf-code.ts';
import type { PdfLine } from './pdf-lines.ts';
import { withoutRunningLines } from './running-lines.ts';

/** A heading's characters are larger than the body's by this much. */
const LARGER = 1.15;
const LONGEST_HEADING = 200;
const WIDE = /[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef\u3000-\u303f]/;

interface Block {
  text: string;
  readonly level: number;
  readonly isCode: boolean;
  last: PdfLine;
}

/** Lines of pages to text with headings and paragraphs, and where each page begins in it. */
export function pdfText(pages: readonly (readonly PdfLine[])[]): { text: string; pages: number[] } {
  const kept = withCode(withoutRunningLines(pages, ({ text }) => text));
  const levels = headingLevels(kept.flat());
  let text = '';
  const starts: number[] = [];
  let open: Block | undefined;
  for (const lines of kept) {
    const blocks = blocksOf(lines, levels);
    const [first] = blocks;
    const joined = first && open ? continued(open, first) : undefined;
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

/** What would be a heading or a fence in Markdown is none here. */
const MARK = /^(?=#{1,6}\s|`{3}|~{3})/;

const marked = ({ level, text, isCode }: Block): string =>
  level > 0 ? `${'#'.repeat(level)} ${text}` : isCode ? text : text.replace(MARK, '\\');

/** A paragraph that goes on from the page before: its end is no sentence's end. */
function continued(open: Block, next: Block): { between: string; cut: boolean } | undefined {
  if (open.level > 0 || next.level > 0 || open.isCode || next.isCode || isListItem(next.text)) return undefined;
  if (Math.abs(open.last.size - next.last.size) > 1 || /[.!?。！？：:;；”"』」]$/.test(open.text)) return undefined;
  if (!/^[\p{Ll}\d(]/u.test(next.text) && !(WIDE.test(open.text.slice(-1)) && WIDE.test(next.text.slice(0, 1))))
    return undefined;
  return seam(open.text, next.text);
}

/** How two lines of one paragraph meet: a hyphen at a line's end is left out where the word goes on, and wide characters need no space. */
function seam(before: string, after: string): { between: string; cut: boolean } {
  if (/\p{L}[-\u2010\u00ad]$/u.test(before) && /^\p{Ll}/u.test(after)) return { between: '', cut: true };
  const wide = WIDE.test(before.slice(-1)) && WIDE.test(after.slice(0, 1));
  return { between: wide ? '' : ' ', cut: false };
}

const isListItem = (text: string): boolean =>
  /^([•◦▪●○■–*-]|\(?\d{1,3}[.)、]|\([a-z]\)|[（(][一二三四五六七八九十]+[)）])\s?/.test(text);

function blocksOf(lines: readonly PdfLine[], levels: ReadonlyMap<number, number>): Block[] {
  const blocks: Block[] = [];
  const step = usualStep(lines);
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] as PdfLine;
    const code = codeAt(lines, index);
    if (code.length > 0) {
      index += code.length - 1;
      blocks.push({ text: codeText(code), level: 0, isCode: true, last: code.at(-1) as PdfLine });
      continue;
    }
    const level =
      line.text.length <= LONGEST_HEADING && /\p{L}/u.test(line.text) ? (levels.get(rounded(line.size)) ?? 0) : 0;
    const block = blocks.at(-1);
    if (block && !beginsBlock(block, line, lines[index + 1], level, step)) {
      const { between, cut } = seam(block.text, line.text);
      block.text = (cut ? block.text.slice(0, -1) : block.text) + between + line.text;
      block.last = line;
    } else blocks.push({ text: line.text, level, isCode: false, last: line });
  }
  return blocks;
}

function beginsBlock(block: Block, line: PdfLine, next: PdfLine | undefined, level: number, step: number): boolean {
  const { last } = block;
  if (block.isCode || level !== block.level) return true;
  const down = last.bottom - line.bottom;
  if (level > 0) return down > line.size * 2.2 || down < -line.size;
  if (isListItem(line.text)) return true;
  if (down > Math.max(step * 1.35, line.size * 1.2) || Math.abs(line.size - last.size) > 1.5) return true;
  // Another column or a side note: the same paragraph only where the sentence goes on.
  if (down < -line.size) return /[.!?。！？:：]$/.test(block.text) || /^\p{Lu}/u.test(line.text);
  // A first line is set in; the one after it is not.
  const indented =
    line.left - last.left > line.size * 0.8 &&
    (!next || line.left - next.left > line.size * 0.8 || next.left === line.left);
  return indented && /[.!?。！？：:”"』」)]$/.test(block.text);
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
