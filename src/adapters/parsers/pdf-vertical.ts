import type { Run } from './pdf-runs.ts';

/** Characters below each other that make a vertical line: fewer may be cells of a table. */
const LEAST_CHARACTERS = 4;
/** From one character to the next, in their size: rows of a table are further apart. */
const STEP = { least: 0.6, most: 1.5, mean: 1.13 };
/** From one line to the next, in the size of the characters. */
const NEXT_LINE = 3;
const VERTICAL = 4;
/** Characters of scripts that are set vertically, with their signs. */
const SET =
  /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Bopomofo}ー々〆\u3000-\u303f\ufe10-\ufe19\ufe30-\ufe4f\uff01-\uff60]{1,4}$/u;

/**
 * Joins the characters of vertical lines, as Japanese and Chinese are set, into runs of their own. They are turned, so that lines which
 * go from the right to the left follow each other as others do from the top to the bottom.
 */
export function verticalJoined(runs: readonly Run[]): Run[] {
  const joined: Run[] = [];
  for (let start = 0; start < runs.length; ) {
    const column = columnFrom(runs, start, joined.at(-1));
    if (column) joined.push(column.run);
    else joined.push(runs[start] as Run);
    start = column?.end ?? start + 1;
  }
  return joined;
}

const isEmpty = (run: Run | undefined): boolean => run !== undefined && run.text.trim() === '';

function columnFrom(
  runs: readonly Run[],
  start: number,
  former: Run | undefined,
): { readonly run: Run; readonly end: number } | undefined {
  const parts: Run[] = [];
  let end = start;
  for (let at = start; at < runs.length; at += 1) {
    const run = runs[at] as Run;
    if (isEmpty(run)) continue;
    const before = parts.at(-1);
    if (!SET.test(run.text) || run.turn !== 0 || (before && !isBelow(before, run))) break;
    parts.push(run);
    end = at + 1;
  }
  const [first] = parts;
  const last = parts.at(-1);
  if (!first || !last) return undefined;
  const beside = former?.turn === VERTICAL ? former.bottom - first.left : 0;
  // The last line of a paragraph may be short.
  const goesOn = beside > 0 && beside < NEXT_LINE * first.size;
  if (parts.length < LEAST_CHARACTERS && !goesOn) return undefined;
  const step = (first.bottom - last.bottom) / (parts.length - 1);
  if (step > STEP.mean * first.size) return undefined;
  const text = parts.map((part) => part.text).join('');
  const [left, right] = [-(first.bottom + first.size), -last.bottom];
  return {
    run: { ...first, text, left, right, bottom: first.left, turn: VERTICAL, isLineEnd: true, isFixed: false },
    end,
  };
}

function isBelow(before: Run, run: Run): boolean {
  const down = before.bottom - run.bottom;
  return (
    Math.abs(before.left - run.left) < 0.6 * run.size &&
    Math.abs(before.size - run.size) < 0.2 * run.size &&
    down > STEP.least * run.size &&
    down < STEP.most * run.size
  );
}
