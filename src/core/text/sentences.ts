import type { Span } from '../turn.ts';

/** The characters at which a sentence may end. Code checks the rest, so that no text makes the search slow. */
const MARKS = /[.!?…。！？；．\n]/g;
const CJK_MARKS = '。！？；';
const LATIN_MARKS = '.!?…．';
const CLOSING = '"\'”’»)]}」』）】》〉*_';
/** `[3]` after a full stop, as in encyclopaedias; UTF-16 code units. */
const REFERENCE = /\[\d{1,3}\]/y;
const HAN = /\p{Script=Han}/u;

/** A full stop after these ends nothing. */
const ABBREVIATION =
  /(?:^|[\s("'“])(?:Mr|Mrs|Ms|Dr|St|Sr|Jr|vs|etc|e\.g|i\.e|al|Inc|Co|Corp|Ltd|approx|Prof|Gen|Col|Lt|Sgt|Rev|Hon|a\.m|p\.m|Ph\.D|cf|ca|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec|(?:[A-Z]\.)*[A-Z])\.$/;
/** Nor after these where a number follows. */
const NUMBERED = /(?:^|[\s("'“])(?:Nos?|Vols?|Figs?|Eqs?|Refs?|pp?|Art|Sec|Ch)\.$/i;
/** The number of a list's item at the beginning of a line: `1.`, `iv.`, `b.` */
const ITEM_NUMBER = /^[\s>*+-]*(?:\d{1,3}|[ivx]{1,4}|[a-z])\.$/i;
/** UTF-16 code units looked at around a mark. */
const NEAR = 12;
/** A line at least this long without an end mark continues in the next line: it was wrapped. A lower-case start confirms it. */
const WRAPPED_LINE = 60;
const SURELY_WRAPPED_LINE = 40;
/** Longer lines are not wrapped lines. */
const LONGEST_LINE = 200;

/**
 * The sentences of a text, English or Chinese, as spans of UTF-16 offsets, in order and without overlap. White space around a
 * sentence belongs to none. A span never begins or ends within a surrogate pair. Takes time in proportion to the text.
 */
export function sentences(text: string): Span[] {
  const spans: Span[] = [];
  let start = 0;
  MARKS.lastIndex = 0;
  for (let mark = MARKS.exec(text); mark; mark = MARKS.exec(text)) {
    const place = mark.index;
    const end = text[place] === '\n' ? place + 1 : endOfMarks(text, place);
    MARKS.lastIndex = end;
    if (!endsAt(text, start, place, end)) continue;
    add(spans, text, start, end);
    start = end;
  }
  add(spans, text, start, text.length);
  return spans;
}

/** Past further marks, closing quotes and brackets, and references. */
function endOfMarks(text: string, place: number): number {
  let end = place;
  while (end < text.length && (LATIN_MARKS + CJK_MARKS).includes(text[end] as string)) end += 1;
  for (;;) {
    REFERENCE.lastIndex = end;
    if (REFERENCE.test(text)) end = REFERENCE.lastIndex;
    else if (end < text.length && CLOSING.includes(text[end] as string)) end += 1;
    else return end;
  }
}

function endsAt(text: string, start: number, place: number, end: number): boolean {
  const mark = text[place] as string;
  if (mark === '\n') return !isWrapped(text, start, place);
  if (isInRow(text, place)) return false;
  const next = text[end];
  if (next !== undefined && !/[\s\\]/.test(next) && !endsBefore(next, text.slice(place, end))) return false;
  if (/^[^\S\n]+[a-z,;]/.test(text.slice(end, end + NEAR))) return false;
  return mark !== '.' || !isInside(text, start, place);
}

/** UTF-16 code units of a table's row that is one sentence. The cells of longer ones hold texts. */
const LONGEST_ROW = 300;

/** True within a short row of a table, whose cells say something together alone: "Invoice no." and its number. */
function isInRow(text: string, place: number): boolean {
  const begin = Math.max(0, place - LONGEST_ROW);
  const line = text.slice(begin, place).lastIndexOf('\n') + 1 + begin;
  if ((line === begin && begin > 0) || !/^ {0,3}\|/.test(text.slice(line, line + 4))) return false;
  const row = text.slice(line, line + LONGEST_ROW).split('\n', 1)[0] as string;
  return row.length < LONGEST_ROW && row.trimEnd().endsWith('|');
}

/** True if the marks (with closing brackets and quotes) end a sentence without a space, as in Chinese. */
function endsBefore(next: string, marks: string): boolean {
  if ('，。、；：,;'.includes(next) || '》〉'.includes(marks.at(-1) as string)) return false;
  if ([...marks].some((mark) => CJK_MARKS.includes(mark))) return true;
  return HAN.test(next) && !'…．'.includes(marks[0] as string);
}

/** A full stop that ends no sentence: after an abbreviation or an item's number. */
function isInside(text: string, start: number, place: number): boolean {
  const before = text.slice(Math.max(start, place + 1 - NEAR), place + 1);
  if (ABBREVIATION.test(before)) return true;
  if (NUMBERED.test(before) && /^\s*\d/.test(text.slice(place + 1, place + NEAR))) return true;
  return place - start < NEAR && ITEM_NUMBER.test(text.slice(start, place + 1));
}

/** Characters that may precede a line's first word, and follow its last word, in the middle of a sentence. */
const OPENS = /^["'“‘([<`*_]{0,3}[\p{Script=Latin}\p{N}]/u;
const OPENS_SMALL = /^["'“‘([<`*_]{0,3}\p{Ll}/u;
const ENDS_OPEN = /[\p{Script=Latin}\p{N},;–—-]\s{0,2}$/u;
const ENDS_CLOSED = /[\p{Script=Latin}\p{N}][)\]"'”’`*_]{1,3}\s{0,2}$/u;
/** Start of a comment line in source code or of a quotation. A star at an odd column starts no list item. */
const COMMENT = /^[\t ]*(?:\/\/[/!]?|#|--|;;?|>)[\t ]|^\t*(?: {2})* \*[\t ]/;
const COMMENT_OPENS = /^[\t ]*\/\*\*?[\t ]/;
const HEADING = /^ {0,3}#{2,6} /;
/** A value with its name, as data written in lines has them one after the other. */
const NAMED_VALUE = /^[\p{L}_$][\p{L}\p{N}_$.[\]-]{0,80}: \S/u;

/** True if a line ends only because it is full. False before a blank line, an item, a heading or a table's row. */
function isWrapped(text: string, start: number, place: number): boolean {
  const line = text.slice(Math.max(0, place - LONGEST_LINE, text.lastIndexOf('\n', place - 1) + 1), place);
  const ahead = text.slice(place + 1, place + 1 + LONGEST_LINE);
  const comment = COMMENT.exec(COMMENT_OPENS.test(line) ? ahead : line)?.[0];
  if (line.length >= LONGEST_LINE || HEADING.test(line)) return false;
  if (NAMED_VALUE.test(line) && NAMED_VALUE.test(ahead)) return false;
  if (comment === undefined ? /[|\t]/.test(line) : !ahead.startsWith(comment)) return false;
  const indent = comment?.length ?? / */.exec(ahead)?.[0].length ?? 0;
  const next = ahead.slice(indent, indent + NEAR);
  if (!OPENS.test(next) || /^(?:\d{1,3}|[a-z])[.)]\s/i.test(next)) return false;
  const goesOn = OPENS_SMALL.test(next);
  // Else each may be a heading.
  if (comment?.includes('#') && !goesOn) return false;
  const end = text.slice(Math.max(start, place - NEAR), place);
  const isOpen = ENDS_OPEN.test(end);
  if (!isOpen && !ENDS_CLOSED.test(end)) return false;
  // Set in as deeply as the line before, or deeper in the midst of an item.
  if (comment === undefined && indent > 3 && !goesOn && indent !== line.search(/\S/)) return false;
  return line.length >= (goesOn && isOpen ? SURELY_WRAPPED_LINE : WRAPPED_LINE);
}

function add(spans: Span[], text: string, from: number, to: number): void {
  let start = from;
  let end = to;
  while (start < end && isSpace(text, start)) start += 1;
  while (start < end && isSpace(text, end - 1)) end -= 1;
  if (start < end) spans.push({ start, end });
}

const isSpace = (text: string, place: number): boolean => /\s/.test(text[place] as string);
