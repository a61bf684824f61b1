import type { Block } from './block.ts';
import type { Line } from './lines.ts';

/** UTF-16 code units; a longer line is no heading. */
const LONGEST = 80;
/** This many consecutive headings without text between them are a table of contents. */
const CONTENTS = 4;
/** The share of indented lines above which unindented ones are headings, as in RFCs and manual pages. */
const HANGING = 0.6;

const PART = 1;
const CHAPTER = 2;
const SECTION = 3;
/** 第一回, 第3章, 第二节: what they count, and how deep it lies. */
const COUNTED = /^第\s*[一二三四五六七八九十百千零〇○两\d]{1,9}\s*(?:([卷部篇集编])|[回章]|(节))/;
const AROUND_CHAPTERS = /^(?:楔子|序|序[言章幕]|自序|前言|引[子言]|后记|尾声|附录|番外|跋)(?:\s.{1,40})?$/;
const CHAPTER_NAME =
  /^(?:(BOOK|PART|ACT)|CHAPTER|SCENE) +(?:\d{1,3}|[IVXLC]{1,8}|one|two|three|four|five|six|seven|eight|nine|ten)\b(?:[.:—–-]? .*|\.?)$/i;
/** 4.2.9. Title, A.1. Title, Appendix B. Title, IV. Title */
const NUMBERED =
  /^(?:Appendix ([A-Z])|[IVX]{1,5}(?=\.)|(\d{1,2}(?:\.\d{1,2}){0,4})|([A-Z](?:\.\d{1,2}){1,3}))[.:]?\s{1,4}[\p{Lu}\p{Script=Han}"“]/u;
const LISTED = /^(?:([一二三四五六七八九十]{1,3})、|[（(][一二三四五六七八九十]{1,3}[)）])\s*\S/;
/** Marks of a sentence that a title lacks; leaders, and a page number after a gap. */
const NO_TITLE = /[。！？；，]|[.!?,;:：…]$|\.{3}|(?:\. ){3}|\s{3}\S+$/;

/**
 * The headings of a text that marks none: chapters of a novel, numbered sections, and lines that hang out of a text that is set in.
 * Entries of a table of contents are none. `linesIn` gives the lines of a block.
 */
export function withPlainHeadings(
  text: string,
  blocks: readonly Block[],
  linesIn: (block: Block) => readonly Line[],
): Block[] {
  const hanging = isHanging(text);
  const pieces: Block[] = [];
  for (const [place, block] of blocks.entries()) {
    if (block.kind !== 'text') {
      pieces.push(block);
      continue;
    }
    const lines = linesIn(block);
    const alone = lines.length === 1;
    const above = alone && hanging && isSetIn(text, blocks[place + 1]);
    let isOpen = false;
    for (const line of lines) {
      const level = levelOf(text, line, alone, above);
      const open = isOpen ? pieces.pop() : undefined;
      if (open && level > 0) pieces.push(open);
      pieces.push({
        start: level === 0 && open ? open.start : line.start,
        end: line.end,
        kind: level > 0 ? 'heading' : 'text',
        level,
      });
      isOpen = level === 0;
    }
  }
  const kept = withoutContents(text, pieces);
  return kept.filter(({ kind }) => kind === 'heading').length > 1 ? kept : [...blocks];
}

/** 0 for no heading. Numbers and hanging lines count only where the line stands alone and is not set in. */
function levelOf(text: string, line: Line, alone: boolean, above: boolean): number {
  const title = text.slice(line.start, line.end);
  if (title.length > LONGEST || NO_TITLE.test(title)) return CHAPTER_NAME.test(title) && alone ? CHAPTER : 0;
  const counted = COUNTED.exec(title);
  if (counted) return counted[1] ? PART : counted[2] ? SECTION : CHAPTER;
  if (!alone) return 0;
  if (AROUND_CHAPTERS.test(title)) return CHAPTER;
  const named = CHAPTER_NAME.exec(title);
  if (named) return named[1] ? PART : CHAPTER;
  if (isIndented(text, line)) return 0;
  const numbered = NUMBERED.exec(title);
  if (numbered) return (numbered[2] ?? numbered[3])?.split('.').length ?? PART;
  const listed = LISTED.exec(title);
  if (listed) return listed[1] ? CHAPTER : SECTION;
  return above && /^\p{Lu}/u.test(title) ? PART : 0;
}

const isIndented = (text: string, { start }: { readonly start: number }): boolean =>
  /[^\n]/.test(text[start - 1] ?? '\n');
const isSetIn = (text: string, block: Block | undefined): boolean =>
  block?.kind === 'text' && /^ {2}$/.test(text.slice(Math.max(0, block.start - 2), block.start));

function isHanging(text: string): boolean {
  const all = text.match(/^.*\S/gm)?.length ?? 0;
  return (text.match(/^ {2,}\S/gm)?.length ?? 0) > HANGING * all;
}

/** A heading with nothing under it is text; of a long row, all but the last that were named before are contents. */
function withoutContents(text: string, blocks: readonly Block[]): Block[] {
  const kept = [...blocks];
  for (let from = 0; from < kept.length; ) {
    let to = from;
    while (kept[to]?.kind === 'heading') to += 1;
    for (const place of contentsIn(text, kept.slice(from, to), to === kept.length))
      kept[from + place] = { ...(kept[from + place] as Block), kind: 'text', level: 0 };
    from = to + 1;
  }
  return kept;
}

/** Which places of a row of headings are none. */
function contentsIn(text: string, row: readonly Block[], isLast: boolean): number[] {
  const places = [...row.keys()];
  if (row.length >= CONTENTS) {
    const seen = new Set<string>();
    const repeated = row.map((block) => {
      const title = text.slice(block.start, block.end).replace(/\s+/g, '');
      return seen.has(title) || !seen.add(title);
    });
    return places.slice(0, repeated.findLastIndex((again) => !again) + 1);
  }
  return places.filter((place) => {
    const next = row[place + 1];
    return next ? next.level <= (row[place] as Block).level : isLast;
  });
}
