/** A run of characters from PDF.js. */
export interface TextRun {
  readonly str: string;
  /** A matrix; its last two numbers are where the run begins, in points from the page's lower left. */
  readonly transform: readonly number[];
  readonly width: number;
  readonly height: number;
  readonly hasEOL: boolean;
  readonly fontName: string;
  readonly dir?: string;
}

/** A run in reading direction, independent of its rotation on the page. Lengths are points. */
export interface Run {
  readonly text: string;
  readonly left: number;
  readonly right: number;
  readonly bottom: number;
  readonly size: number;
  /** Quarter turns against the clock. */
  readonly turn: number;
  readonly isLineEnd: boolean;
  readonly isFixed: boolean;
}

/** This many spaces between two words of a run start another cell. */
const WIDE_SPACE = / {3,}/;

/** A text that is drawn again this near to where it stands, in the size of its letters, is a shadow of it, or makes it bold. */
const SAME_PLACE = 0.15;

/** Runs in the page's order, upright; what is drawn twice at one place, once. */
export function uprightRuns(runs: readonly TextRun[], isFixed: (fontName: string) => boolean): Run[] {
  return withoutShadows(runs).flatMap((run) => {
    const { str, transform, width, height, hasEOL, fontName } = run;
    const [a = 1, b = 0, c = 0, d = 1, x = 0, y = 0] = transform;
    const turn = turnOf(a, b, c, d);
    const [left, bottom] = turn === 1 ? [y, -x] : turn === 2 ? [-x, -y] : turn === 3 ? [-y, x] : [x, y];
    const size = height || Math.hypot(c, d);
    const whole = {
      text: str,
      left,
      right: left + width,
      bottom,
      size,
      turn,
      isLineEnd: hasEOL,
      isFixed: isFixed(fontName),
    };
    return WIDE_SPACE.test(str.trim()) ? inParts(whole) : [whole];
  });
}

function withoutShadows(runs: readonly TextRun[]): TextRun[] {
  const drawn = new Map<string, TextRun[]>();
  return runs.flatMap((run) => {
    if (run.str.trim() === '') return [run];
    const same = drawn.get(run.str) ?? [];
    const isShadow = same.some(
      ({ transform, height }) =>
        Math.abs((transform[4] ?? 0) - (run.transform[4] ?? 0)) < SAME_PLACE * height &&
        Math.abs((transform[5] ?? 0) - (run.transform[5] ?? 0)) < SAME_PLACE * height,
    );
    // Its line may end here.
    if (isShadow) return run.hasEOL ? [{ ...run, str: '' }] : [];
    if (same.push(run) > MOST_COMPARED) same.shift();
    drawn.set(run.str, same);
    return [run];
  });
}

/** Runs of the same text that are compared: a page may have very many. */
const MOST_COMPARED = 50;

/** Text that lies across the page, such as a watermark. */
export const DIAGONAL = 5;
/** Quarter turns by which a text may differ from an upright or a sideways one. */
const TILTED = 0.15;

/** Letters that are mirrored are not turned. */
function turnOf(a: number, b: number, c: number, d: number): number {
  const quarters = Math.atan2(b, a) / (Math.PI / 2);
  if (a * d - b * c < 0) return 0;
  return Math.abs(quarters - Math.round(quarters)) > TILTED ? DIAGONAL : (Math.round(quarters) + 4) % 4;
}

/** A run that has columns in it, as a typewriter sets them. */
function inParts(run: Run): Run[] {
  const width = (run.right - run.left) / run.text.length;
  const parts: Run[] = [];
  for (const { 0: text, index } of run.text.matchAll(/\S+(?: {1,2}\S+)*/g)) {
    const left = run.left + index * width;
    parts.push({ ...run, text, left, right: left + text.length * width, isLineEnd: false });
  }
  const last = parts.pop();
  return last ? [...parts, { ...last, isLineEnd: run.isLineEnd }] : [run];
}
