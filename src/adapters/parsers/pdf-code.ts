import type { PdfLine } from './pdf-lines.ts';

/** Fewer lines are words of a sentence, or a command that may as well stand as a paragraph. */
const LEAST_LINES = 2;
/** If more of the characters than this are monospaced, the font does not mark code. */
const MOSTLY = 0.6;

/** Takes the mark of code away where the whole document is set in a typewriter's letters. */
export function withCode(pages: readonly (readonly PdfLine[])[]): readonly (readonly PdfLine[])[] {
  const lengthOf = (lines: readonly PdfLine[]) => lines.reduce((sum, { text }) => sum + text.length, 0);
  const all = pages.flat();
  if (lengthOf(all.filter(({ isCode }) => isCode)) < MOSTLY * lengthOf(all)) return pages;
  return pages.map((lines) => lines.map((line) => ({ ...line, isCode: false })));
}

/** The lines of code that begin at this one; none, where it is none. */
export function codeAt(lines: readonly PdfLine[], start: number): PdfLine[] {
  let end = start;
  while (lines[end]?.isCode && !(end > start && leavesColumn(lines[end - 1] as PdfLine, lines[end] as PdfLine)))
    end += 1;
  return end - start < LEAST_LINES ? [] : lines.slice(start, end);
}

const leavesColumn = (before: PdfLine, line: PdfLine): boolean => line.bottom > before.bottom + line.size;

/** Fenced, each line as it stands, set in by how far from the left it begins, and with the blank lines that its gaps are. */
export function codeText(lines: readonly PdfLine[]): string {
  const left = Math.min(...lines.map((line) => line.left));
  const width = lines.reduce((most, line) => Math.max(most, (line.right - line.left) / line.text.length), 0) || 1;
  const steps = lines.slice(1).map((line, place) => (lines[place] as PdfLine).bottom - line.bottom);
  const step = Math.min(...steps.filter((down) => down > 1));
  let text = '';
  for (const [place, line] of lines.entries()) {
    if (place > 0) text += (steps[place - 1] as number) > 1.6 * step ? '\n\n' : '\n';
    text += ' '.repeat(Math.min(80, Math.max(0, Math.round((line.left - left) / width)))) + line.text;
  }
  const fence = text.includes('```') ? '~~~~' : '```';
  return `${fence}\n${text}\n${fence}`;
}
