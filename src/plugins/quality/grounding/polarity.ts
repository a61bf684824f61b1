import { isCjk, isFunctionWord } from '#core/text/words.ts';
import { antonymIn } from '../facts/antonyms.ts';
import { differences } from '../facts/differences.ts';
import { deniedIn, wordsOf } from '../facts/words.ts';
import type { Conflict } from './conflict.ts';

/** Minimum overlap of two clauses whose negations and opposites are compared. */
const SAME_CLAUSE = 0.6;
/** Minimum share of the source's clause in the claim. Below it, the negation may belong to the rest. */
const SAME_SCOPE = 0.4;
const CLAUSES =
  /[,，;；:：。.!?！？\n()（）"“”–—]|\s-{1,2}\s|\b(?:but|while|whereas|although|and|which)\b|但是|但|而且|而|并且/iu;
/** Clauses of one sentence that are compared, each with each. */
const MOST_CLAUSES = 30;
const clausesOf = (text: string): string[] =>
  text
    .split(CLAUSES, 4 * MOST_CLAUSES)
    .filter((clause) => contentWords(clause).length > 0)
    .slice(0, MOST_CLAUSES);
const contentWords = (text: string): string[] => wordsOf(text).filter((word) => !isFunctionWord(word));
/** Content words of a clause, or pairs of Chinese characters, below which it says too little to be compared. */
const LEAST_WORDS = 2;

/** Finds a claim that negates its source, states what the source negates, or states the opposite. At most one. */
export function polarityConflicts(claim: string, source: string): Conflict[] {
  const replaced = differences(claim, source)
    .map((piece) => ({ ...piece, opposite: antonymIn(piece.claim, piece.source) }))
    .find(({ opposite }) => opposite !== undefined);
  if (replaced && deniedIn(claim).size === 0 && deniedIn(source).size === 0)
    return [{ kind: 'opposite', said: replaced.claim, source: replaced.source }];
  const there = clausesOf(source);
  const clauses = clausesOf(claim);
  for (const clause of clauses) {
    const words = new Set(contentWords(clause));
    if (words.size < LEAST_WORDS) continue;
    const [match, held] = bestClause(words, there);
    const isSame = held >= SAME_CLAUSE && shareOf(new Set(contentWords(match ?? '')), words) >= SAME_SCOPE;
    const conflict = match !== undefined && isSame ? polarityConflict(clause, match) : undefined;
    if (conflict) return [conflict];
  }
  const denied = there.find((clause) => deniedIn(clause).size > 0 && clauses.some((own) => isDenial(clause, own)));
  return denied === undefined ? [] : [{ kind: 'negation', said: claim.trim(), source: denied.trim() }];
}

/** True if the claim contains a source's clause without its negation: 不能用于孕妇 in 该药物可以用于孕妇. */
function isDenial(source: string, claim: string): boolean {
  if (deniedIn(claim).size > 0 || !isCjk(source)) return false;
  const plain = new Set(contentWords(withoutNegations(source)));
  return plain.size >= LEAST_WORDS && shareOf(plain, new Set(contentWords(withoutNegations(claim)))) >= SAME_DENIED;
}
/** Minimum share of the words of a negating clause. */
const SAME_DENIED = 0.75;
/** Chinese negations and modal words, and particles, which part pairs of characters that belong together. */
const withoutNegations = (text: string): string =>
  text.replace(/没有|并非|并未|从未|从不|未曾|不能|不可以|不会|可以|[不没未非能会]|[了的过着也都]/gu, '');

const shareOf = (words: ReadonlySet<string>, others: ReadonlySet<string>): number =>
  [...words].filter((word) => others.has(word)).length / Math.max(1, words.size);

/** The clause that holds most of the words; of equals, the shortest. */
function bestClause(words: ReadonlySet<string>, clauses: readonly string[]): readonly [string | undefined, number] {
  let best: string | undefined;
  let held = 0;
  for (const clause of clauses.toSorted((a, b) => a.length - b.length)) {
    const share = shareOf(words, new Set(contentWords(clause)));
    if (share > held) [best, held] = [clause, share];
  }
  return [best, held];
}

/** Finds a clause that negates the source's clause or states its opposite. */
function polarityConflict(clause: string, source: string): Conflict | undefined {
  if (deniedBy(clause, source) || deniedBy(source, clause))
    return { kind: 'negation', said: clause.trim(), source: source.trim() };
  const opposite = antonymIn(clause, source);
  const isNegated = deniedIn(clause).size > 0 || deniedIn(source).size > 0;
  return opposite && !isNegated ? { kind: 'opposite', said: opposite[0], source: opposite[1] } : undefined;
}

/** A word that `one` negates and `other`, which negates nothing, states. */
function deniedBy(one: string, other: string): string | undefined {
  const negated = deniedIn(one);
  if (negated.size === 0 || deniedIn(other).size > 0) return undefined;
  const words = new Set(contentWords(other));
  return [...negated].find((word) => words.has(word));
}
