/** Words before or after a page number. */
const WORD =
  'pages?|pp?\\.|pg\\.?|seite|s\\.|p[áa]gina|p[áa]g\\.?|стр\\.?|страница|strona|str\\.|sayfa|sida|side|sivu|blad|slide|folie|sheet|第|ページ|페이지|쪽|صفحة|עמוד|trang|หน้า';
const TOTAL = '(?:\\s{0,3}(?:of|\\/|von|de|di|sur|av|из|z|/|,?\\s?共)\\s{0,3}\\d{1,5})?';
const NUMBER = '(\\d{1,5}|[ivxlc]{1,7})';
const AFTER = '(?:\\s{0,3}(?:页|頁|ページ|페이지|쪽))?(?:\\s{0,3}共\\s{0,3}\\d{1,5}\\s{0,3}[页頁])?';
const MARKS = '[\\s\\-–—_|\\[\\](){}·•~.]{0,8}';

/** A line of a number alone, or with words that say it is a page's. */
const ALONE = new RegExp(`^${MARKS}(?:${WORD})?\\s{0,3}${NUMBER}${TOTAL}${AFTER}${MARKS}$`, 'iu');
/** "… Page 3", "… [Page 3 of 9]" at the end of a line that says more, or "Page 3 …" at its beginning. */
const WORDED_END = new RegExp(`[\\s\\[(|–—·-](?:${WORD})\\s{0,3}${NUMBER}${TOTAL}${AFTER}[\\s\\])]{0,3}$`, 'iu');
const WORDED_START = new RegExp(`^[\\s\\[(]{0,3}(?:${WORD})\\s{0,3}${NUMBER}${TOTAL}${AFTER}(?=[\\s\\])|–—·-])`, 'iu');
/** A number at the outer end of a line, set apart from the text by a tab or a bar. */
const APART_END = /(?:\t|\s[|·•–—]\s)\s*(\d{1,4}|[ivxlc]{1,7})\s*$/u;
const APART_START = /^\s*(\d{1,4}|[ivxlc]{1,7})\s*(?:\t|\s[|·•–—]\s)/u;
/** The same with a space only. */
const NEAR_END = /\s(\d{1,4})$/u;
const NEAR_START = /^(\d{1,4})\s/u;
/** Maximum distance between a page's number and its index if no word marks it as a page number. */
const MOST_OFFSET = 40;
const LONGEST = 300;

export interface PageNumber {
  /** The rest of the line, equal on every page. Absent if the number may be part of the text. */
  readonly key?: string;
  /** The line without the number; empty for a number alone. */
  readonly rest: string;
  /** The number less the index of the page. */
  readonly offset: number;
}

/** The number in a line that may be the page's; undefined where none may. */
export function pageNumberOf(line: string, page: number): PageNumber | undefined {
  if (line.length > LONGEST) return undefined;
  const made = (found: RegExpExecArray): PageNumber => {
    const rest = line.replace(found[0], '').trim();
    return { key: rest, rest, offset: numberOf(found[1] ?? '') - page };
  };
  const alone = ALONE.exec(line);
  if (alone) return { ...made(alone), key: line.replace(/\d+|[ivxlc]+/gi, '#'), rest: '' };
  const repeated = inCells(line, page);
  if (repeated) return repeated;
  const worded = WORDED_END.exec(line) ?? WORDED_START.exec(line);
  if (worded) return made(worded);
  const apart = APART_END.exec(line) ?? APART_START.exec(line);
  const number = apart && made(apart);
  if (number && Math.abs(number.offset) <= MOST_OFFSET) return number;
  const near = NEAR_END.exec(line) ?? NEAR_START.exec(line);
  if (!near) return undefined;
  const { rest, offset } = made(near);
  return { rest, offset };
}

/** The page's number in several cells of a line, as in two languages: "Page 3", "3 / 9". */
function inCells(line: string, page: number): PageNumber | undefined {
  const cells = line.split('\t').map((cell) => ({ cell, number: ALONE.exec(cell)?.[1] }));
  const numbers = new Set(cells.flatMap(({ number }) => (number === undefined ? [] : [numberOf(number)])));
  const numbered = cells.filter(({ number }) => number !== undefined);
  const [number] = numbers;
  if (numbered.length < 2 || numbers.size !== 1 || number === undefined) return undefined;
  const rest = cells
    .flatMap(({ cell, number: own }) => (own === undefined ? [cell] : []))
    .join('\t')
    .trim();
  return { key: `${rest}\n${numbered.length}`, rest, offset: number - page };
}

const ROMAN: Readonly<Record<string, number>> = { i: 1, v: 5, x: 10, l: 50, c: 100 };

function numberOf(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  const values = [...text.toLowerCase()].map((letter) => ROMAN[letter] ?? 0);
  return values.reduce((all, value, place) => all + (value < (values[place + 1] ?? 0) ? -value : value), 0);
}
