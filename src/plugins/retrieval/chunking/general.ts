import type { PassageDraft } from '#core/ports/store.ts';
import { betweenCharacters } from '#core/text/characters.ts';
import { sentences } from '#core/text/sentences.ts';
import type { Span } from '#core/turn.ts';
import type { Block } from './block.ts';
import { blocksOf, titleOf } from './blocks.ts';
import { contentsIn } from './contents.ts';
import { linesOf } from './lines.ts';
import { withTables } from './tables.ts';

/** UTF-16 code units that a passage has at most, where no single unit is longer. */
const TARGET = 1_100;
/** A passage this long is closed rather than a paragraph cut that would fit into the next one. */
const ENOUGH = 750;
/** A sentence, a table or fenced code up to this long stays whole. */
const MOST = 1_500;

/**
 * Cuts a text by its structure (headings, blank lines, fenced code, tables) and whole sentences into passages of at most 1,100
 * UTF-16 code units without overlap; a heading begins a new one and stays with what follows it. What is longer than 1,500 and
 * has no sentence's end is cut at a space, or at worst between two characters, never within one. Tables of contents are in none. The
 * heading of a passage that begins within a table ends with the names of its columns.
 */
export function split(text: string): PassageDraft[] {
  const blocks = blocksOf(text);
  const left = leftOf(text, blocks, contentsIn(text, blocks));
  return inPassages(
    text,
    left.flatMap((block) => (block ? withTables(text, block) : [null])),
  );
}

/** The blocks without `spans`; null for a block that is all within them. */
function leftOf(text: string, blocks: readonly Block[], spans: readonly Span[]): (Block | null)[] {
  let next = 0;
  return blocks.flatMap((block) => {
    const left: (Block | null)[] = [];
    let from = block.start;
    for (; next < spans.length && (spans[next] as Span).start < block.end; next += 1) {
      const { start, end } = spans[next] as Span;
      left.push(...trimmed(text, { ...block, start: from, end: start }), null);
      from = Math.max(from, end);
      if (end >= block.end) break;
    }
    return from < block.end ? [...left, ...trimmed(text, { ...block, start: from })] : left;
  });
}

function trimmed(text: string, block: Block): Block[] {
  const piece = text.slice(block.start, block.end);
  const start = block.start + piece.length - piece.trimStart().length;
  const end = block.start + piece.trimEnd().length;
  return start < end ? [{ ...block, start, end }] : [];
}

function inPassages(text: string, blocks: readonly (Block | null)[]): PassageDraft[] {
  const drafts: PassageDraft[] = [];
  const path: { readonly level: number; readonly title: string }[] = [];
  let current: { start: number; end: number; onlyHeadings: boolean; header?: string | undefined } | undefined;

  const close = () => {
    if (!current) return;
    const { start, end, header } = current;
    drafts.push({
      start,
      end,
      text: text.slice(start, end),
      heading: [...path.map(({ title }) => title), ...(header ? [header] : [])].join(' > ') || null,
    });
    current = undefined;
  };

  for (const block of blocks) {
    if (block === null) {
      close();
      continue;
    }
    if (block.kind === 'heading') {
      if (!current?.onlyHeadings || block.end - current.start > TARGET) close();
      while ((path.at(-1)?.level ?? 0) >= block.level) path.pop();
      path.push({ level: block.level, title: titleOf(text.slice(block.start, block.end)) });
      current = { start: current?.start ?? block.start, end: block.end, onlyHeadings: true };
      continue;
    }
    for (const { start, end } of unitsOf(text, block, current?.start ?? block.start)) {
      if (current && !current.onlyHeadings && end - current.start > TARGET) close();
      // A passage that begins within a table tells its columns' names in its heading.
      const header = current || start === block.start ? current?.header : block.header;
      current = { start: current?.start ?? start, end, onlyHeadings: false, header };
    }
  }
  close();
  return drafts;
}

/** The units that should not be cut: the block itself if it may stay whole, otherwise its sentences or lines. */
function unitsOf(text: string, block: Block, from: number): Span[] {
  if (staysWhole(block, from)) return [block];
  const piece = text.slice(block.start, block.end);
  const units = block.kind === 'lines' ? [...linesOf(piece)].filter((line) => line.text !== '') : sentences(piece);
  return units.flatMap(({ start, end }) => pieces(text, { start: start + block.start, end: end + block.start }));
}

/** True if the block fits into the passage that begins at `from`; or if it fits into its own passage and that one is full enough to close. */
function staysWhole({ kind, start, end }: Block, from: number): boolean {
  if (end - from <= TARGET) return true;
  if (kind === 'lines') return end - start <= MOST;
  return end - start <= TARGET && start - from >= ENOUGH;
}

/** The unit whole, or where it is too long for that, cut at spaces. */
function pieces(text: string, { start, end }: Span): Span[] {
  const cut: Span[] = [];
  let from = start;
  while (end - from > MOST) {
    const to = cutBefore(text, from + TARGET);
    cut.push({ start: from, end: to });
    from = to;
    while (from < end && /\s/.test(text[from] as string)) from += 1;
  }
  if (from < end) cut.push({ start: from, end });
  return cut;
}

/** Possible ends of a sentence without a capital letter after them, for texts without capitals. */
const WEAK_END = /[.!?;。！？；]["'”’」』)\]]*\s/g;

/** The last weak end of a sentence in the half passage before `place`, else the last space; else `place`, or one before it within a pair. */
function cutBefore(text: string, place: number): number {
  const from = place - TARGET / 2;
  const weak = [...text.slice(from, place + 1).matchAll(WEAK_END)].at(-1);
  if (weak) return from + weak.index + weak[0].length - 1;
  for (let space = place; space > from; space -= 1) if (/\s/.test(text[space] as string)) return space;
  return betweenCharacters(text, place);
}
