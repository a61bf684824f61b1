import type { PdfLine } from './pdf-lines.ts';

/** Lines whose left edges differ by no more than this many letters' sizes are of one column. */
const COLUMN = 2;
/** White space at a line's end, in the size of its letters, that a line has that is broken on purpose. */
const LEAST_SPACE = 2;
/** Signs that may begin no line take some characters of East Asia to the next one. */
const LEAST_WIDE_SPACE = 4;

const placeOf = ({ left, size, turn }: PdfLine, shift: number): string =>
  `${turn} ${Math.round(left / (COLUMN * Math.max(1, size))) + shift}`;

/**
 * Tells whether a line of a paragraph ends before it is full: the first word of the next line would have fitted, and begins with a
 * capital, a number or a character of East Asia. So are items of lists set whose marks are pictures, addresses and verses.
 */
export function endsEarly(lines: readonly PdfLine[]): (line: PdfLine, next: PdfLine) => boolean {
  const rights = new Map<string, number>();
  for (const line of lines)
    rights.set(placeOf(line, 0), Math.max(rights.get(placeOf(line, 0)) ?? line.right, line.right));
  return (line, next) => {
    if (line.turn !== next.turn || !/^["“(]?[\p{Lu}\p{N}\p{Lo}]/u.test(next.text) || /[-\u2010\u00ad]$/.test(line.text))
      return false;
    const right = Math.max(...[-1, 0, 1].map((shift) => rights.get(placeOf(line, shift)) ?? line.right));
    const letter = (next.right - next.left) / next.text.length;
    const [word = ''] = /^(?:\p{Lo}{1,3}|\S{1,40})/u.exec(next.text) ?? [];
    const space = right - line.right;
    const least = /^\p{Lo}/u.test(next.text) ? LEAST_WIDE_SPACE : LEAST_SPACE;
    return space > least * line.size && space > (word.length + 1) * letter;
  };
}
