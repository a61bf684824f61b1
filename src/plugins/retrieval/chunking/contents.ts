import { trimmedEnd } from '#core/text/characters.ts';
import { hasLeaders } from '#core/text/statements.ts';
import type { Span } from '#core/turn.ts';
import type { Block } from './block.ts';
import { linesOf } from './lines.ts';

/** This many consecutive entries are a table of contents. Half of them must name a heading of the text. */
const LEAST_ENTRIES = 4;
const LEAST_NAMED = 0.5;
/** UTF-16 code units; a longer line is no entry, and no part of one. */
const LONGEST = 160;
const ANNOUNCED = /^(?:table of )?contents$|^目\s*[录錄次]$/i;
/** A Markdown link to a heading of the same text. */
const LINK = /^\[([^\]]{1,160})\]\(#[^)]{0,160}\)$/;
const LED_PAGE = /(?<=[.…·\s])(?:\d{1,4}|[ivxlc]{1,7})$/i;
const LEADER = /[\s.…·]/;
const PAGE = /\s\d{1,4}$/;
const NUMBERING =
  /^(?:(?:chapter|appendix|section|part|book) +)?(?:\d{1,3}(?:\.\d{1,3}){0,5}[.:)、]?|[ivxlc]{1,7}[.:)]|[a-z](?:\.\d{1,3}){0,4}[.:)])\s+(?=\S)/i;

/** A line that may be an entry. */
interface Row extends Span {
  readonly title: string;
  /** Without the page's number at its end; the same where it has none. */
  readonly entry: string;
  readonly hasLeaders: boolean;
  readonly isHeading: boolean;
  /** Ends as a sentence does, or is too long. */
  readonly isProse: boolean;
}

/**
 * Finds tables of contents: consecutive lines that name headings, or lines, which the text contains elsewhere too, most with
 * leaders or a page number. A price list with leaders names no headings and is none.
 */
export function contentsIn(text: string, blocks: readonly Block[]): Span[] {
  const rows = blocks.flatMap((block) => rowsOf(text, block));
  const titles = new Map<string, { count: number; isHeading: boolean }>();
  for (const row of rows) {
    if (!row || row.hasLeaders || row.isProse) continue;
    const known = titles.get(row.title);
    if (known) known.count += 1;
    if (known && row.isHeading) known.isHeading = true;
    if (!known) titles.set(row.title, { count: 1, isHeading: row.isHeading });
  }
  const names = (row: Row, isAnnounced: boolean): boolean => {
    if ((row.isHeading && !row.hasLeaders) || row.entry === '') return false;
    const found = titles.get(row.entry) ?? titles.get(row.title);
    return found !== undefined && (found.isHeading || row.hasLeaders || (isAnnounced && found.count > 1));
  };
  return runsIn(rows, names);
}

/** Null: what parts two runs. */
function rowsOf(text: string, block: Block): (Row | null)[] {
  if (block.kind === 'lines') return [null];
  const lines = [...linesOf(text.slice(block.start, block.end))].filter(({ text: line }) => line.trim() !== '');
  return lines.map(({ start, end }) => {
    const span = { start: block.start + start, end: block.start + end };
    return rowOf(text.slice(span.start, Math.min(span.end, span.start + LONGEST + 1)), span, block.kind === 'heading');
  });
}

function rowOf(line: string, span: Span, isHeading: boolean): Row {
  const isLed = line.length <= LONGEST && hasLeaders(line);
  const entry = isLed ? trimmedEnd(line.replace(LED_PAGE, ''), LEADER) : line.replace(PAGE, '');
  return {
    ...span,
    title: titleOf(line),
    entry: titleOf(entry),
    hasLeaders: isLed,
    isHeading,
    isProse: line.length > LONGEST || (!isLed && /[.!。！；;]["'”’)）]?$/.test(line)),
  };
}

/** The text of a line without marks, numbering, extra white space and case. */
function titleOf(line: string): string {
  const bare = line.replace(/^[#=*+•>\s-]+/, '').trimEnd();
  const title = (LINK.exec(bare)?.[1] ?? bare).replace(NUMBERING, '');
  return trimmedEnd(title.slice(0, LONGEST), /[#=¶*\s:：]/)
    .replace(/\s+/g, ' ')
    .toLowerCase();
}

function runsIn(rows: readonly (Row | null)[], names: (row: Row, isAnnounced: boolean) => boolean): Span[] {
  const spans: Span[] = [];
  for (let from = 0; from < rows.length; from += 1) {
    const before = rows[from - 1];
    const isAnnounced = before !== null && before !== undefined && ANNOUNCED.test(before.title);
    const isEntry = (place: number) => {
      const row = rows[place];
      return row ? row.hasLeaders || names(row, isAnnounced) : false;
    };
    if (!isEntry(from)) continue;
    let last = from;
    let entries = 0;
    let named = 0;
    const seen = new Set<string>();
    // An entry may take two lines, or be left out of what it names.
    for (let place = from; place <= last + 2 && isInside(rows[place]); place += 1) {
      if (!isEntry(place)) continue;
      const row = rows[place] as Row;
      // A line that repeats without a page number is the heading that the entry names.
      if (seen.has(row.entry) && row.entry === row.title) break;
      seen.add(row.entry);
      last = place;
      entries += 1;
      if (names(row, isAnnounced)) named += 1;
    }
    if (entries >= LEAST_ENTRIES && named >= LEAST_NAMED * entries) {
      const start = isAnnounced ? (before as Row).start : (rows[from] as Row).start;
      spans.push({ start, end: (rows[last] as Row).end });
    }
    from = last;
  }
  return spans;
}

const isInside = (row: Row | null | undefined): boolean =>
  row !== null && row !== undefined && !row.isProse && !(row.isHeading && !row.hasLeaders);
