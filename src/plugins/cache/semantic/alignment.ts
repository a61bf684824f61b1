/** The words of one message that the other has too, in the same or in another form. */
import type { Token } from './english.ts';
import { baseForms } from './english-words.ts';
import { lexicon } from './lexicon.ts';

export interface Pair {
  readonly from: number;
  readonly to: number;
  readonly how: 'SAME' | 'SYNONYM' | 'DERIVED';
}

export function alignment(here: readonly Token[], there: readonly Token[]) {
  const pairs: Pair[] = [];
  const [open, free] = [new Set(here.keys()), new Set(there.keys())];
  for (const [how, matches] of WAYS)
    for (const from of open)
      for (const to of free) {
        if (!matches(here[from] as Token, there[to] as Token)) continue;
        pairs.push({ from, to, how });
        open.delete(from);
        free.delete(to);
        break;
      }
  const rest = (all: readonly Token[], places: ReadonlySet<number>, others: readonly Token[]) =>
    [...places].map((place) => all[place] as Token).filter((token) => !others.some((second) => share(token, second)));
  return {
    pairs,
    lost: [open.size, free.size] as const,
    left: rest(here, open, there),
    right: rest(there, free, here),
  };
}

/** A name is inflected only where the other message has it as a plain word: `Adams` is not `Adam`. */
export const share = (one: Token, other: Token): boolean => {
  if (one.kind === 'NAME' && other.kind === 'WORD')
    return baseForms(one.text).some((form) => other.forms.includes(form));
  if (one.kind === 'WORD' && other.kind === 'NAME') return share(other, one);
  return one.forms.some((form) => other.forms.includes(form));
};
const near = (one: Token, other: Token): boolean =>
  one.forms.some((form) => other.forms.some((second) => lexicon().nearness(form, second) !== undefined));
const areWords = (one: Token, other: Token): boolean => one.kind === 'WORD' && other.kind === 'WORD';
/** Letters that words of one family begin with, and the share of the longer word that they are. */
const FAMILY = { letters: 4, share: 0.55 };
const isDerived = ({ text: one }: Token, { text: other }: Token): boolean => {
  let same = 0;
  while (same < one.length && one[same] === other[same]) same += 1;
  return same >= FAMILY.letters && same >= FAMILY.share * Math.max(one.length, other.length);
};
const WAYS: readonly (readonly [Pair['how'], (one: Token, other: Token) => boolean])[] = [
  ['SAME', (one, other) => one.text === other.text],
  ['SAME', share],
  ['SYNONYM', (one, other) => areWords(one, other) && near(one, other)],
  ['DERIVED', (one, other) => areWords(one, other) && isDerived(one, other)],
];
