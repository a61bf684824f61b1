import type { Span } from './turn.ts';

/** Where a sentence may end: full stops with what closes after them, ends of lines, the CJK marks. */
const ENDS = /[。！？；]+[”’"』」）)】]*|[.!?…]+["'”’)\]]*(?=\s|$|[\p{Script=Han}])|\n+/gu;
/** A full stop after these ends nothing. */
const ABBREVIATION =
  /(?:^|[\s("'“])(?:Mr|Mrs|Ms|Dr|St|Sr|Jr|vs|etc|e\.g|i\.e|No|Nos|Vol|Fig|Figs|al|Inc|Co|Corp|Ltd|approx|Prof|Gen|Col|Lt|Sgt|Rev|Hon|U\.S|U\.K|cf|ca|pp|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec|[A-Z])\.$/;
/** UTF-16 code units looked back over for an abbreviation. */
const LOOK_BACK = 12;

/**
 * The sentences of a text, English or Chinese, as spans of UTF-16 offsets, in order and without overlap. White space around a
 * sentence belongs to none. A span never begins or ends within a surrogate pair.
 */
export function sentences(text: string): Span[] {
  const spans: Span[] = [];
  let start = 0;
  for (const match of text.matchAll(ENDS)) {
    const end = match.index + match[0].length;
    if (match[0].startsWith('.') && isInside(text, match.index, end)) continue;
    add(spans, text, start, end);
    start = end;
  }
  add(spans, text, start, text.length);
  return spans;
}

/** A full stop that ends no sentence: after an abbreviation, or before what goes on in lower case. */
function isInside(text: string, stop: number, end: number): boolean {
  if (ABBREVIATION.test(text.slice(Math.max(0, stop + 1 - LOOK_BACK), stop + 1))) return true;
  return /^\s+[a-z,;]/.test(text.slice(end, end + 8)) && !text.slice(end, end + 8).includes('\n');
}

function add(spans: Span[], text: string, from: number, to: number): void {
  const piece = text.slice(from, to);
  const start = from + (piece.length - piece.trimStart().length);
  const end = from + piece.trimEnd().length;
  if (start < end) spans.push({ start, end });
}
