/**
 * How likely two long messages say the same in other words. A rewording changes many words a little; what only looks alike changes
 * one thing. Some differences decide by themselves: they are gates. What is left is told by figures for a model (score.ts).
 */
import { alignment, share } from './alignment.ts';
import { areContrasted } from './contrasts.ts';
import { differences } from './differences.ts';
import type { Token, Utterance } from './english.ts';
import { FILLERS } from './english-words.ts';
import { areOpposites } from './opposites.ts';
import { areClausesSwapped, areRolesSwapped } from './roles.ts';

export interface Rewording {
  /** Why they cannot say the same; null: they may. */
  readonly closed: 'WORDS' | 'NAMES' | 'NUMBERS' | 'NEGATION' | 'ANTONYMS' | 'CONTRAST' | 'ROLES' | 'FEW_EDITS' | null;
  /** What stands in one place of each, where both have something of their own there. */
  readonly slots: readonly (readonly [string, string])[];
  /** Words of each that the other has nothing for. */
  readonly left: readonly string[];
  readonly right: readonly string[];
  /** 0..1 each. */
  readonly figures: Readonly<Record<FigureName, number>>;
}
export const FIGURES = [
  'same',
  'explained',
  'replaced',
  'added',
  'verbatim',
  'edits',
  'order',
  'length',
  'names',
] as const;
export type FigureName = (typeof FIGURES)[number];

/** Words that deny. */
const DENIALS: ReadonlySet<string> = new Set([
  'not',
  'non',
  'without',
  'avoid',
  'avoids',
  'prevent',
  'prevents',
  'absence',
  'lack',
  'lacks',
  'avert',
  'averts',
  'hinder',
  'hinders',
  'refrain',
  'fails',
]);

export function compareRewordings(
  { tokens: one, words, phrased, code }: Utterance,
  { tokens: other, words: otherWords, phrased: otherPhrased, code: otherCode }: Utterance,
): Rewording {
  const [here, there] = [one.filter(isContent), other.filter(isContent)];
  const { pairs, left, right, lost } = alignment(here, there);
  const shorter = Math.max(1, Math.min(here.length, there.length));
  const longer = Math.max(1, here.length, there.length);
  const exact = pairs.filter(({ how }) => how === 'SAME').length;
  const { common, edits: places } = differences(words, otherWords);
  const edits = places.length;
  const unexplained = differences(phrased, otherPhrased).edits.length;
  const figures = {
    same: exact / longer,
    explained: pairs.length / longer,
    replaced: Math.min(left.length, right.length) / shorter,
    added: Math.abs(left.length - right.length) / longer,
    verbatim: common / Math.max(1, words.length, otherWords.length),
    edits: Math.min(1, edits / MANY_EDITS),
    order: inOrder(pairs.map(({ from, to }) => [from, to])),
    length: Math.min(1, shorter / 30),
    names: Math.min(1, pairs.filter(({ from, how }) => how === 'SAME' && here[from]?.kind === 'NAME').length / 4),
  };
  return {
    closed:
      lacksCode(code, otherCode, other) || lacksCode(otherCode, code, one)
        ? 'NAMES'
        : gateOf({ one, other, phrased, otherPhrased, pairs, left, right, lost, edits, unexplained, figures }),
    slots: places.flatMap(({ one: words, other: others }) => {
      const [here, there] = [words, others].map((some) => some.filter((word) => !FILLERS.has(word)).join(' ')) as [
        string,
        string,
      ];
      return here === '' || there === '' ? [] : [[here, there] as const];
    }),
    left: left.map(({ text }) => text),
    right: right.map(({ text }) => text),
    figures,
  };
}

/** Whether code of one message is not in the other. A plain word that is code in one must be code in the other. */
const lacksCode = (code: readonly string[], others: readonly string[], tokens: readonly Token[]): boolean =>
  code.some(
    (name) => !others.includes(name) && (/^[a-z]+$/.test(name) || !tokens.some(({ text }) => name.includes(text))),
  );

const isContent = ({ kind }: Token): boolean => kind !== 'MARKER';

/** Of two long messages that differ less, one was made of the other by changing what matters. */
const MOST_VERBATIM = 0.85;
const MANY_MOVED = 3;
/** Where more than this share stands as it was, two words may have been exchanged; where less does, a half was moved. */
const MOST_KEPT = 0.6;
/** Share of the words of the longer message that the other must have something for. */
const LEAST_EXPLAINED = 0.4;
/** Share of them that one message may have more than the other. */
const MOST_ADDED = 0.3;
const FEW_REPLACED = 1;
const IN_ORDER = 0.99;
const MANY_EDITS = 8;

interface Compared extends ReturnType<typeof alignment> {
  readonly one: readonly Token[];
  readonly other: readonly Token[];
  readonly phrased: readonly string[];
  readonly otherPhrased: readonly string[];
  readonly edits: number;
  /** Of the edits, those that are no phrases that say the same. */
  readonly unexplained: number;
  readonly figures: Rewording['figures'];
}

function gateOf(compared: Compared): Rewording['closed'] {
  const { one, other, left, right } = compared;
  const only = (kind: Token['kind']) => [...left, ...right].some((token) => token.kind === kind);
  if (only('NUMBER')) return 'NUMBERS';
  if (only('NAME')) return 'NAMES';
  if (denials(one) % 2 !== denials(other) % 2 || denyOthers(one, other)) return 'NEGATION';
  if (left.some(({ forms }) => right.some((second) => areOpposites(forms, second.forms)))) return 'ANTONYMS';
  if (areContrasted(compared.phrased, compared.otherPhrased)) return 'CONTRAST';
  if (areRolesSwapped(one, other) || areClausesSwapped(one, other)) return 'ROLES';
  const { explained, added } = compared.figures;
  if (explained < LEAST_EXPLAINED || added > MOST_ADDED) return 'WORDS';
  return isMadeOfTheOther(compared) ? 'FEW_EDITS' : null;
}

/**
 * Whether one message was made of the other by changing what matters: a word or two were replaced where they stand, or one was
 * added, and little else. Who says a thing in other words changes more, or moves what there is.
 */
function isMadeOfTheOther({ one, other, pairs, lost, edits, unexplained, figures }: Compared): boolean {
  const replaced = Math.min(...lost);
  const isInOrder = figures.order > IN_ORDER;
  if (Math.max(...lost) === 0) {
    const synonyms = pairs.filter(({ how }) => how !== 'SAME').length;
    return isInOrder
      ? !(sameMarkers(one, other) && (synonyms >= unexplained || edits > MANY_MOVED))
      : edits <= MANY_MOVED - 1 && figures.verbatim > MOST_KEPT;
  }
  if (replaced > FEW_REPLACED) return false;
  if (edits <= 1 || figures.verbatim > MOST_VERBATIM) return true;
  return isInOrder && edits <= replaced + 1;
}

const sameMarkers = (one: readonly Token[], other: readonly Token[]): boolean => {
  const of = (tokens: readonly Token[]) =>
    tokens.flatMap(({ kind, text }) => (kind === 'MARKER' && !LOOSE.has(text) ? text : []));
  return of(one).join(' ') === of(other).join(' ');
};
/** Which of these stands where says little in a long sentence. */
const LOOSE: ReadonlySet<string> = new Set(['of', 'to', 'for', 'able', 'may', 'in', 'by', 'what']);

const denials = (tokens: readonly Token[]): number => tokens.filter(({ text }) => DENIALS.has(text)).length;

/** Whether each denies what the other says: `from local disks, not from the cloud` and `from the cloud, not from local disks`. */
function denyOthers(one: readonly Token[], other: readonly Token[]): boolean {
  const isSaid = (words: readonly Token[], tokens: readonly Token[]) => {
    const scope = tokens.flatMap((token, place) => (DENIALS.has(token.text) ? contentAfter(tokens, place, SCOPE) : []));
    return words.some((word) =>
      tokens.some((second) => isContent(second) && share(word, second) && !scope.includes(second)),
    );
  };
  const denied = (tokens: readonly Token[]) =>
    tokens.flatMap(({ text }, place) => (DENIALS.has(text) ? contentAfter(tokens, place, 1) : []));
  const [here, there] = [denied(one), denied(other)];
  return !here.some((word) => there.some((second) => share(word, second))) && isSaid(here, other) && isSaid(there, one);
}

/** Content words that a denial may reach. */
const SCOPE = 3;
const contentAfter = (tokens: readonly Token[], place: number, most: number): readonly Token[] =>
  tokens
    .slice(place + 1)
    .filter(isContent)
    .slice(0, most);

/** Share of the pairs of aligned words that stand in the same order in both. */
function inOrder(pairs: readonly (readonly [number, number])[]): number {
  let [same, all] = [0, 0];
  for (const [index, [from, to]] of pairs.entries())
    for (const [from2, to2] of pairs.slice(index + 1)) {
      all += 1;
      if (from < from2 === to < to2) same += 1;
    }
  return all === 0 ? 1 : same / all;
}
