import type { PassageDraft } from '#core/ports/store.ts';
import { sentences } from '#core/sentences.ts';
import type { Span } from '#core/turn.ts';

/** UTF-16 code units that a passage should have at most. */
const TARGET = 1_000;
/** A sentence, table row or line of code up to this long stays whole. */
const MOST = 1_500;

interface Block extends Span {
  readonly kind: 'heading' | 'text' | 'lines';
  /** Of a heading: 1..6. */
  readonly level: number;
}

/**
 * Cuts a text by its structure (headings, blank lines, fenced code, tables) and whole sentences into passages of about 1,000
 * UTF-16 code units without overlap; a heading begins a new one and stays with what follows it. What is longer than 1,500 and
 * has no sentence's end is cut at a space, or at worst between two characters, never within one.
 */
export function split(text: string): PassageDraft[] {
  const drafts: PassageDraft[] = [];
  const path: { readonly level: number; readonly title: string }[] = [];
  let current: { start: number; end: number } | undefined;

  const close = () => {
    if (current) {
      const cut = text.slice(current.start, current.end);
      drafts.push({ ...current, text: cut, heading: path.map(({ title }) => title).join(' > ') || null });
    }
    current = undefined;
  };

  for (const block of blocksOf(text)) {
    if (block.kind === 'heading') {
      close();
      const title = text.slice(block.start, block.end).replace(/^[#\s]+|[#\s]+$/g, '');
      while ((path.at(-1)?.level ?? 0) >= block.level) path.pop();
      path.push({ level: block.level, title: title.slice(0, 200) });
      current = { start: block.start, end: block.end };
      continue;
    }
    for (const { start, end } of unitsOf(text, block, current?.start)) {
      if (current && end - current.start > TARGET) close();
      if (current) current.end = end;
      else current = { start, end };
    }
  }
  close();
  return drafts;
}

/** What must not be cut if it can be helped: the block itself where it fits, else its sentences or lines. */
function unitsOf(text: string, block: Block, from: number | undefined): Span[] {
  if (block.end - (from ?? block.start) <= TARGET || block.end - block.start <= TARGET) return [block];
  const piece = text.slice(block.start, block.end);
  const units = block.kind === 'lines' ? linesOf(piece) : sentences(piece);
  return units
    .map(({ start, end }) => ({ start: start + block.start, end: end + block.start }))
    .flatMap((unit) => (unit.end - unit.start > MOST ? forced(text, unit) : [unit]));
}

function forced(text: string, { start, end }: Span): Span[] {
  const pieces: Span[] = [];
  let from = start;
  while (end - from > MOST) {
    const space = text.slice(from + TARGET / 2, from + TARGET).search(/\s\S*$/);
    let to = space >= 0 ? from + TARGET / 2 + space + 1 : from + TARGET;
    if (isLowSurrogate(text.charCodeAt(to))) to -= 1;
    pieces.push({ start: from, end: to });
    from = to;
  }
  pieces.push({ start: from, end });
  return pieces;
}

const isLowSurrogate = (unit: number): boolean => unit >= 0xdc00 && unit <= 0xdfff;

function linesOf(text: string): Span[] {
  return [...text.matchAll(/[^\n]*\S[^\n]*/g)].map(({ index, 0: line }) => ({
    start: index,
    end: index + line.length,
  }));
}

const FENCE = /^\s{0,3}(```|~~~)/;
const HEADING = /^\s{0,3}(#{1,6})\s+\S/;
const TABLE_ROW = /^\s*\|.*\|\s*$/;

/** Headings, paragraphs, tables and fenced code, in order; white space around them belongs to none. */
function blocksOf(text: string): Block[] {
  const blocks: Block[] = [];
  let open: { start: number; end: number; kind: Block['kind'] } | undefined;
  let fence: string | undefined;
  const close = () => {
    if (open) blocks.push({ ...open, level: 0 });
    open = undefined;
  };
  const extend = (line: Span, kind: Block['kind']) => {
    if (open && open.kind !== kind) close();
    if (open) open.end = line.end;
    else open = { ...line, kind };
  };

  for (const { index, 0: raw } of text.matchAll(/[^\n]+|\n/g)) {
    if (raw === '\n') continue;
    const line = { start: index, end: index + raw.trimEnd().length };
    const mark = FENCE.exec(raw)?.[1];
    if (fence !== undefined || mark !== undefined) {
      if (fence === undefined) close();
      extend(line, 'lines');
      if (mark !== undefined) fence = fence === undefined ? mark : mark === fence ? undefined : fence;
      if (fence === undefined) close();
    } else if (raw.trim() === '' || text[index - 1] === undefined) {
      close();
      if (raw.trim() !== '') begin(raw, line);
    } else begin(raw, line);
    if (fence === undefined && text.startsWith('\n\n', index + raw.length)) close();
  }
  close();
  return blocks;

  function begin(raw: string, line: Span): void {
    const heading = HEADING.exec(raw)?.[1];
    if (heading === undefined) extend(trimmedStart(raw, line), TABLE_ROW.test(raw) ? 'lines' : 'text');
    else {
      close();
      blocks.push({ ...trimmedStart(raw, line), kind: 'heading', level: heading.length });
    }
  }
}

const trimmedStart = (raw: string, { start, end }: Span): Span => ({
  start: start + (raw.length - raw.trimStart().length),
  end,
});
