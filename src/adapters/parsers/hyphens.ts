/** The joint of two lines of one paragraph. */
export interface Joint {
  /** The text between them. */
  readonly between: string;
  /** The hyphen at the first line's end is left out. */
  readonly cut: boolean;
}

const WIDE = /[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef\u3000-\u303f]/;
const ENDS_IN_HYPHEN = /([\p{L}\p{N}]{1,60})[-\u2010\u00ad]$/u;
const BEGINS_WITH_WORD = /^[\p{L}\p{N}]{1,60}/u;
/** Conjunctions after a hanging hyphen: "Haupt-" in "Haupt- und Nebensatz". */
const CONJUNCTION = /^(?:und|oder|bzw|sowie|and|or|et|ou|en|of|y|o|e|och|og)$/;
/** First parts of words that keep their hyphen. */
const KEEPS =
  /^(?:vice|quasi|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|self|well|non|all|cross|half|ex|high|low|long|short|full|part|near|far|left|right|hard|soft|open|close[ds]?|hand|eye|mother|father|brother|sister|son|daughter|one|two|three|four|five|six|seven|eight|nine|ten|first|second|third|so|e|x|u|t|decision|state|user|case|time|cost|end|real|large|small|light|heavy|single|double|multi|wi)$/iu;
/** Second parts of words that keep their hyphen. */
const KEPT =
  /^(?:in-law|based|free|like|friendly|related|aware|specific|oriented|driven|known|level|term|time|scale|quality|speed|side|sided|year|old|day|wide|ready|proof|resistant|rated|dependent|independent|called|defined|made|only|four|one|two|three|five|six|seven|eight|nine|first|second|third|fifth|sixth|seventh|eighth|ninth)$/u;

/** A word with the hyphen after it, if there is one; then it is broken and no word. Backtracking at that place would try each letter again. */
const WORD = /[\p{L}\p{N}]+(?:[-\u2010][\p{L}\p{N}]+)*[-\u2010]?/gu;

/** The words of a document, and those with a hyphen in them, which tell how one is written that a line's end breaks. */
export function wordsIn(lines: Iterable<string>): ReadonlySet<string> {
  const words = new Set<string>();
  for (const line of lines)
    for (const [word] of line.matchAll(WORD)) if (!/[-\u2010]$/.test(word)) words.add(word.toLowerCase());
  return words;
}

/**
 * Joins the end of a line with the next one. A hyphen is left out where it breaks a word, and stays in a compound (twenty-four) and in a
 * code (XR-7500). Characters of East Asia need no space between them.
 */
export function jointOf(before: string, after: string, words: ReadonlySet<string>): Joint {
  const [, first] = ENDS_IN_HYPHEN.exec(before.slice(-80)) ?? [];
  const [second] = BEGINS_WITH_WORD.exec(after) ?? [];
  if (first === undefined || second === undefined) {
    const wide = WIDE.test(before.slice(-1)) && WIDE.test(after.slice(0, 1));
    return { between: wide ? '' : ' ', cut: false };
  }
  if (CONJUNCTION.test(second)) return { between: ' ', cut: false };
  return { between: '', cut: isBroken(before, first, second, words) };
}

function isBroken(before: string, first: string, second: string, words: ReadonlySet<string>): boolean {
  if (before.endsWith('\u00ad')) return true;
  if (!/\p{L}$/u.test(first) || !/^\p{Ll}/u.test(second)) return false;
  const [a, b] = [first.toLowerCase(), second.toLowerCase()];
  if (words.has(a + b)) return true;
  if (words.has(`${a}-${b}`)) return false;
  // A word with a hyphen before it, or in capitals, takes another word after its hyphen: state-of-the-art, PDF-reader.
  if (/[\p{L}\p{N}][-\u2010][\p{L}\p{N}]{1,60}[-\u2010]$/u.test(before.slice(-140))) return false;
  if (first.length > 1 && first === first.toUpperCase()) return false;
  return !(KEEPS.test(first) || KEPT.test(second));
}
