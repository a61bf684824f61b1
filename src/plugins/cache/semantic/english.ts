/** What an English message says, in a form in which messages can be compared word by word. */
import { folded } from '../spelling.ts';
import { baseForms, CLASSES, FILLERS, numberOf, PARTICLES, POLAR, PREPOSITIONS } from './english-words.ts';
import { lexicon } from './lexicon.ts';
import { withFixedPhrases, withPhrases } from './phrases.ts';

export interface Token {
  /** In lower case, as it is written. */
  readonly text: string;
  /** NAME: capitalised within a sentence, or of unusual form (code, abbreviations). MARKER: a word of a closed class. */
  readonly kind: 'WORD' | 'NUMBER' | 'NAME' | 'MARKER';
  /** What it may be an inflected form of. */
  readonly forms: readonly string[];
}

export interface Utterance {
  /** Without the words that change nothing. */
  readonly tokens: readonly Token[];
  /** All words, as they are written. */
  readonly words: readonly string[];
  /** The same, with one word for each phrase that says what it says. */
  readonly phrased: readonly string[];
  /** What is set in backticks, in lower case: code and its names. */
  readonly code: readonly string[];
}

const CONTRACTIONS: readonly (readonly [RegExp, string])[] = [
  [/^no, /, 'nope, '],
  [/\bcan(?:'t|not)\b/g, 'can not'],
  [/\bwon't\b/g, 'will not'],
  [/n't\b/g, ' not'],
  [/\b(i)'m\b/g, '$1 am'],
  [/'re\b/g, ' are'],
  [/'ll\b/g, ' will'],
  [/'ve\b/g, ' have'],
  [/'d\b/g, ' would'],
  [/\bneither\b/g, 'not either'],
  [/\bnor\b/g, 'or'],
  [/\bunable to\b/g, 'not able to'],
  [/\b(?:have|has|having|need|needs) to\b/g, 'must'],
];

/** Ways to ask that leave the question as it is. */
const OPENINGS: readonly RegExp[] = [
  /^(?:hi|hello|hey|please|kindly|so|ok|okay|thanks?)\b[\s,!.]*/,
  /^(?:can|could|would|will) (?:you|someone|anyone|u) (?:please |kindly )?(?:help me (?:to )?)?(?=(?:tell|show|explain|give|let|find|write|translate|list|describe|summari[sz]e|convert|calculate)\b)/,
  /^(?:please )?(?:tell|show) (?:me|us) (?=(?:what|how|when|where|why|who|which|if|whether)\b)/,
  /^(?:i|we) (?:want|need|would like|wish|would love) to know (?=(?:what|how|when|where|why|who|which|if|whether)\b)/,
  /^(?:do|does) (?:you|anyone|anybody|someone) know (?=(?:what|how|when|where|why|who|which|if|whether)\b)/,
  /^(?:i|we) (?:was|am|were|are) wondering (?=(?:what|how|when|where|why|who|which|if|whether)\b)/,
  /^(?:any idea|explain|let me know) (?=(?:what|how|when|where|why|who|which)\b)/,
];

const HOW_TO: readonly RegExp[] = [
  /^(?:what (?:is|are|'s)|is there|are there|i (?:need|want)) (?:a |an |the |any |some )*(?:way|ways|steps|step|method|procedure|process|instructions)(?: for me)? (?:to|for|of) /,
  /^(?:the )?(?:way|ways|steps|instructions) (?:to|for) /,
  /^how (?:do|does|can|could|should|would|might|must|may) (?:i|you|we|one|u|someone|people) (?:go about )?/,
  /^how (?:is it possible )?to /,
];

/** A phrase before the question that may stand after it as well. */
const MOVED = /^((?:in|on|with|for|from|at|by|using|during|when using) [^,?!]{1,40}), (.+?)[\s?.!]*$/;

const WORDS =
  /(?:[\p{L}\p{N}_]+\.)+[\p{L}\p{N}_]+|-?\d+(?:[.,:/]\d+)*[\p{L}%]*|[\p{L}\p{N}_]+(?:[_'/@.][\p{L}\p{N}_]+)*(?:\+\+|#)?|[$€£¥%+*/=<>^&|~-]|[\p{Sm}\p{Sc}\p{So}]/gu;

const CODE = /`([^`\n]{1,80})`/gu;

/** A message in English or in another language of Latin script, whose words are then compared as they are. */
export function englishTokens(message: string): Utterance {
  const text = plain(message);
  const phrased = withPhrases(wordsOf(asked(withFixedPhrases(text))));
  const code = [...folded(message).matchAll(CODE)].map(([, inside = '']) => inside.toLowerCase().trim());
  const names = new Set([...namesIn(message), ...code]);
  return { tokens: tokensOf(phrased, names), words: wordsOf(asked(text)), phrased, code };
}

/** Plain words between slashes, such as `acquired/processed`: no path, and no unit. */
const EITHER = /(?<![\p{L}\p{N}_/.:@`-])\p{L}{3,}(?:\/\p{L}{3,}){1,3}(?![\p{L}\p{N}_/@`(-]|\.[\p{L}\p{N}])/gu;

/** Several of what an abbreviation names are that abbreviation: `URLs`. */
const PLURAL = /\b(\p{Lu}{2,})s\b/gu;

const plain = (message: string): string => {
  let text = folded(message)
    .replace(PLURAL, '$1')
    .replace(/[‘’´]/g, "'")
    .replace(/(^|\s)\d{1,2}\)\s/g, '$1')
    .toLowerCase()
    .replace(/\s+/g, ' ')
    .trim();
  for (const [pattern, replacement] of CONTRACTIONS) text = text.replace(pattern, replacement);
  return text
    .replace(EITHER, (words) => words.replaceAll('/', ' '))
    .replace(/\bv(\d+\.\d)/g, '$1')
    .replace(/(\p{L}{2,})'s\b/gu, "$1 's")
    .replace(/\b(\p{L})-(\p{L}{2,})/gu, '$1$2');
};

/** Without what only makes it polite; the ways to ask how something is done are one. */
function asked(message: string): string {
  let text = message;
  for (let before = ''; before !== text; ) {
    before = text;
    for (const opening of OPENINGS) text = text.replace(opening, '');
  }
  text = text.replace(MOVED, '$2 $1');
  for (const pattern of HOW_TO) if (pattern.test(text)) return `how ${text.replace(pattern, '')}`;
  text = text.replace(/^what (?:is|are|'s) /, '');
  const [first = ''] = text.split(/[^a-z]/, 1);
  return POLAR.has(first) ? `polar ${text}` : text;
}

const wordsOf = (text: string): readonly string[] => text.match(WORDS) ?? [];

function tokensOf(words: readonly string[], names: ReadonlySet<string>): Token[] {
  const tokens: Token[] = [];
  for (let place = 0; place < words.length; place += 1) {
    const word = words[place] as string;
    const next = words[place + 1];
    const phrase =
      next !== undefined && PARTICLES.has(next) && baseForms(word).find((form) => lexicon().hasPhrase(form, next));
    if (phrase) {
      tokens.push({ text: `${phrase}_${next}`, kind: 'WORD', forms: [`${phrase}_${next}`] });
      place += 1;
    } else if (!FILLERS.has(word) && word !== "'s" && word !== '-') tokens.push(tokenOf(word, names));
  }
  return tokens;
}

function tokenOf(word: string, names: ReadonlySet<string>): Token {
  const number = numberOf(word);
  if (number !== undefined) return { text: number, kind: 'NUMBER', forms: [number] };
  const marker = CLASSES.get(word) ?? (PREPOSITIONS.has(word) || word === 'polar' || word === 'how' ? word : undefined);
  if (marker !== undefined) return { text: marker, kind: 'MARKER', forms: [marker] };
  if (/^\p{So}$/u.test(word)) return { text: word, kind: 'MARKER', forms: [word] };
  if (names.has(word) || !/^[a-z]+$/.test(word)) return { text: word, kind: 'NAME', forms: [word] };
  return { text: word, kind: 'WORD', forms: baseForms(word) };
}

/**
 * Words, in lower case, that are written as names are: with a capital within a sentence, or with one after the first letter. A word
 * that the message also has in lower case is no name.
 */
function namesIn(message: string): ReadonlySet<string> {
  const text = folded(message).replace(PLURAL, '$1');
  const found = text.matchAll(
    /(?<![.!?]\s{0,2}|^\s{0,3}["'“(]?)\b(\p{Lu}[\p{L}\p{N}]*)\b|\b(\p{L}[\p{L}\p{N}]*\p{Lu}[\p{L}\p{N}]*)\b/gu,
  );
  const plain = new Set(text.match(/(?<![\p{L}\p{N}_.`])\p{Ll}+(?![\p{L}\p{N}_(`])/gu));
  return new Set(
    [...found]
      .flatMap(([, first, inner]) => (first ?? inner ?? '').toLowerCase())
      .filter((name) => name.length > 1 && !plain.has(name)),
  );
}
