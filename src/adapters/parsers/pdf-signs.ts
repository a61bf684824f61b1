import { raised } from './html-text.ts';
import type { Run } from './pdf-runs.ts';

/** Letters of alphabets that are set apart for emphasis; of others, each is a word or a syllable. */
const SPACED =
  /^[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{N}\p{P}](?: [\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{N}\p{P}])+$/u;
/** Letters that a run has which is set apart beyond doubt. Shorter ones beside it are set so too. */
const LEAST_LETTERS = 4;

/** Joins the letters of words that are set apart ("S P A C E D"): a search finds no single letters. */
export function withoutLetterSpaces(given: readonly Run[]): readonly Run[] {
  const runs = singlesJoined(given);
  if (!runs.some(({ text }) => isSetApart(text))) return runs;
  return runs.map((run) => (SPACED.test(run.text) ? { ...run, text: run.text.replaceAll(' ', '') } : run));
}

/** Letters that are runs of their own with blanks between them, as one run. */
function singlesJoined(runs: readonly Run[]): readonly Run[] {
  if (runs.filter(({ text }) => SINGLE.test(text)).length <= LEAST_LETTERS) return runs;
  const joined: Run[] = [];
  for (let at = 0; at < runs.length; ) {
    const singles: Run[] = [];
    let end = at;
    while (SINGLE.test(runs[end]?.text ?? '') && (end === at || runs[end - 1]?.text === ' ')) {
      singles.push(runs[end] as Run);
      end += runs[end + 1]?.text === ' ' ? 2 : 1;
    }
    const last = singles.at(-1);
    const text = singles.map((run) => run.text).join(' ');
    if (last && singles.length > LEAST_LETTERS && isSetApart(text)) {
      joined.push({ ...(singles[0] as Run), text, right: last.right, isLineEnd: last.isLineEnd });
      at += 2 * singles.length - 1;
    } else {
      joined.push(runs[at] as Run);
      at += 1;
    }
  }
  return joined;
}
const SINGLE = /^\p{L}$/u;

function isSetApart(text: string): boolean {
  if (!SPACED.test(text)) return false;
  const letters = text.match(/\p{L}/gu) ?? [];
  if (letters.length < LEAST_LETTERS || letters.length * 2 < text.replaceAll(' ', '').length) return false;
  // Both forms of letters one after the other are a list of letters; A B C D names columns or answers.
  if (/\p{Ll} \p{Lu}/u.test(text)) return false;
  return letters.some(
    (letter, place) => place > 0 && letter.codePointAt(0) !== (letters[place - 1]?.codePointAt(0) ?? 0) + 1,
  );
}

/** A raised number is smaller than the letters of its line, and stands higher than they do. */
const SMALLER = 0.87;
const HIGHER = 0.18;

/** The text of a run after the text before it in its cell: an exponent or the number of a note is marked. */
export const afterText = (run: Run, before: string, line: Run): string =>
  run.size < SMALLER * line.size && run.bottom - line.bottom > HIGHER * line.size && run.text.trim() !== ''
    ? raised(run.text, before.slice(-4))
    : run.text;

const MIRRORED: Readonly<Record<string, string>> = {
  '(': ')',
  ')': '(',
  '[': ']',
  ']': '[',
  '{': '}',
  '}': '{',
  '<': '>',
  '>': '<',
  '«': '»',
  '»': '«',
};
const RANGE = /^([^\p{L}\s]*\d[^\p{L}\s]*?)(\s?[–—]\s?)(\d[^\p{L}\s]*)$/u;

/** A run of signs and numbers in a line from right to left, as it is written: the page shows its brackets mirrored, and the end of a range first. */
export function fromRightToLeft(text: string): string {
  if (!/[\p{L}\p{N}]/u.test(text)) return text.replace(/[()[\]{}<>«»]/g, (sign) => MIRRORED[sign] ?? sign);
  const [, last = '', dash = '', first = ''] = RANGE.exec(text.trim()) ?? [];
  const value = (number: string) => Number(number.replace(/[^\d]/g, ''));
  return dash !== '' && value(first) < value(last) ? `${first}${dash}${last}` : text;
}

/** Signs of vertical lines, which other lines write in full width. */
const VERTICAL: Readonly<Record<string, string>> = {
  '︐': '，',
  '︑': '、',
  '︒': '。',
  '︓': '：',
  '︔': '；',
  '︕': '！',
  '︖': '？',
  '︰': '：',
  '︵': '（',
  '︶': '）',
};
export const upright = (text: string): string => text.replace(/[︐-︖︰︵︶]/g, (sign) => VERTICAL[sign] ?? sign);
