import { sentences } from '#core/text/sentences.ts';
import { wordsOf } from '../facts/words.ts';

/** The features of the logistic model of coherence. */
export const COHERENCE_FEATURES = [
  'repeated sentences',
  'repeated runs',
  'stuttering',
  'cut off',
  'unbalanced',
  'strange characters',
  'no sentence',
  'longest sentence',
] as const;

const RUN = 4;
const OPENING = '([{（【《「『“';
const CLOSING = ')]}）】》」』”';

/** True if a text ends in the middle of a sentence. List items, code, links and short answers may end anywhere. */
export function isCutOff(text: string): boolean {
  const end = text.trimEnd();
  const line = end.slice(end.lastIndexOf('\n') + 1);
  if (wordsOf(end).length < 12 || /^\s*(?:[-*•|>#]|\d{1,3}[.)、]|```)/.test(line)) return false;
  return /[\p{L},，、:：;；(（-]$/u.test(end) && !/https?:\S/.test(line.split(/\s/).at(-1) ?? '');
}

/** Measures whether a text hangs together as a text: repetitions, ends, brackets, what is no text. */
export function coherenceFeatures(text: string): number[] {
  const said = sentences(text).map(({ start, end }) => text.slice(start, end).toLowerCase().replace(/\s+/g, ' '));
  const long = said.filter((sentence) => sentence.length > 12);
  const words = wordsOf(text);
  const runs = words.slice(RUN - 1).map((_, at) => words.slice(at, at + RUN).join(' '));
  const stutters = words.filter((word, at) => word === words[at - 1]).length;
  const strange = text.match(/[\p{Co}\p{Cn}\ufffd]|[^\p{L}\p{N}\p{P}\p{S}\p{M}\s\p{Cf}]/gu)?.length ?? 0;
  const lengths = said.map((sentence) => wordsOf(sentence).length);
  return [
    long.length === 0 ? 0 : 1 - new Set(long).size / long.length,
    runs.length === 0 ? 0 : 1 - new Set(runs).size / runs.length,
    words.length === 0 ? 0 : stutters / words.length,
    isCutOff(text) ? 1 : 0,
    Math.min(3, unbalanced(text)),
    Math.min(1, (20 * strange) / Math.max(1, text.length)),
    words.length === 0 ? 1 : 0,
    Math.log(1 + Math.max(0, ...lengths)),
  ];
}

/** Brackets that are opened and not closed, or the reverse. Emoticons and lists such as `a)` count little: at most three count. */
function unbalanced(text: string): number {
  const open: string[] = [];
  let wrong = 0;
  for (const character of text) {
    if (OPENING.includes(character)) open.push(character);
    else if (CLOSING.includes(character)) {
      const at = open.lastIndexOf(OPENING[CLOSING.indexOf(character)] as string);
      if (at < 0) wrong += 1;
      else open.splice(at, 1);
    }
  }
  return wrong + open.length;
}
