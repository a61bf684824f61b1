/** Scripts whose pieces are in the built-in encoder's vocabulary. */
const KNOWN = /[\p{Script=Latin}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/gu;
const LETTER = /\p{L}/gu;
/** Of a longer text the beginning tells. UTF-16 code units. */
const LOOKED_AT = 2_000;

/**
 * Whether the built-in encoder can tell such texts apart: most letters are of a script that it knows. Of others, such as Cyrillic, it
 * sees single characters, and any two texts seem near (cosines of .5). A text without letters has no meaning to find either.
 */
export function isEncodable(text: string): boolean {
  const part = text.slice(0, LOOKED_AT);
  const letters = part.match(LETTER)?.length ?? 0;
  return letters > 0 && (part.match(KNOWN)?.length ?? 0) * 2 >= letters;
}
