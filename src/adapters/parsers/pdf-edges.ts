import type { PdfLine } from './pdf-lines.ts';

/** Lines at each edge that are put there. */
const MOST = 4;
/** White space between such a line and the others, in the size of its letters. */
const APART = 2.5;

/**
 * Puts lines that stand alone above or below all others first and last, wherever the page draws them: many draw the footer before the
 * text, and then the last lines of the text would be taken for it.
 */
export function withEdgesInPlace(lines: readonly PdfLine[]): readonly PdfLine[] {
  const upright = lines.filter(({ turn }) => turn === 0);
  if (upright.length < 3) return lines;
  const top = alone(upright, (a, b) => a.bottom - b.bottom);
  const bottom = alone(
    upright.filter((line) => !top.includes(line)),
    (a, b) => b.bottom - a.bottom,
  );
  if (top.length === 0 && bottom.length === 0) return lines;
  const moved = new Set([...top, ...bottom]);
  return [...top, ...lines.filter((line) => !moved.has(line)), ...bottom.toReversed()];
}

/** The outermost lines that are out of their order, those next to the edge first. `over`: how much further out the first one is. */
function alone(lines: readonly PdfLine[], over: (a: PdfLine, b: PdfLine) => number): PdfLine[] {
  const ordered = [...lines].sort((a, b) => over(b, a));
  const found: PdfLine[] = [];
  for (const [place, line] of ordered.slice(0, MOST).entries()) {
    const next = ordered[place + 1];
    if (!next || line.table || !/\p{L}/u.test(line.text)) break;
    found.push(line);
    // The whole group of lines stands apart from the text.
    if (over(line, next) > APART * line.size) return isOutOfPlace(found, lines) ? found : [];
  }
  return [];
}

/** True if the page draws the lines one after the other, before or after all others: those of a column stay in it. */
function isOutOfPlace(found: readonly PdfLine[], lines: readonly PdfLine[]): boolean {
  const places = found.map((line) => lines.indexOf(line)).sort((a, b) => a - b);
  const [first = 0] = places;
  return (places.at(-1) ?? 0) - first === found.length - 1;
}
