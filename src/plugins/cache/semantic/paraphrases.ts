/** Words that may take each other's place where a statement is reworded as a whole: `specify` and `indicate`, `folder` and `directory`. */
import { readFileSync } from 'node:fs';
import type { Token } from './english.ts';
import { areNear, lexicon, type Senses } from './lexicon.ts';

const FILE = new URL('./paraphrases.txt', import.meta.url);
let read: ReadonlyMap<string, readonly number[]> | undefined;

/** By word, the lines of paraphrases.txt that it stands in. */
function lines(): ReadonlyMap<string, readonly number[]> {
  if (read) return read;
  const found = new Map<string, number[]>();
  for (const [line, words] of readFileSync(FILE, 'utf8').split('\n').entries())
    for (const word of words.startsWith('#') ? [] : words.split(' ').filter(Boolean))
      found.set(word, [...(found.get(word) ?? []), line]);
  read = found;
  return found;
}

/** Words that carry so little that a rewording adds and drops them. */
const LIGHT: ReadonlySet<string> = new Set(
  `use using used utilize utilise employ such yes nope possible available like when while their its one two then all any some
instead provided provide given give following way thus thereby therefore hence once either include including note done properly get
also there here etc via able ability let help want user people make made allow enable offer where which that who what own case thing
sort kind_of type_of easily simply wish desired certain specific particular various different multiple upon within along further
additional additionally order purpose serve serves act function exist contain contains information means manner form based related according process work present keep new now first other associated responsible kind style variety range overview detail devoted designed aim go_through usually especially already currently various comprehensive`.split(
    /\s+/,
  ),
);

type Word = Pick<Token, 'text' | 'kind' | 'forms'>;

/** What a word may stand for: its base forms, those of comparatives and adverbs, and the verb of a verb with its particle. */
function senses({ text, kind, forms }: Word): readonly string[] {
  const [verb = '', particle] = text.split('_');
  if (kind !== 'WORD') return forms;
  if (particle !== undefined) return [...forms, verb];
  if (text.length < 6 || !/(?:er|est|ly)$/.test(text)) return forms;
  const stem = text.replace(/(?:er|est|ly)$/, '');
  return [...forms, stem, `${stem}e`, stem.replace(/i$/, 'y'), stem.replace(/(.)\1$/, '$1')];
}

/** What decides whether two words may stand for each other. */
export interface Meaning extends Senses {
  readonly forms: readonly string[];
  readonly lines: readonly number[];
  readonly isLight: boolean;
}

/** Words whose meaning is kept: messages have most of their words in common. */
const MOST_KEPT = 10_000;
const kept = new Map<string, Meaning>();

export function meaningOf(word: Word): Meaning {
  const key = `${word.kind} ${word.text}`;
  const known = kept.get(key);
  if (known) return known;
  const all = lines();
  const forms = senses(word);
  const meaning = {
    forms,
    lines: forms.flatMap((form) => all.get(form) ?? []),
    isLight: word.kind === 'WORD' && forms.some((form) => LIGHT.has(form)),
    ...lexicon().sensesOf(forms),
  };
  if (kept.size >= MOST_KEPT) kept.clear();
  kept.set(key, meaning);
  return meaning;
}

export const areParaphrases = (one: Meaning, other: Meaning): boolean =>
  one.lines.some((line) => other.lines.includes(line)) ||
  one.forms.some((form) => other.forms.includes(form)) ||
  areNear(one, other);
