/**
 * How likely two long messages say the same in other words. A rewording changes many words a little; what only looks alike changes
 * one thing. Some differences decide by themselves: they are gates. What is left is told by figures for a model (score.ts).
 */
import { alignment, share } from './alignment.ts';
import { areContrasted } from './contrasts.ts';
import { differences } from './differences.ts';
import type { Token, Utterance } from './english.ts';
import { FILLERS } from './english-words.ts';
import { type ComparedStatements, isMadeOfTheOther } from './few-edits.ts';
import { areOpposites } from './opposites.ts';
import { areClausesSwapped, areRolesSwapped } from './roles.ts';

export interface Rewording {
  /** Why they cannot say the same; null: they may. */
  readonly closed: 'WORDS' | 'NAMES' | 'NUMBERS' | 'NEGATION' | 'ANTONYMS' | 'CONTRAST' | 'ROLES' | 'FEW_EDITS' | null;
  /** What stands in one place of each, where both have something of their own there. */
  readonly slots: readonly (readonly [string, string])[];
  /** Of each, the words that bear what it says and for which the other has none that may stand for them. */
  readonly bare: readonly [readonly string[], readonly string[]];
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
  'bare',
  'oneSided',
  'exchanged',
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
  'fail',
  'failed',
]);

export function compareRewordings(asked: Utterance, known: Utterance): Rewording {
  const [{ tokens: one, words, code }, { tokens: other, words: otherWords, code: otherCode }] = [asked, known];
  const [here, there] = [one.filter(isContent), other.filter(isContent)];
  if (lacksNumber(here, there) || lacksNumber(there, here)) return NUMBERS_DIFFER;
  const aligned = alignment(here, there);
  const { pairs, left, right, bare } = aligned;
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
    bare: (bare[0].length + bare[1].length) / longer,
    oneSided: Number(bare[0].length + bare[1].length > 0),
    exchanged: Number(bare[0].length > 0 && bare[1].length > 0),
  };
  const isUnlikeCode = lacksCode(code, otherCode, other) || lacksCode(otherCode, code, one);
  return {
    closed: isUnlikeCode ? 'NAMES' : gateOf({ one: asked, other: known, aligned, places, figures }),
    slots: places.flatMap(({ one: words, other: others }) => {
      const [here, there] = [words, others].map((some) => some.filter((word) => !FILLERS.has(word)).join(' ')) as [
        string,
        string,
      ];
      return here === '' || there === '' ? [] : [[here, there] as const];
    }),
    bare: [bare[0].map(({ text }) => text), bare[1].map(({ text }) => text)],
    figures,
  };
}

/** The cheapest gate, and the one that most often closes. */
const lacksNumber = (some: readonly Token[], others: readonly Token[]): boolean =>
  some.some(({ kind, text }) => kind === 'NUMBER' && !others.some((other) => other.text === text));
const NUMBERS_DIFFER: Rewording = {
  closed: 'NUMBERS',
  slots: [],
  bare: [[], []],
  figures: Object.fromEntries(FIGURES.map((name) => [name, 0])) as Rewording['figures'],
};

/** Whether code of one message is not in the other. A plain word that is code in one must be code in the other. */
const lacksCode = (code: readonly string[], others: readonly string[], tokens: readonly Token[]): boolean =>
  code.some(
    (name) => !others.includes(name) && (/^[a-z]+$/.test(name) || !tokens.some(({ text }) => name.includes(text))),
  );

const isContent = ({ kind }: Token): boolean => kind !== 'MARKER';

/** Share of the words of the longer message that the other must have something for. */
const LEAST_EXPLAINED = 0.4;
/** Share of them that one message may have more than the other. */
const MOST_ADDED = 0.3;
const MANY_EDITS = 8;

function gateOf(compared: ComparedStatements & { readonly figures: Rewording['figures'] }): Rewording['closed'] {
  const { one, other, aligned, figures } = compared;
  const [alone, others] = aligned.alone;
  if (isNameReplaced(aligned.left, aligned.right)) return 'NAMES';
  if (denials(one.tokens) % 2 !== denials(other.tokens) % 2 || denyOthers(one.tokens, other.tokens)) return 'NEGATION';
  if (alone.some(({ forms }) => others.some((second) => areOpposites(forms, second.forms)))) return 'ANTONYMS';
  if (areContrasted(one.phrased, other.phrased)) return 'CONTRAST';
  if (areRolesSwapped(one.tokens, other.tokens) || areClausesSwapped(one.tokens, other.tokens)) return 'ROLES';
  if (figures.explained < LEAST_EXPLAINED || figures.added > MOST_ADDED) return 'WORDS';
  return isMadeOfTheOther(compared) ? 'FEW_EDITS' : null;
}

/** A rewording may leave out one name, such as an abbreviation in brackets. It has no name that the other has not in its place. */
function isNameReplaced(left: readonly Token[], right: readonly Token[]): boolean {
  const names = [left, right].map((some) => some.filter(({ kind }) => kind === 'NAME'));
  const [fewer = 0, more = 0] = names.map(({ length }) => length).sort((a, b) => a - b);
  return fewer > 0 || more > 1 || names.flat().some(({ text }) => !/^[a-z]+$/.test(text));
}

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
