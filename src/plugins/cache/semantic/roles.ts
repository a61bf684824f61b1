/** Who does what to whom, as far as the order of words and prepositions tells. */
import type { Token } from './english.ts';
import { PREPOSITIONS } from './english-words.ts';

/** Whether two words have taken each other's place: each stands now where the other stood, beside the same words. */
export function areRolesSwapped(one: readonly Token[], other: readonly Token[]): boolean {
  const [here, there] = [placesOf(one), placesOf(other)];
  const common = [...here.keys()].filter((word) => there.has(word));
  return common.some((first, index) =>
    common.slice(index + 1).some((second) => {
      const [a, b] = [here.get(first) as Place, here.get(second) as Place];
      const [c, d] = [there.get(first) as Place, there.get(second) as Place];
      if (a.at < b.at === c.at < d.at) return false;
      return likeness(a, d) + likeness(b, c) >= SWAPPED && likeness(a, c) + likeness(b, d) <= KEPT;
    }),
  );
}

const CLAUSES: ReadonlySet<string> = new Set(
  'because if unless while before after than until since despite from through'.split(' '),
);

/** Whether what stood under a preposition or conjunction stands outside of it now, and the other way round: `A because B`, `B because A`. */
export function areClausesSwapped(one: readonly Token[], other: readonly Token[]): boolean {
  const [here, there] = [placesOf(one), placesOf(other)];
  const moved = [...here].flatMap(([word, { under }]) => {
    const now = there.get(word)?.under;
    return now === undefined || now === under ? [] : [{ under, now }];
  });
  return moved.some(
    ({ under }) => CLAUSES.has(under) && moved.some(({ under: before, now }) => before !== under && now === under),
  );
}

/** Of the six places beside two words and prepositions over them: those that were exchanged, at least, and those that stayed, at most. */
const SWAPPED = 3;
const KEPT = 1;

interface Place {
  readonly at: number;
  readonly before: string;
  readonly after: string;
  /** The preposition that governs it, or ''. */
  readonly under: string;
}

const DETERMINERS: ReadonlySet<string> = new Set(
  'their any each every some all such other another same own his her'.split(' '),
);

/** Of the content words that stand once. */
function placesOf(tokens: readonly Token[]): ReadonlyMap<string, Place> {
  const places = new Map<string, Place | null>();
  let under = '';
  for (const [at, { kind, text, forms }] of tokens.entries()) {
    if (kind === 'MARKER') {
      under = PREPOSITIONS.has(text) ? text : '';
      continue;
    }
    if (DETERMINERS.has(text)) continue;
    const word = forms.at(-1) ?? text;
    const place = { at, before: tokens[at - 1]?.text ?? '', after: tokens[at + 1]?.text ?? '', under };
    places.set(word, places.has(word) ? null : place);
  }
  return new Map([...places].flatMap(([word, place]) => (place ? [[word, place] as const] : [])));
}

/** A preposition that stands right before a word counts once. */
const likeness = (one: Place, other: Place): number =>
  Number(one.before === other.before && !(one.before === one.under && one.under === other.under)) +
  Number(one.after === other.after) +
  Number(one.under === other.under && one.under !== '');
