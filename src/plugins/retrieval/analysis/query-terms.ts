import { type CjkWords, cjkWords } from './cjk-words.ts';
import { codeTokens, isCode, isWholeNumber, withoutGroups } from './code-tokens.ts';
import { tokenHash } from './token-hash.ts';
import { isCjkPair, isCjkSingle, tokenize, versionsOf } from './tokens.ts';
import { simplified } from './traditional.ts';

/** A question's tokens, by their hashes, with what they weigh, once for all passages. */
export interface QueryTerms {
  /** The tokens in order, with repetitions. Of CJK only pairs, because single characters are too frequent. */
  readonly sequence: readonly number[];
  /** The inverse document frequency of each, less for what stands across words. */
  readonly weights: ReadonlyMap<number, number>;
  /** The sum of all weights. */
  readonly total: number;
  /** Its pieces of words, for forms that the stemmer does not bring together. */
  readonly pieces: readonly Piece[];
  readonly asksFor: 'number' | 'name' | null;
}

/** Part of one or several tokens of a question. */
export interface Piece {
  readonly text: string;
  readonly beginsWord: boolean;
  /** The hashes of those tokens. A passage with one of them contains the piece. */
  readonly tokens: readonly number[];
}

/** Question words. They carry no topic, but would weigh much in texts where they are rare. */
const QUESTION_WORDS =
  /请问|为什么|为何|什么时候|什么|怎么样|怎么|怎样|如何|哪[些个里位种儿一年]?|多少|何[时处地人]|几|谁|吗|呢/g;

/** People ask for 12条 where the text has 第十二条. */
const BARE_ORDINAL =
  /(?<![第\d零〇一二三四五六七八九十百千两])([\d零〇一二三四五六七八九十百千两]{1,7})\s?条(?!\p{Script=Han})/gu;

/** UTF-16 code units of a query that are searched for; of a longer one the beginning and the end, where questions stand. */
const MOST_CHARACTERS = 2_000;

/** The question without its question words. The whole question if nothing else is left. */
export function searchable(query: string): string {
  const half = MOST_CHARACTERS / 2;
  const bounded = query.length > MOST_CHARACTERS ? `${query.slice(0, half)}\n${query.slice(-half)}` : query;
  const rest = simplified(bounded).replace(BARE_ORDINAL, '第$1条').replace(QUESTION_WORDS, ' ');
  return /[\p{L}\p{N}]/u.test(rest) ? rest : bounded;
}

/** Characters that join words and name nothing: everywhere, so that one weighs next to nothing as it is. */
const FUNCTION_CHARACTER = /[的了在是和与及或之于被把]/;
/** A pair that is of two words: rare by chance, it tells little. */
const standsAcross = (token: string, { across }: CjkWords): boolean =>
  isCjkPair(token) && (across.has(token) || FUNCTION_CHARACTER.test(token));
/** The weight of such a pair against another token. */
const ACROSS = 0.5;

/** The keyword weight of a token in a question with CJK, in halves of a character or pair within a word. */
const TIMES = {
  across: 2 * ACROSS,
  within: 2,
  /** A character that stands alone somewhere in the question: no pair within a word speaks for it there. */
  alone: 3,
  /** A word or a number is one token, where a CJK word of two characters is three: both characters and the pair. */
  word: 6,
};

function timesOf(token: string, words: CjkWords): number {
  if (isCjkPair(token)) return standsAcross(token, words) ? TIMES.across : TIMES.within;
  if (isCjkSingle(token)) return words.alone.has(token) ? TIMES.alone : TIMES.within;
  return TIMES.word;
}

/** A code counts as so many words; a question for 2.3 finds 2.3 itself before its versions. */
const CODE_TIMES = 3;
/** Of a telephone number the last eight digits count; the whole of it only tells apart those that share these. */
const WHOLE_SHARE = 0.25;
const weightOf = (token: string): number => (isWholeNumber(token) ? WHOLE_SHARE : isCode(token) ? CODE_TIMES : 1);

/** As a text's, and what finds the versions of a question for 2.3. */
function queryTokens(asked: string): string[] {
  const codes = codeTokens(asked.normalize('NFKC'));
  const rest = withoutGroups(asked);
  const tokens = rest === asked ? tokenize(asked) : [...tokenize(rest), ...codes];
  return tokens.flatMap((token) => {
    const versions = versionsOf(token);
    return versions === null ? [token] : [token, token, versions];
  });
}

/** The keyword tokens of a question. Each counts as often as it occurs. */
export function searchTokens(query: string): string[] {
  const asked = searchable(query);
  const tokens = queryTokens(asked);
  const words = cjkWords(asked);
  const times = tokens.map((token) => timesOf(token, words) * Math.max(1, weightOf(token)));
  if (new Set(times).size < 2) return tokens;
  return tokens.flatMap((token, place) => Array<string>(times[place] as number).fill(token));
}

/** `question` as it was asked, for what it asks for. */
export function queryTerms(question: string, idf: (token: string) => number): QueryTerms {
  const asked = searchable(question);
  const tokens = queryTokens(asked);
  const pairs = tokens.some(isCjkPair);
  const words = pairs ? tokens.filter((token) => !isCjkSingle(token)) : tokens;
  const cjk = cjkWords(asked);
  const share = (token: string) => (standsAcross(token, cjk) ? ACROSS : 1);
  const weights = new Map(words.map((token) => [tokenHash(token), idf(token) * share(token) * weightOf(token)]));
  let total = 0;
  for (const weight of weights.values()) total += weight;
  return { sequence: words.map(tokenHash), weights, total, pieces: piecesOf(words), asksFor: asksFor(question) };
}

const PIECE = 4;
const MARK = '^';

/** Four characters each of a word, its beginning marked; a shorter word (a CJK pair too) is one piece, which only itself has. */
function piecesOf(words: readonly string[]): Piece[] {
  const tokens = new Map<string, number[]>();
  for (const word of new Set(words)) {
    const marked = MARK + word;
    for (let start = 0; start === 0 || start + PIECE <= marked.length; start += 1) {
      const piece = marked.slice(start, start + PIECE);
      tokens.set(piece, [...(tokens.get(piece) ?? []), tokenHash(word)]);
    }
  }
  return Array.from(tokens, ([piece, of]) => ({
    text: piece.replace(MARK, ''),
    beginsWord: piece.startsWith(MARK),
    tokens: of,
  }));
}

/** The share of the pieces in a passage, 0..1, by its tokens and by its text in lower case. */
export function shareOfPieces(text: string, has: (token: number) => boolean, pieces: readonly Piece[]): number {
  if (pieces.length === 0) return 0;
  const lower = text.toLowerCase();
  let shared = 0;
  for (const piece of pieces) if (piece.tokens.some(has) || stands(piece, lower)) shared += 1;
  return shared / pieces.length;
}

function stands({ text, beginsWord }: Piece, lower: string): boolean {
  if (!beginsWord) return lower.includes(text);
  if (text.length < PIECE - 1) return false;
  for (let place = lower.indexOf(text); place >= 0; place = lower.indexOf(text, place + 1))
    if (place === 0 || !WORD.test(lower[place - 1] as string)) return true;
  return false;
}
const WORD = /[\p{L}\p{N}]/u;

const ASKS_FOR_NUMBER =
  /多少|几|何时|什么时候|哪一?年|时间|日期|第几|多长|多大|多高|\bhow (?:many|much|long|old|far|large|tall|high|often)\b|\bwhen\b|\bwh(?:at|ich) (?:year|date|percent|percentage|number|century|day|month)\b/i;
const ASKS_FOR_NAME = /谁|哪位|何人|\bwho\b|\bwhom\b|\bwhose\b/i;

function asksFor(asked: string): QueryTerms['asksFor'] {
  const question = simplified(asked);
  return ASKS_FOR_NUMBER.test(question) ? 'number' : ASKS_FOR_NAME.test(question) ? 'name' : null;
}
