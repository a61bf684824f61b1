import { isCjkPair, isCjkSingle, tokenize } from './tokens.ts';

/** A question's tokens with what they weigh, once for all passages. */
export interface QueryTerms {
  /** Of CJK the pairs alone: single characters are everywhere. In order, with repetitions. */
  readonly sequence: readonly string[];
  /** The inverse document frequency of each. */
  readonly weights: ReadonlyMap<string, number>;
  /** The sum of all weights. */
  readonly total: number;
  /** Its pieces of words, for forms that the stemmer does not bring together. */
  readonly pieces: readonly string[];
  readonly asksFor: 'number' | 'name' | null;
}

/** Words that only make a question of it: in a text they say nothing, and being rare there they would weigh much. */
const QUESTION_WORDS =
  /请问|为什么|为何|什么时候|什么|怎么样|怎么|怎样|如何|哪[些个里位种儿一年]?|多少|何[时处地人]|几|谁|吗|呢/g;

/** UTF-16 code units of a query that are searched for; of a longer one the beginning and the end, where questions stand. */
const MOST_CHARACTERS = 2_000;

/** What of a question is searched for: not the words that ask. The whole of it where nothing else is left. */
export function searchable(query: string): string {
  const half = MOST_CHARACTERS / 2;
  const bounded = query.length > MOST_CHARACTERS ? `${query.slice(0, half)}\n${query.slice(-half)}` : query;
  const rest = bounded.replace(QUESTION_WORDS, ' ');
  return /[\p{L}\p{N}]/u.test(rest) ? rest : bounded;
}

/** `question` as it was asked, for what it asks for. */
export function queryTerms(question: string, idf: (token: string) => number): QueryTerms {
  const tokens = tokenize(searchable(question));
  const pairs = tokens.some(isCjkPair);
  const sequence = pairs ? tokens.filter((token) => !isCjkSingle(token)) : tokens;
  const weights = new Map(sequence.map((token) => [token, idf(token)]));
  let total = 0;
  for (const weight of weights.values()) total += weight;
  return { sequence, weights, total, pieces: [...new Set(sequence.flatMap(piecesOf))], asksFor: asksFor(question) };
}

const PIECE = 4;

/** Four characters each of a word, its beginning marked; a shorter word (a CJK pair too) is one piece, and its end is marked too. */
function piecesOf(token: string): string[] {
  const marked = `^${token}`;
  if (marked.length < PIECE) return [`${marked}$`];
  return Array.from({ length: marked.length - PIECE + 1 }, (_, start) => marked.slice(start, start + PIECE));
}

/** Words in which pieces can be looked for. */
export const joinedWords = (tokens: ReadonlySet<string>): string => `^${[...tokens].join('$^')}$`;

/** The share of the pieces that the words have, 0..1. */
export function shareOfPieces(words: string, pieces: readonly string[]): number {
  if (pieces.length === 0) return 0;
  let shared = 0;
  for (const piece of pieces) if (words.includes(piece)) shared += 1;
  return shared / pieces.length;
}

const ASKS_FOR_NUMBER =
  /多少|几|何时|什么时候|哪一?年|时间|日期|第几|多长|多大|多高|\bhow (?:many|much|long|old|far|large|tall|high|often)\b|\bwhen\b|\bwh(?:at|ich) (?:year|date|percent|percentage|number|century|day|month)\b/i;
const ASKS_FOR_NAME = /谁|哪位|何人|\bwho\b|\bwhom\b|\bwhose\b/i;

const asksFor = (question: string): QueryTerms['asksFor'] =>
  ASKS_FOR_NUMBER.test(question) ? 'number' : ASKS_FOR_NAME.test(question) ? 'name' : null;
