import type { Run } from './pdf-runs.ts';

/** A capital, perhaps after a quotation mark. */
const CAPITAL = /^["“‘«„]?\p{Lu}$/u;
/** A letter that is a word by itself. */
const WORD = /^["“‘«„]?[AI]$/u;
/** The least size of a drop cap, in sizes of the text beside it. */
const LEAST_SIZE = 1.8;
/** The largest gap between it and the text beside it, in its own sizes. */
const GAP = 0.6;
/** Capitals of a page that are looked at. */
const MOST = 100;

/**
 * Puts each drop cap before the word that it begins. It is a large capital with two lines of text beside it or more; read as a line, it
 * would be a heading, and its word would lack a letter.
 */
export function withDropCaps(runs: readonly Run[]): readonly Run[] {
  const large = runs.filter(({ text }) => CAPITAL.test(text.trim())).slice(0, MOST);
  if (large.length === 0) return runs;
  const begins = new Map<Run, Run>();
  for (const capital of large) {
    const first = textBeside(capital, runs);
    if (first && !begins.has(first)) begins.set(first, capital);
  }
  if (begins.size === 0) return runs;
  const moved = new Set(begins.values());
  const words = new Set(runs.flatMap(({ text }) => text.toLowerCase().match(/\p{L}+/gu) ?? []));
  return runs.flatMap((run) => {
    if (moved.has(run)) return [];
    const capital = begins.get(run);
    return capital ? [{ ...run, left: capital.left, text: joined(capital.text.trim(), run.text, words) }] : [run];
  });
}

/** The beginning of the first line beside a drop cap. */
function textBeside(capital: Run, runs: readonly Run[]): Run | undefined {
  const { right, bottom, size, turn } = capital;
  const beside = runs.filter(
    (run) =>
      run.turn === turn &&
      /\p{L}/u.test(run.text) &&
      run.size * LEAST_SIZE <= size &&
      run.left >= right - run.size &&
      run.left <= right + GAP * size &&
      run.bottom > bottom - run.size / 2 &&
      run.bottom < bottom + size,
  );
  const [first, ...others] = beside.sort((a, b) => b.bottom - a.bottom || a.left - b.left);
  const isSet =
    first && others.some((run) => Math.abs(run.left - first.left) < run.size && run.bottom < first.bottom - 1);
  return isSet && /^\s*\p{L}/u.test(first.text) ? first : undefined;
}

/** How a word of English begins: with a vowel, or with one of these before it. */
const ONSET =
  /^(?:(?:[bcdfgjklmnpqrstvwyz]|ch|sh|th|ph|wh|wr|kn|qu|[bcdfgpt]r|[bcfgps]l|s[cklmnpqtw]|s[cpt]r|tw)?h?[aeiouy])/;
/** Words that begin with a letter that is a word, and go on as a word may begin. */
const WHOLE =
  /^(?:a(?:bout|bove|cross|gain|gainst|go|head|lone|long|lso|lways|mong|mid|nother|ny|nyone|part|re|round|ware|way|bility|ble|cademic|ctual\w*|dult\w*|fter|ge|merica\w*)|i(?:dea\w*|magin\w*|ron|sland\w*|taly|talian\w*))$/;

/** `A mill`, but `After`: where the letter may be a word, the rest tells, which begins as a word does or does not. */
function joined(capital: string, text: string, words: ReadonlySet<string>): string {
  const rest = text.trimStart();
  const word = /^\p{L}+/u.exec(rest)?.[0].toLowerCase() ?? '';
  const whole = `${capital.toLowerCase().replace(/\P{L}/gu, '')}${word}`;
  const isWord = text !== rest || (word.length > 1 && ONSET.test(word) && !WHOLE.test(whole) && !words.has(whole));
  return `${capital}${WORD.test(capital) && isWord ? ' ' : ''}${rest}`;
}
