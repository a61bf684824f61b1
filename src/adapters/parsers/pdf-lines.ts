import { cleanText } from './decode.ts';
import type { Run } from './pdf-runs.ts';

/** A part of a line that is set apart from the others. */
export interface PdfCell {
  readonly text: string;
  readonly left: number;
  readonly right: number;
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
  const cells = cellsOf(isRightToLeft ? fromTheRight(inked) : given, isRightToLeft);
  const text = clean(cells.map((cell) => cell.text).join(' '));
  if (text === '') return undefined;
  const longest = inked.reduce((most, run) => (run.text.length > most.text.length ? run : most), first);
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
  cleanText(text)
    .replace(PRESENTATION, (forms) => forms.normalize('NFKC'))
    .replace(RADICALS, (radical) => CHARACTERS.charAt(RADICAL_SIGNS.indexOf(radical)))
    .replace(/\s+/g, ' ')
    .replace(SPACED, '')
    .trim();

/** The order in which a line is read that runs from right to left: numbers and Latin words in it run from left to right. */
function fromTheRight(runs: readonly Run[]): Run[] {
  const ordered = [...runs].sort((a, b) => b.right - a.right);
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

function cellsOf(runs: readonly Run[], isRightToLeft: boolean): PdfCell[] {
  const cells: { text: string; left: number; right: number }[] = [];
  let before: Run | undefined;
  let isSpaced = false;
  for (const run of runs) {
    if (run.text.trim() === '') {
      isSpaced ||= run.text !== '';
      continue;
    }
    const open = cells.at(-1);
    const gap = before ? Math.max(run.left - before.right, before.left - run.right) : 0;
    const size = Math.max(run.size, before?.size ?? 0);
    if (!open || !before || (gap > CELL_GAP * size && !isMark(open.text, cells.length)))
      cells.push({ text: run.text, left: run.left, right: run.right });
    else {
      const isApart = isSpaced || (isRightToLeft && gap > WORD_GAP * size) || gap > CELL_GAP * size;
      open.text += (isApart ? ' ' : '') + run.text;
      open.left = Math.min(open.left, run.left);
      open.right = Math.max(open.right, run.right);
    }
    before = run;
    isSpaced = false;
  }
  return cells.map((cell) => ({ ...cell, text: clean(cell.text) })).filter(({ text }) => text !== '');
}

const isMark = (text: string, cells: number): boolean => cells === 1 && LIST_MARK.test(text.trim());
