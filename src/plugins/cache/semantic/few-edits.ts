/** Statements of which one was made of the other by changing what matters in one or two places. */
import type { Alignment } from './alignment.ts';
import { differences, type Edit } from './differences.ts';
import type { Token, Utterance } from './english.ts';
import { FILLERS, PREPOSITIONS } from './english-words.ts';

/** Of two long messages that differ less, one was made of the other by changing what matters. */
const MOST_VERBATIM = 0.85;
const FEW_MOVED = 2;
/** Where more than this share stands as it was, two words may have been exchanged; where less does, a half was moved. */
const MOST_KEPT = 0.6;
const FEW_REPLACED = 1;
const IN_ORDER = 0.99;

export interface ComparedStatements {
  readonly one: Utterance;
  readonly other: Utterance;
  readonly aligned: Alignment;
  /** Where they differ. */
  readonly places: readonly Edit[];
  readonly figures: Readonly<Record<'order' | 'verbatim' | 'explained', number>>;
}

/**
 * Whether one message was made of the other by changing what matters: a word or two were replaced where they stand, or one was
 * added, and little else. Who says a thing in other words changes more, or moves what there is.
 */
export function isMadeOfTheOther(compared: ComparedStatements): boolean {
  const { one, other, aligned, places, figures } = compared;
  const [some, others] = aligned.bare.map(({ length }) => length) as [number, number];
  const isInOrder = figures.order > IN_ORDER;
  const edits = places.length;
  if (some + others === 0) {
    if (edits === 1) return isReplaced(compared);
    if (isInOrder || edits > FEW_MOVED || figures.verbatim <= MOST_KEPT) return false;
    const phrases = differences(one.phrased, other.phrased).edits;
    return areWordsMoved(phrases) && !isPhraseMoved(phrases, [one.phrased[0] ?? '', other.phrased[0] ?? '']);
  }
  const replaced = Math.min(some, others);
  if (replaced > FEW_REPLACED) return false;
  if (edits <= 1 || figures.verbatim > MOST_VERBATIM) return true;
  return isInOrder && edits <= replaced + 1;
}

/** Whether a word was replaced that has no synonym there: a light one, one of a closed class, or one that may say the same elsewhere. */
const isReplaced = ({ one, other, aligned, figures }: ComparedStatements): boolean =>
  figures.explained < 1 ||
  markersOf(one.tokens) !== markersOf(other.tokens) ||
  aligned.pairs.some(({ how }) => how === 'PARAPHRASE');

/** Whether words stand before a place that is the same in both messages in one of them, and after it in the other. */
const areWordsMoved = (edits: readonly Edit[]): boolean =>
  edits.some(({ one, other }, place) =>
    edits.slice(place + 1).some((later) => haveCommon(one, later.other) || haveCommon(other, later.one)),
  );
const haveCommon = (some: readonly string[], others: readonly string[]): boolean =>
  some.some((word) => !FILLERS.has(word) && others.includes(word));

/**
 * Whether all that differs is where one phrase stands, with its preposition: two words that took each other's place are no such
 * phrase. `first`: the words that the messages begin with; either the phrase was moved, or what stood beside it.
 */
function isPhraseMoved(edits: readonly Edit[], first: readonly string[]): boolean {
  const [here, there] = [edits.flatMap(({ one }) => one), edits.flatMap(({ other }) => other)];
  return (
    edits.every(({ one, other }) => one.length === 0 || other.length === 0) &&
    here.length > 1 &&
    here.join(' ') === there.join(' ') &&
    [here[0] as string, ...first].some((word) => PREPOSITIONS.has(word))
  );
}

const markersOf = (tokens: readonly Token[]): string =>
  tokens.flatMap(({ kind, text }) => (kind === 'MARKER' && !LOOSE.has(text) ? text : [])).join(' ');
/** Which of these stands where says little in a long sentence. */
const LOOSE: ReadonlySet<string> = new Set(['of', 'to', 'for', 'able', 'may', 'in', 'by', 'what']);
