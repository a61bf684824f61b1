/**
 * Whether two statements differ in a word of a closed class: how much, how often, when, under which condition, how sure. A statement
 * that is reworded as a whole keeps these. Words that may be padding count only against others of their group.
 */
import { baseForms, PREPOSITIONS } from './english-words.ts';
import { areParaphrases, meaningOf } from './paraphrases.ts';

const group = (text: string): readonly (readonly string[])[] =>
  text.split('|').map((words) => words.trim().split(/\s+/));

/** In each, no message may have more words of one class where the other has more of another class. */
const GROUPS: readonly (readonly (readonly string[])[])[] = [
  group(
    'must required requires require mandatory necessary obligatory|should ought recommended suggested advised|optional|can could may might',
  ),
  group('will shall always certainly definitely|may might perhaps maybe possibly sometimes'),
  group('before prior|after afterwards following'),
  group('above over|below under|beneath'),
  group('more greater higher larger bigger longer|less fewer lower smaller shorter'),
  group(
    'most highest largest maximum biggest longest latest newest|least fewest lowest smallest minimum shortest oldest earliest',
  ),
  group('better|worse'),
  group('best|worst'),
  group('first|second|last'),
  group('all every each always whole entire any|some certain several sometimes often|few rarely|most mostly|half|none'),
  group('only solely exclusively merely|also too'),
  group('he him his|she her hers|they them their'),
  group('i me my|we us our|you your'),
  group('past previous previously|future next upcoming|current currently now'),
  group('into inside in within|out outside'),
  group('on|off'),
  group('up|down'),
  group('since|until till'),
  group('yes|nope'),
  group('today|tomorrow|yesterday'),
  group('hundred hundreds|thousand thousands|million millions|billion billions'),
];
/** Of each of these, either both messages have a word or none. */
const STRICT: readonly (readonly string[])[] = group(
  'was were had did|unless|only solely exclusively merely|might perhaps maybe|outside|half|twice|almost nearly|except excluding|few rarely seldom',
);
/** The same, of phrases: `could have been`; `most of them` and `most users`, but not `the most common`. */
const PATTERNS: readonly RegExp[] = [
  /\b(?:could|should|would|might) have (?:been|had|done|\w+ed)\b/,
  /(?<!\bthe )\bmost (?:of\b|(?:\w+ )?\w+[^s ]s\b|people\b)|\b(?:majority|mostly|mainly)\b/,
];
/** Words that may say the same, and often do not: with one of them nothing is told. */
const NEUTRAL: Readonly<Record<string, readonly string[]>> = { only: ['just', 'single', 'alone'], was: ['been'] };
/** Words before a noun. Two of different classes before one noun are a contrast. */
const DETERMINERS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    ALL: 'all every each',
    SOME: 'one single another some several many few most certain',
  }).flatMap(([name, words]) => words.split(' ').map((word) => [word, name] as const)),
);
/** What governs a noun. */
const SIDES: ReadonlyMap<string, readonly [group: string, side: string]> = new Map(
  Object.entries({
    'FROM OUT': 'from since',
    'FROM IN': 'to into towards toward until',
    'IN OUT': 'outside',
    'IN IN': 'in inside within into',
    'ON OUT': 'off',
    'ON IN': 'on onto upon',
    'WITH OUT': 'without except excluding',
    'WITH IN': 'with including',
    'TIME OUT': 'before',
    'TIME IN': 'after',
    'HEIGHT OUT': 'over above',
    'HEIGHT IN': 'under below beneath',
    'FOR OUT': 'for',
    'FOR IN': 'against',
    'IF OUT': 'if when',
    'IF IN': 'unless',
  }).flatMap(([key, words]) => {
    const [name = '', side = ''] = key.split(' ');
    return words.split(' ').map((word) => [word, [name, side] as const] as const);
  }),
);

/** One message has more of one of these where the other has more of the other one. */
const JOINING = group('and|or');
/** Words of which one makes what is said a duty, or may stand for one that does. */
const BINDING =
  'must should ought need needs needed require requires required mandatory necessary obligatory ensure'.split(' ');
/** `it must be used` is not `it is used`. */
const isBoundAlone = (one: readonly string[], other: readonly string[]): boolean =>
  one.includes('must') && !hasAny(BINDING, other);

/** How binding a verb is. */
const MODALS: ReadonlyMap<string, string> = new Map(
  Object.entries({ MUST: 'must', SHOULD: 'should ought', CAN: 'can could may might' }).flatMap(([name, words]) =>
    words.split(' ').map((word) => [word, name] as const),
  ),
);

export function areContrasted(one: readonly string[], other: readonly string[]): boolean {
  return (
    GROUPS.some((classes) => isOpposed(classes, one, other)) ||
    STRICT.some((words) => isInOne(words, one, other)) ||
    PATTERNS.some((pattern) => pattern.test(one.join(' ')) !== pattern.test(other.join(' '))) ||
    isBoundAlone(one, other) ||
    isBoundAlone(other, one) ||
    isOpposed(JOINING, one, other) ||
    ([DETERMINERS, SIDES] as const).some((map) => differ(governed(one, map), governed(other, map))) ||
    differ(joined(one), joined(other)) ||
    areBoundOtherwise(governed(one, MODALS), governed(other, MODALS))
  );
}

/** Whether one message says of a verb that it must be, and the other of the same verb that it can be. */
function areBoundOtherwise(
  one: ReadonlyMap<string, string | null>,
  other: ReadonlyMap<string, string | null>,
): boolean {
  const verbOf = (key: string) => meaningOf({ text: key.trim(), kind: 'MARKER', forms: [key.trim()] });
  return [...one].some(([verb, how]) =>
    [...other].some(
      ([second, how2]) => how !== null && how2 !== null && how !== how2 && areParaphrases(verbOf(verb), verbOf(second)),
    ),
  );
}

const isInOne = (words: readonly string[], one: readonly string[], other: readonly string[]): boolean => {
  const neutral = NEUTRAL[words[0] ?? ''] ?? [];
  return hasAny(words, one) !== hasAny(words, other) && !hasAny(neutral, one) && !hasAny(neutral, other);
};
const hasAny = (words: readonly string[], message: readonly string[]): boolean =>
  message.some((word) => words.includes(word));

function isOpposed(classes: readonly (readonly string[])[], one: readonly string[], other: readonly string[]): boolean {
  const count = (words: readonly string[], message: readonly string[]) =>
    message.filter((word) => words.includes(word)).length;
  const more = classes.map((words) => count(words, one) - count(words, other));
  return more.some((difference) => difference > 0) && more.some((difference) => difference < 0);
}

/** Words between a determiner or preposition and its noun. */
const MOST_BETWEEN = 2;

const ARTICLES: ReadonlySet<string> = new Set(['a', 'an', 'the', 'this', 'that', 'my', 'your', 'our', 'their', 'its']);
const CLOSED: ReadonlySet<string> = new Set([
  ...ARTICLES,
  'of',
  'to',
  'in',
  'and',
  'or',
  'either',
  'both',
  'be',
  'is',
  'are',
]);

/** By word, what governs it; null where it stands more than once with different ones. */
function governed(
  words: readonly string[],
  map: ReadonlyMap<string, string | readonly [string, string]>,
): ReadonlyMap<string, string | null> {
  const found = new Map<string, string | null>();
  for (const [place, word] of words.entries()) {
    const governor = map.get(word);
    if (governor === undefined) continue;
    for (const [distance, noun] of words.slice(place + 1, place + 2 + MOST_BETWEEN).entries()) {
      if (map.has(noun) || (map === DETERMINERS && distance > 0 && PREPOSITIONS.has(noun))) break;
      if (distance > 0 && word === 'to' && !ARTICLES.has(words[place + 1] ?? '')) break;
      if (CLOSED.has(noun)) continue;
      const key = `${typeof governor === 'string' ? '' : governor[0]} ${stem(noun)}`;
      const side = typeof governor === 'string' ? governor : governor[1];
      found.set(key, found.has(key) && found.get(key) !== side ? null : side);
      if (distance === MOST_BETWEEN) break;
    }
  }
  return found;
}

/** By pair of words that `and` or `or` joins, which of them. */
function joined(words: readonly string[]): ReadonlyMap<string, string | null> {
  const found = new Map<string, string | null>();
  for (const [place, word] of words.entries()) {
    if (word !== 'and' && word !== 'or') continue;
    const [before, after] = [words[place - 1], words[place + 1]];
    if (before !== undefined) found.set(`${stem(before)} _`, word);
    if (after !== undefined) found.set(`_ ${stem(after)}`, word);
  }
  return found;
}

const differ = (one: ReadonlyMap<string, string | null>, other: ReadonlyMap<string, string | null>): boolean =>
  [...one].some(
    ([word, how]) => how !== null && other.has(word) && other.get(word) !== null && other.get(word) !== how,
  );

const stem = (word: string): string => baseForms(word).at(-1) ?? word;
