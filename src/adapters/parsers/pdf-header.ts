import type { PdfCell, PdfLine } from './pdf-lines.ts';

interface Column {
  readonly left: number;
  readonly right: number;
}

/** The minimum share of the columns that a header names. */
const NAMED = 0.66;

/**
 * The names of a table's columns from the line above it, whose words stand so close together that they look like one cell; undefined
 * if they do not name most columns, each word that of the nearest one.
 */
export function namesAbove(
  line: PdfLine,
  columns: readonly Column[],
  isValue: (text: string) => boolean,
): string[] | undefined {
  const parts = line.cells.flatMap((cell): readonly PdfCell[] => cell.parts ?? [cell]);
  if (columns.length < 3 || parts.length < 2 || parts.some(({ text }) => isValue(text))) return undefined;
  const names = columns.map((): string[] => []);
  let last = 0;
  for (const part of parts) {
    const nearest = nearestOf(part, columns);
    // Words go from the left to the right.
    if (nearest === undefined || nearest < last) return undefined;
    last = nearest;
    names[nearest]?.push(part.text);
  }
  const named = names.filter((words) => words.length > 0).length;
  return named >= NAMED * columns.length ? names.map((words) => words.join(' ')) : undefined;
}

/** White space between two words, in the size of their letters, that may part columns. */
const MAY_PART = 0.6;

/** The line with its cells parted at every wide space within them, where a table needs it. */
export function partedFurther(line: PdfLine): PdfLine {
  const cells = line.cells.flatMap(({ parts, ...cell }): PdfCell[] => {
    const [first, ...others] = parts ?? [cell];
    const split: PdfCell[] = first ? [first] : [];
    for (const part of others) {
      const open = split.at(-1) as PdfCell;
      if (part.left - open.right > MAY_PART * line.size) split.push(part);
      else split[split.length - 1] = { text: `${open.text} ${part.text}`, left: open.left, right: part.right };
    }
    return split;
  });
  return { ...line, cells };
}

function nearestOf({ left, right }: PdfCell, columns: readonly Column[]): number | undefined {
  let best: { readonly place: number; readonly distance: number } | undefined;
  for (const [place, column] of columns.entries()) {
    const overlap = Math.min(right, column.right) - Math.max(left, column.left);
    const distance = overlap > 0 ? -overlap : Math.max(left - column.right, column.left - right);
    if (!best || distance < best.distance) best = { place, distance };
  }
  return best?.place;
}
