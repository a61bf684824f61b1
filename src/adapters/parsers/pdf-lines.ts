import { cleanText } from './decode.ts';
import type { Run } from './pdf-runs.ts';
import { afterText, fromRightToLeft, upright, withoutLetterSpaces } from './pdf-signs.ts';

/** A part of a line that is set apart from the others. */
export interface PdfCell {
  readonly text: string;
  readonly left: number;
  readonly right: number;
  /** Its words that stand further apart than in a sentence; absent for one. */
  readonly parts?: readonly PdfCell[];
}

export interface PdfLine {
  readonly text: string;
  /** In reading order. One cell if the line has no gaps. */
  readonly cells: readonly PdfCell[];
  readonly left: number;
  readonly right: number;
  readonly bottom: number;
  /** The size of most of its characters, in points. */
  readonly size: number;
  /** Quarter turns against the clock. */
  readonly turn: number;
  /** All of it is set in a typewriter's letters, as code is. */
  readonly isCode: boolean;
  /** Of a row of a table that is drawn with lines: the same for all of its rows. Then `cells` has one for each column, empty ones too. */
  readonly table?: object;
}

const WIDE = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/gu;
/** Between Chinese characters that are set apart to fill a line. */
const SPACED = /(?<=(?:^|\s)\p{Script=Han}) (?=\p{Script=Han}(?:\s|$))/gu;
const RIGHT_TO_LEFT = /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}]/gu;
/**
 * Ligatures, the shapes of Arabic letters in a word, radicals in place of characters (⽔ is 水), and signs of vertical lines: a PDF may
 * name those, texts are written with the letters.
 */
const PRESENTATION = /[\u2f00-\u2fd5\ufb00-\ufb06\ufb1d-\ufdff\ufe10-\ufe19\ufe30-\ufe44\ufe70-\ufefc]+/g;
/** The end of a sentence, which a page that runs from right to left shows on the left of its last number or Latin word. */
const ENDS_LEFT = /^([.,:;!?]+)(?=[\p{L}\p{N}])(.*)$/su;
/** Radicals that Unicode does not map to the characters which look the same. */
const RADICAL_SIGNS = '⺟⺠⻁⻄⻅⻆⻉⻋⻑⻓⻔⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻨⻩⻬⻮⻰⻳';
const CHARACTERS = '母民虎西见角贝车長长门青韦页风飞食马骨鬼鱼鸟麦黄齐齿龙龟';
const RADICALS = new RegExp(`[${RADICAL_SIGNS}]`, 'gu');
const LEFT_TO_RIGHT = /[\p{L}\p{N}]/u;
/** A gap between two runs, in the size of their letters: over it they are two words, and two cells. */
const WORD_GAP = 0.15;
const CELL_GAP = 1.2;
/** The mark before a list item, separated from it. */
const LIST_MARK = /^(?:[•◦▪●○■–—*·-]|\(?\d{1,3}(?:\.\d{1,3})*[.)、]|\d{1,3}(?:\.\d{1,3})+|\(?[a-zA-Z][.)])$/;

/** Runs in the order of the page's content, which follows columns, gathered to lines. */
export function linesOf(runs: readonly Run[]): PdfLine[] {
  const lines: PdfLine[] = [];
  let line: Run[] = [];
  let last: Run | undefined;
  const end = () => {
    const made = lineOf(line);
    if (made) lines.push(made);
    line = [];
    last = undefined;
  };
  for (const run of runs) {
    const isInked = run.text.trim() !== '';
    if (last && isInked && isElsewhere(last, run)) end();
    line.push(run);
    if (isInked) last = run;
    if (run.isLineEnd) end();
  }
  end();
  return lines;
}

const isElsewhere = (last: Run, run: Run): boolean => {
  if (last.turn !== run.turn) return true;
  const back = last.left - run.left;
  const isRightToLeft = countOf(last.text, RIGHT_TO_LEFT) > 0 && countOf(run.text, RIGHT_TO_LEFT) > 0;
  return (
    Math.abs(last.bottom - run.bottom) > Math.max(last.size, run.size) * 0.7 ||
    (!isRightToLeft && back > Math.max(40, last.right - last.left))
  );
};

const countOf = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0;

/** A line of these runs, in the order given; undefined where they show nothing. */
export function lineOf(given: readonly Run[]): PdfLine | undefined {
  const inked = given.filter(({ text }) => text.trim() !== '');
  const [first] = inked;
  if (!first) return undefined;
  const all = inked.map(({ text }) => text).join('');
  const isRightToLeft = countOf(all, RIGHT_TO_LEFT) * 2 > countOf(all, /\p{L}/gu);
  const longest = inked.reduce((most, run) => (run.text.length > most.text.length ? run : most), first);
  const cells = cellsOf(isRightToLeft ? fromTheRight(inked) : withoutLetterSpaces(given), isRightToLeft, longest);
  const text = clean(cells.map((cell) => cell.text).join(' '));
  if (text === '') return undefined;
  return {
    text,
    cells,
    left: Math.min(...inked.map(({ left }) => left)),
    right: Math.max(...inked.map(({ right }) => right)),
    bottom: longest.bottom,
    size: longest.size,
    turn: first.turn,
    // Letters of East Asia are of one width in every font.
    isCode: inked.every(({ isFixed }) => isFixed) && countOf(text, WIDE) < text.length / 4,
  };
}

const clean = (text: string): string =>
  cleanText(upright(text))
    .replace(PRESENTATION, (forms) => forms.normalize('NFKC'))
    .replace(RADICALS, (radical) => CHARACTERS.charAt(RADICAL_SIGNS.indexOf(radical)))
    .replace(/\s+/g, ' ')
    .replace(MARKS_APART, '')
    .replace(SPACED, '')
    .trim();

/** Before marks of Arabic and Hebrew letters, which belong to the letter before them. */
const MARKS_APART = / +(?=[\u064b-\u065f\u0670\u0591-\u05bd\u05bf\u05c1\u05c2])/g;

/** The order in which a line is read that runs from right to left: numbers and Latin words in it run from left to right. */
function fromTheRight(runs: readonly Run[]): Run[] {
  const ordered = runs.map((run) => ({ ...run, text: fromRightToLeft(run.text) })).sort((a, b) => b.right - a.right);
  const read: Run[] = [];
  let latin: Run[] = [];
  for (const run of ordered) {
    if (LEFT_TO_RIGHT.test(run.text) && countOf(run.text, RIGHT_TO_LEFT) === 0) {
      latin.unshift(run);
      continue;
    }
    read.push(...latin, run);
    latin = [];
  }
  const [first] = latin;
  const [, mark, rest] = ENDS_LEFT.exec(first?.text.trim() ?? '') ?? [];
  if (!first || mark === undefined || rest === undefined) return [...read, ...latin];
  const last = latin.at(-1) as Run;
  return [...read, { ...first, text: rest }, ...latin.slice(1), { ...last, text: mark, left: last.right }];
}

/** A gap between two values, and beside a value in a line that has cells, that parts them: the size of their letters times this. */
const VALUE_GAP = 0.75;
const VALUE = /^[-+−–(]?[\p{Sc}]?\s?\d[\d.,'’:/%-]{0,20}\s?[\p{Sc}%)]?$/u;

/** Which runs begin a new cell. */
function isCellGap(gap: number, size: number, before: Run, run: Run, hasCells: boolean): boolean {
  if (gap > CELL_GAP * size) return true;
  const values = [before, run].filter(({ text }) => VALUE.test(text.trim())).length;
  return gap > VALUE_GAP * size && (values === 2 || (values === 1 && hasCells));
}

const gapOf = (before: Run | undefined, run: Run): number =>
  before ? Math.max(run.left - before.right, before.left - run.right) : 0;

/** True if the line has a gap that parts cells without a look at the cells beside it. */
function hasGaps(runs: readonly Run[]): boolean {
  const inked = runs.filter(({ text }) => text.trim() !== '');
  return inked.some((run, place) => {
    const before = inked[place - 1];
    return before !== undefined && isCellGap(gapOf(before, run), Math.max(run.size, before.size), before, run, false);
  });
}

function cellsOf(runs: readonly Run[], isRightToLeft: boolean, line: Run): PdfCell[] {
  const cells: { text: string; left: number; right: number; parts: PdfCell[] }[] = [];
  const hasCells = hasGaps(runs);
  let before: Run | undefined;
  let isSpaced = false;
  for (const run of runs) {
    if (run.text.trim() === '') {
      isSpaced ||= run.text !== '';
      continue;
    }
    const open = cells.at(-1);
    const gap = gapOf(before, run);
    const size = Math.max(run.size, before?.size ?? 0);
    const part = { text: run.text.trim(), left: run.left, right: run.right };
    if (!open || !before || (isCellGap(gap, size, before, run, hasCells) && !isMark(open.text, cells.length)))
      cells.push({ text: run.text, left: run.left, right: run.right, parts: [part] });
    else {
      const isApart = isSpaced || (isRightToLeft && gap > WORD_GAP * size) || gap > CELL_GAP * size;
      open.text += isApart ? ` ${run.text}` : afterText(run, open.text, line);
      open.parts.push(part);
      open.left = Math.min(open.left, run.left);
      open.right = Math.max(open.right, run.right);
    }
    before = run;
    isSpaced = false;
  }
  return cells
    .map(({ parts, ...cell }) => ({ ...cell, text: clean(cell.text), ...(parts.length > 1 && { parts }) }))
    .filter(({ text }) => text !== '');
}

const isMark = (text: string, cells: number): boolean => cells === 1 && LIST_MARK.test(text.trim());
