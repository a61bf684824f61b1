/** Spaces, line ends and signs of Chinese and Japanese sentences: text of any length has some of them. */
const SEPARATOR = /[\n\u0020\u3000-\u3002\uff01\uff0c\uff1a\uff1b\uff1f]/u;
/** Characters of no text: broken ones, control characters, those that are not assigned or have no meaning of their own. */
const NO_TEXT = /[\ufffd\p{Co}\p{Cn}]|[[\p{Cc}]--[\t\n\f\r]]/v;
const SCRIPTS = [
  /[\p{Script=Latin}\p{Script=Common}]/u,
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Bopomofo}]/u,
  /\p{Script=Cyrillic}/u,
  /\p{Script=Greek}/u,
  /\p{Script=Arabic}/u,
  /\p{Script=Hebrew}/u,
  /\p{Script=Hangul}/u,
  /\p{Script=Thai}/u,
  /\p{Script=Devanagari}/u,
];
/** The minimum share of the letters over 0x7f that are of one script. */
const ONE_SCRIPT = 0.95;
const LEAST_LETTERS = 4;

/** Which order of the bytes of UTF-16 gives a text of one script, with or without Latin letters; undefined if neither or both do. */
export function wideEncoding(sample: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  if (sample.length < 2 * LEAST_LETTERS) return undefined;
  const whole = sample.subarray(0, sample.length & ~1);
  const [first, second] = (['utf-16le', 'utf-16be'] as const).filter((encoding) =>
    isText(new TextDecoder(encoding).decode(whole)),
  );
  return second === undefined ? first : undefined;
}

function isText(text: string): boolean {
  if (NO_TEXT.test(text.toWellFormed()) || !SEPARATOR.test(text)) return false;
  const letters = text.match(/[[\p{L}]--[\0-\x7f]]/gv) ?? [];
  return (
    letters.length >= LEAST_LETTERS &&
    SCRIPTS.some((script) => letters.filter((letter) => script.test(letter)).length >= ONE_SCRIPT * letters.length)
  );
}
