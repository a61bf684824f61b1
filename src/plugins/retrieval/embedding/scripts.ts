/** Scripts whose pieces are in the built-in encoder's vocabulary. */
const KNOWN = /[\p{Script=Latin}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/gu;
const LETTER = /\p{L}/gu;
/** Of a longer text only the beginning is read. UTF-16 code units. */
const LOOKED_AT = 2_000;

/**
 * True if the built-in encoder can distinguish such texts: most letters are of a script that it knows. Of other scripts, such as Cyrillic, it
 * sees single characters, and all texts seem similar (cosines of .5). A text without letters has no meaning to compare.
 */
export function isEncodable(text: string): boolean {
  const part = text.slice(0, LOOKED_AT);
  const letters = part.match(LETTER)?.length ?? 0;
  return letters > 0 && (part.match(KNOWN)?.length ?? 0) * 2 >= letters;
}
