import { cleanText } from './decode.ts';

/** What PDF.js tells of a run of characters. */
export interface TextRun {
  readonly str: string;
  /** Its last two numbers are where it stands, in points from the page's lower left. */
  readonly transform: readonly number[];
  readonly width: number;
  readonly height: number;
  readonly hasEOL: boolean;
  readonly fontName: string;
}

export interface PdfLine {
  readonly text: string;
  readonly left: number;
  readonly right: number;
  readonly bottom: number;
  /** Of most of its characters, in points. */
  readonly size: number;
  /** All of it is set in a typewriter's letters, as code is. */
  readonly isCode: boolean;
}

const WIDE = /\p{Script=Han}/gu;
/** Between Chinese characters that are set apart to fill a line. */
const SPACED = /(?<=(?:^|\s)\p{Script=Han}) (?=\p{Script=Han}(?:\s|$))/gu;

/** Runs in the order of the page's content, which follows columns, gathered to lines. */
export function linesOf(runs: readonly TextRun[], isFixed: (fontName: string) => boolean = () => false): PdfLine[] {
  const lines: PdfLine[] = [];
  let line: TextRun[] = [];
  const end = () => {
    const made = lineOf(line, isFixed);
    if (made) lines.push(made);
    line = [];
  };
  for (const run of runs) {
    const last = line.findLast(({ str }) => str.trim() !== '');
    if (last && run.str.trim() !== '' && isElsewhere(last, run)) end();
    line.push(run);
    if (run.hasEOL) end();
  }
  end();
  return lines;
}

const isElsewhere = (last: TextRun, run: TextRun): boolean => {
  const apart = Math.abs((last.transform[5] ?? 0) - (run.transform[5] ?? 0));
  const back = (last.transform[4] ?? 0) - (run.transform[4] ?? 0);
  return apart > Math.max(sizeOf(last), sizeOf(run)) * 0.7 || back > Math.max(40, last.width);
};

const sizeOf = ({ transform, height }: TextRun): number => height || Math.hypot(transform[2] ?? 0, transform[3] ?? 0);

function lineOf(runs: readonly TextRun[], isFixed: (fontName: string) => boolean): PdfLine | undefined {
  const text = cleanText(runs.map(({ str }) => str).join(''))
    .replace(/\s+/g, ' ')
    .replace(SPACED, '')
    .trim();
  if (text === '') return undefined;
  const inked = runs.filter(({ str }) => str.trim() !== '');
  const longest = inked.reduce(
    (most, run) => (run.str.length > most.str.length ? run : most),
    inked[0] ?? { str: '', transform: [], width: 0, height: 0, hasEOL: false, fontName: '' },
  );
  return {
    text,
    left: Math.min(...inked.map(({ transform }) => transform[4] ?? 0)),
    right: Math.max(...inked.map(({ transform, width }) => (transform[4] ?? 0) + width)),
    bottom: longest.transform[5] ?? 0,
    size: sizeOf(longest),
    // Chinese letters are of one width in every font.
    isCode: inked.every(({ fontName }) => isFixed(fontName)) && (text.match(WIDE)?.length ?? 0) < text.length / 4,
  };
}
