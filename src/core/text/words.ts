/** Words for comparing two short texts: not what an index is made of. */
const CJK = '[\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Hangul}ー]';
const RUNS = new RegExp(`${CJK}+|[[\\p{L}\\p{N}]--${CJK}]+(?:\\.\\p{N}+|,\\p{N}{3}(?!\\p{N}))*`, 'gv');
const HAS_CJK = new RegExp(CJK, 'v');

/** Plain words in lower case without their endings, and pairs of CJK characters, in order. */
export function comparableWords(text: string): string[] {
  return (text.normalize('NFKC').toLowerCase().match(RUNS) ?? []).flatMap((run) =>
    HAS_CJK.test(run) ? pairs(run) : [withoutEnding(run)],
  );
}

function pairs(run: string): string[] {
  const characters = [...run];
  if (characters.length === 1) return characters;
  return characters.slice(1).map((character, index) => `${characters[index]}${character}`);
}

/** Enough for an answer that says `rising` where the source says `rises`. */
const withoutEnding = (word: string): string =>
  word.length > 4 && /^[a-z]+$/.test(word) ? word.replace(/(?:ing|ed|es|s|e|ly)$/, '') : word;

/** True if the text contains a CJK character. */
export const isCjk = (text: string): boolean => HAS_CJK.test(text);

const FUNCTION_WORDS = new Set(
  `a an the and or but if of at by for with about to from up in on off as is are was were be been being am has have had do
does did will would can could should may might must it its this that these those they them their he she his her we our you
your i my who which what when where how there here than then so also very more most such some any one`.split(/\s+/),
);
/** Words that carry little meaning alone. */
export const isFunctionWord = (word: string): boolean => FUNCTION_WORDS.has(word);

const NUMBERS = /\p{N}+(?:,\p{N}{3}(?!\p{N}))*(?:[.:]\p{N}+)*/gu;
/** Thousands without their commas. */
export const numbersIn = (text: string): string[] =>
  (text.normalize('NFKC').match(NUMBERS) ?? []).map((number) => number.replaceAll(',', ''));

/** Words that look like a negation but are none. */
const NO_NEGATIONS = /\bnot (?:only|just|merely)\b|不仅|不但|不只|不断|不过|不同|不少|非常|非洲|未来|无线|无论|没收/giu;
const NEGATIONS = /\b(?:no|not|never|none|neither|nor|cannot|without)\b|n['’]t\b|[不没沒未无無非]/giu;
/** UTF-16 code units after a negation within which stands what it negates, and how many words of that count. */
const REACH = 40;
const NEGATED_WORDS = 3;

/** The words that a text denies: the first few after each of its negations. */
export function negatedWords(text: string): Set<string> {
  const negated = new Set<string>();
  for (const { index, 0: negation } of text
    .replace(NO_NEGATIONS, (same) => ' '.repeat(same.length))
    .matchAll(NEGATIONS)) {
    const after = text
      .slice(index + negation.length, index + negation.length + REACH)
      .split(/[.!?。！？，；,;\n]/, 1)[0];
    const words = comparableWords(after ?? '').filter((word) => !isFunctionWord(word));
    for (const word of words.slice(0, NEGATED_WORDS)) negated.add(word);
  }
  return negated;
}
