/**
 * How likely two long messages say the same in other words. A rewording changes many words a little; what only looks alike changes
 * one thing. Some differences decide by themselves: they are gates. What is left is told by figures for a model (score.ts).
 */
import { alignment, share } from './alignment.ts';
import { differences } from './differences.ts';
import type { Token, Utterance } from './english.ts';
import { FILLERS } from './english-words.ts';
import { lexicon } from './lexicon.ts';
import { areRolesSwapped } from './roles.ts';

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

/** Words of which one message must not have one where the other has another. */
const CONTRASTS: readonly (readonly string[])[] = [
  ['before', 'after'],
  ['above', 'below'],
  ['over', 'under'],
  ['more', 'less', 'fewer'],
  ['most', 'least', 'fewest'],
  ['first', 'last'],
  ['always', 'sometimes', 'rarely'],
  ['all', 'some', 'few'],
  ['he', 'she'],
  ['minimum', 'maximum'],
  ['past', 'future'],
  ['into', 'out'],
  ['on', 'off'],
  ['yes', 'nope'],
  ['hundred', 'thousand', 'million', 'billion'],
  ['hundreds', 'thousands', 'millions', 'billions'],
];
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
]);

export function compareRewordings(
  { tokens: one, words, code }: Utterance,
  { tokens: other, words: otherWords, code: otherCode }: Utterance,
): Rewording {
  const [here, there] = [one.filter(isContent), other.filter(isContent)];
  const { pairs, left, right, lost } = alignment(here, there);
  const shorter = Math.max(1, Math.min(here.length, there.length));
  const longer = Math.max(1, here.length, there.length);
  const exact = pairs.filter(({ how }) => how === 'SAME').length;
  const { common, edits: places } = differences(words, otherWords);
  const edits = places.length;
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
        : gateOf({ one, other, pairs, left, right, lost, edits, figures }),
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
  readonly edits: number;
  readonly figures: Rewording['figures'];
}

function gateOf(compared: Compared): Rewording['closed'] {
  const { one, other, left, right } = compared;
  const only = (kind: Token['kind']) => [...left, ...right].some((token) => token.kind === kind);
  if (only('NUMBER')) return 'NUMBERS';
  if (only('NAME')) return 'NAMES';
  if (denials(one) % 2 !== denials(other) % 2 || denyOthers(one, other)) return 'NEGATION';
  if (left.some((word) => right.some((second) => areOpposites(word, second)))) return 'ANTONYMS';
  if (CONTRASTS.some((words) => differ(words, one, other))) return 'CONTRAST';
  if (areRolesSwapped(one, other)) return 'ROLES';
  const { explained, added } = compared.figures;
  if (explained < LEAST_EXPLAINED || added > MOST_ADDED) return 'WORDS';
  return isMadeOfTheOther(compared) ? 'FEW_EDITS' : null;
}

/**
 * Whether one message was made of the other by changing what matters: a word or two were replaced where they stand, or one was
 * added, and little else. Who says a thing in other words changes more, or moves what there is.
 */
function isMadeOfTheOther({ one, other, pairs, lost, edits, figures }: Compared): boolean {
  const replaced = Math.min(...lost);
  const isInOrder = figures.order > IN_ORDER;
  if (Math.max(...lost) === 0) {
    const synonyms = pairs.filter(({ how }) => how !== 'SAME').length;
    return isInOrder
      ? !(sameMarkers(one, other) && (synonyms >= edits || edits > MANY_MOVED))
      : edits <= MANY_MOVED - 1;
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
const LOOSE: ReadonlySet<string> = new Set(['of', 'to', 'for', 'able', 'in', 'by', 'what']);

const denials = (tokens: readonly Token[]): number => tokens.filter(({ text }) => DENIALS.has(text)).length;

/** Whether each denies what the other says: `from local disks, not from the cloud` and `from the cloud, not from local disks`. */
function denyOthers(one: readonly Token[], other: readonly Token[]): boolean {
  const [here, there] = [denied(one), denied(other)];
  const isIn = (words: readonly Token[], tokens: readonly Token[]) =>
    words.some((word) => tokens.some((second) => share(word, second)));
  return !isIn(here, there) && isIn(here, other) && isIn(there, one);
}

/** The content word after each denial. */
const denied = (tokens: readonly Token[]): Token[] =>
  tokens.flatMap(({ text }, place) => (DENIALS.has(text) ? (tokens.slice(place + 1).find(isContent) ?? []) : []));

const areOpposites = (one: Token, other: Token): boolean =>
  one.forms.some((form) =>
    other.forms.some(
      (second) => lexicon().areAntonyms(form, second) || areNegations(form, second) || isOtherParticle(form, second),
    ),
  );
/** `turn_on` and `turn_off`. */
const isOtherParticle = (one: string, other: string): boolean =>
  one.includes('_') && other.includes('_') && one !== other && one.split('_')[0] === other.split('_')[0];
const areNegations = (one: string, other: string): boolean =>
  /^(?:un|in|im|ir|il|dis|non|mis|de)/.test(one.length > other.length ? one : other) &&
  (one.length > other.length ? one.endsWith(other) : other.endsWith(one)) &&
  Math.min(one.length, other.length) >= 4;

function differ(words: readonly string[], one: readonly Token[], other: readonly Token[]): boolean {
  const of = (tokens: readonly Token[]) => new Set(words.filter((word) => tokens.some(({ text }) => text === word)));
  const [here, there] = [of(one), of(other)];
  return here.size > 0 && there.size > 0 && !here.isSubsetOf(there) && !there.isSubsetOf(here);
}

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
