import { isCjk, isFunctionWord } from '#core/text/words.ts';
import { differences } from '../facts/differences.ts';
import { capitalisedWords, isName, isSurname, mayBeName, placesIn } from '../facts/names.ts';
import { plainText } from '../facts/plain-text.ts';
import { comparable, compare, type Quantity, quantitiesIn } from '../facts/quantities.ts';
import { wordsOf } from '../facts/words.ts';
import type { Conflict } from './conflict.ts';
import { type Alignment, align, type Context } from './context.ts';
import { polarityConflicts } from './polarity.ts';

export type { Conflict } from './conflict.ts';

/** A source that holds less of a claim, or of what the context has of it, speaks of something else. */
const SAME_MATTER = { all: 0.25, known: 0.6 };
/** Minimum share of a claim, without the replaced part, in the source. Then a name from elsewhere in the context is wrong here. */
const SAME_STATEMENT = 0.8;
/** A source that states the number is about the claim if it holds not much less of it than the best one. */
const SLACK = 0.25;

/** Texts besides the context that an answer may repeat: the question and the conversation. */
export interface Known {
  readonly lower: string;
  readonly words: ReadonlySet<string>;
  readonly quantities: readonly Quantity[];
}
/** Each part is made when it is first asked for: most answers need none of a long conversation. No word goes over a line's end. */
export function knownFrom(text: string): Known {
  let lower: string | undefined;
  let words: ReadonlySet<string> | undefined;
  let quantities: readonly Quantity[] | undefined;
  return {
    get lower() {
      lower ??= text.normalize('NFKC').toLowerCase();
      return lower;
    },
    get words() {
      words ??= new Set(text.split('\n').flatMap(wordsOf));
      return words;
    },
    get quantities() {
      quantities ??= quantitiesIn(text);
      return quantities;
    },
  };
}

/** The numbers, units, dates, names and negations of one sentence that the context contradicts or does not have. */
export function conflictsOf(raw: string, context: Context, known: Known): readonly Conflict[] {
  const before = found.get(context);
  const memory = before?.known === known ? before : { known, bySentence: new Map<string, readonly Conflict[]>() };
  found.set(context, memory);
  const conflicts = memory.bySentence.get(raw) ?? findConflicts(raw, context, known);
  memory.bySentence.set(raw, conflicts);
  return conflicts;
}

/** Of the answers to one context: a sentence is asked for as a part of its answer, and as a claim. */
const found = new WeakMap<Context, { readonly known: Known; readonly bySentence: Map<string, readonly Conflict[]> }>();

function findConflicts(raw: string, context: Context, known: Known): readonly Conflict[] {
  const claim = plainText(raw);
  if (context.text.includes(claim.trim())) return [];

  const plain = quantitiesIn(claim).reduce((rest, { text }) => rest.replace(text, ' '), claim);
  const words = new Set(wordsOf(plain));
  const alignment = align(words, context);
  return [
    ...quantityConflicts(claim, alignment, context, known),
    ...nameConflicts(claim, alignment, context, known),
    ...(isAbout(alignment) ? polarityConflicts(claim, context.sources[alignment.best]?.text ?? '') : []),
  ];
}

const isAbout = ({ share, ofKnown }: Alignment): boolean => share >= SAME_MATTER.all && ofKnown >= SAME_MATTER.known;

function quantityConflicts(claim: string, alignment: Alignment, context: Context, known: Known): Conflict[] {
  const { best, share, shares } = alignment;
  const about = isAbout(alignment);
  const conflicts: Conflict[] = [];
  const nearby = best < 0 ? [] : (context.quantities[best] ?? []);
  const said = quantitiesIn(claim);
  for (const quantity of said) {
    const isKnown = () => known.quantities.some((other) => compare(quantity, other) === 'same');
    const miscounted = about ? nearby.find((other) => countsDifferently(quantity, other, nearby)) : undefined;
    if (miscounted) {
      if (!isKnown()) conflicts.push({ kind: 'number', said: quantity.text, source: miscounted.text });
      continue;
    }
    const stating = context.quantities.flatMap((list, place) =>
      list.some((other) => compare(quantity, other) === 'same') ? [shares[place] as number] : [],
    );
    if (stating.some((value) => value >= share - SLACK)) continue;
    if (stating.length > 0 && share < SAME_STATEMENT) continue;
    // The source's quantities that the claim does not state.
    const free = nearby.filter((other) => !said.some((own) => compare(own, other) === 'same'));
    const otherUnit = free.find((other) => compare(quantity, other) === 'other unit');
    const instead =
      otherUnit ??
      free.find((other) => isOfKind(quantity, other)) ??
      free.find((other) => isInPlaceOf(quantity, other));
    if (quantity.minor && !(about && instead)) continue;
    // Last: most answers need no quantity of a long conversation.
    if ((stating.length > 0 && !instead) || isKnown()) continue;
    conflicts.push({
      kind: otherUnit ? 'unit' : ['amount', 'ordinal'].includes(quantity.kind) ? 'number' : 'date',
      said: quantity.text,
      source: about && instead ? instead.text : null,
    });
  }
  return conflicts;
}

/** True if the source counts the same things with another number only: three cameras, where it has two cameras and three lenses. */
const countsDifferently = (claim: Quantity, source: Quantity, all: readonly Quantity[]): boolean =>
  claim.counted !== null &&
  claim.counted === source.counted &&
  !all.some((other) => other.counted === claim.counted && compare(claim, other) === 'same') &&
  compare(claim, source) === 'different';
/** True for quantities of one kind with comparable units. */
const isOfKind = (claim: Quantity, source: Quantity): boolean =>
  claim.kind === source.kind && claim.unit?.dimension === source.unit?.dimension;
/** True for quantities that could state the same fact. */
const isInPlaceOf = (claim: Quantity, source: Quantity): boolean =>
  claim.kind === source.kind
    ? !claim.unit || !source.unit || claim.unit.dimension === source.unit.dimension
    : comparable(claim, source) && !claim.unit && !source.unit;

function nameConflicts(claim: string, alignment: Alignment, context: Context, known: Known): Conflict[] {
  const { best, share } = alignment;
  const isKnown = (name: string) => {
    const lower = name.toLowerCase();
    return (
      context.lower.includes(lower) ||
      known.lower.includes(lower) ||
      (/^\p{Lu}{2,6}$/u.test(name) && context.lower.includes([...lower].join('.'))) ||
      wordsOf(name).every((word) => context.words.has(word) || known.words.has(word))
    );
  };
  const source = best < 0 ? '' : (context.sources[best]?.text ?? '');
  const replaced = !isAbout(alignment) ? [] : differences(claim, source).filter(isReplacedName);
  const wrong = replaced.filter(
    ({ claim: said }) =>
      !isKnown(said) ||
      (share >= SAME_STATEMENT - 0.2 && isAllTheRest(claim, said, source) && !known.lower.includes(said.toLowerCase())),
  );
  const conflicts: Conflict[] = wrong.map(({ claim: said, source: there }) => ({ kind: 'name', said, source: there }));
  const covered = (name: string) => conflicts.some(({ said }) => said.includes(name));
  for (const name of new Set([...capitalisedWords(claim), ...placesIn(claim)]))
    if (!isKnown(name) && !covered(name) && !isAbbreviation(name, context.text))
      conflicts.push({ kind: 'name', said: name, source: null });
  return conflicts;
}

function isReplacedName({ claim, source }: { readonly claim: string; readonly source: string }): boolean {
  if (/^\p{N}/u.test(claim) || /^\p{N}/u.test(source)) return false;
  if (isCjk(claim) !== isCjk(source)) return false;
  if (!isCjk(claim)) return isName(claim) && isName(source);
  if (isName(claim) || isName(source)) return true;
  return (mayBeName(claim) && mayBeName(source)) || (isSurname(claim) && isSurname(source));
}

/** True if the source states all other parts of the claim. */
function isAllTheRest(claim: string, said: string, source: string): boolean {
  const rest = wordsOf(claim.replace(said, ' ')).filter((word) => !isFunctionWord(word));
  const there = new Set(wordsOf(source));
  return rest.length >= 2 && rest.filter((word) => there.has(word)).length >= SAME_STATEMENT * rest.length;
}

/** True if the initials of consecutive words in the text form it. */
function isAbbreviation(name: string, text: string): boolean {
  if (!/^\p{Lu}{2,6}$/u.test(name)) return false;
  return new RegExp(
    [...name].map((letter) => `${letter}[\\p{L}'’-]*`).join('[\\s-]+(?:(?:of|the|and|for)\\s+)?'),
    'u',
  ).test(text);
}
