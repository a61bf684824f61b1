import type { TextRun } from './pdf-runs.ts';

/** Letters of a font that are enough to tell whether all have one width. */
const LEAST_LETTERS = 12;
const LEAST_RUNS = 3;
/** Widths of letters, in the size of the font: they vary by no more, and are those of a typewriter's. */
const VARIES = 0.012;
const NARROWEST = 0.45;
const WIDEST = 0.7;

/** Fonts whose letters all have one width, whatever their names and flags say: programs often leave the flag out. */
export function fixedFonts(runs: readonly TextRun[]): ReadonlySet<string> {
  const fonts = Map.groupBy(
    runs.filter(({ str, height }) => height > 0 && /^[\x20-\x7e]+$/.test(str) && /[A-Za-z]{2}/.test(str)),
    ({ fontName }) => fontName,
  );
  return new Set([...fonts].filter(([, own]) => isFixed(own)).map(([name]) => name));
}

function isFixed(runs: readonly TextRun[]): boolean {
  const letters = runs.reduce((sum, { str }) => sum + (str.match(/[A-Za-z]/g)?.length ?? 0), 0);
  if (new Set(runs.map(({ str }) => str)).size < LEAST_RUNS || letters < LEAST_LETTERS) return false;
  const widths = runs.map(({ str, width, height }) => width / str.length / height);
  const [least, most] = [Math.min(...widths), Math.max(...widths)];
  return most - least < VARIES && least > NARROWEST && most < WIDEST;
}
