import type { Run } from './pdf-runs.ts';

/** Numbers on a page that make a column of them, each line numbered; fewer where each fifth or tenth line is. */
const LEAST = { each: 5, some: 3 };
/** Lines between two numbers. */
const STEPS = new Set([1, 2, 5, 10]);
/** Points by which the edges of a column's numbers may differ. */
const SAME_EDGE = 2;
/** The share of their mean by which the distances of numbers may differ. */
const SAME_DISTANCE = 0.1;
/** The share of lines that go on in small letters: the rows of a table and the items of a list do not. */
const LEAST_GOING_ON = 0.3;
/** Characters of a line of text, on average. Rows of a table are shorter. */
const LEAST_LENGTH = 35;
const GOES_ON = /^["“'(]?\p{Ll}/u;

interface Numbered {
  readonly run: Run;
  readonly number: number;
}

/**
 * The runs of a page without the numbers that stand beside the lines of its text, as in contracts and pleadings: they part sentences.
 * Numbers of rows and of items stay.
 */
export function withoutLineNumbers(runs: readonly Run[]): readonly Run[] {
  const inked = runs.filter(({ text, turn }) => turn === 0 && text.trim() !== '');
  const numbers = inked.flatMap((run): Numbered[] =>
    /^\d{1,4}$/.test(run.text.trim()) && !run.isFixed ? [{ run, number: Number(run.text) }] : [],
  );
  if (numbers.length < LEAST.some) return runs;
  const texts = inked.filter(({ text }) => /\p{L}/u.test(text));
  const left = texts.reduce((least, run) => Math.min(least, run.left), Number.POSITIVE_INFINITY);
  const right = texts.reduce((most, run) => Math.max(most, run.right), 0);
  const beside = [numbers.filter(({ run }) => run.right < left), numbers.filter(({ run }) => run.left > right)];
  const removed = beside.filter((column) => isColumn(column) && numbersLines(column, texts)).flat();
  if (removed.length === 0) return runs;
  const gone = new Set(removed.map(({ run }) => run));
  return runs.filter((run) => !gone.has(run));
}

/** One below the other at the same distance and at one edge, counting on. */
function isColumn(given: readonly Numbered[]): boolean {
  const column = [...given].sort((a, b) => b.run.bottom - a.run.bottom);
  const [first, second] = column;
  if (!first || !second) return false;
  const step = second.number - first.number;
  if (!STEPS.has(step) || column.length < (step === 1 ? LEAST.each : LEAST.some)) return false;
  const distances = column.slice(1).map(({ run }, place) => (column[place]?.run.bottom ?? 0) - run.bottom);
  const mean = distances.reduce((sum, distance) => sum + distance, 0) / distances.length;
  const isEven = distances.every((distance) => Math.abs(distance - mean) <= SAME_DISTANCE * mean);
  const counts = column.slice(1).every(({ number }, place) => number - (column[place]?.number ?? 0) === step);
  const isAt = (edge: 'left' | 'right') =>
    column.every(({ run }) => Math.abs(run[edge] - first.run[edge]) <= SAME_EDGE);
  return isEven && counts && (isAt('left') || isAt('right'));
}

/** True if the lines of the page's text go on from one to the next, and each number stands beside one or an empty line. */
function numbersLines(column: readonly Numbered[], texts: readonly Run[]): boolean {
  const heights = new Map<number, Run>();
  for (const run of texts) {
    const height = Math.round(run.bottom);
    const before = heights.get(height);
    if (!before || run.left < before.left) heights.set(height, run);
  }
  const lines = [...heights.values()];
  const isBeside = ({ run }: Numbered) => [-1, 0, 1].some((shift) => heights.has(Math.round(run.bottom) + shift));
  const length = lines.reduce((sum, { text }) => sum + text.length, 0) / lines.length;
  if (length < LEAST_LENGTH) return false;
  const going = lines.filter(({ text }) => GOES_ON.test(text.trim())).length;
  return going >= LEAST_GOING_ON * lines.length && column.filter(isBeside).length * 2 > column.length;
}
