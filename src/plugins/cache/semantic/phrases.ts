/**
 * Phrases that say what one word says: a verb that adds nothing to its noun (`make a payment`, `pay`), a verb with words of its own
 * (`get rid of`, `remove`), and numbers in words. Hand-written from what grammars list as light verbs; not from any set of pairs.
 */
import { baseForms, isPast, PREPOSITIONS } from './english-words.ts';
import { lexicon } from './lexicon.ts';

/** By light verb: nouns, and the verb that says the same. Another light verb may say something else: `take a call`. */
const LIGHT: Readonly<Record<string, string>> = {
  make: `payment:pay call:call decision:decide reservation:reserve booking:book comparison:compare change:change use:use choice:choose
complaint:complain contribution:contribute copy:copy correction:correct deposit:deposit donation:donate purchase:buy request:request
suggestion:suggest transfer:transfer update:update withdrawal:withdraw guess:guess attempt:attempt adjustment:adjust
modification:modify selection:select improvement:improve calculation:calculate translation:translate prediction:predict
recommendation:recommend summary:summarize arrangement:arrange assumption:assume`,
  give: `explanation:explain summary:summarize description:describe definition:define translation:translate recommendation:recommend`,
  provide: `explanation:explain summary:summarize description:describe definition:define translation:translate`,
  take: `walk:walk shower:shower nap:nap photo:photograph photograph:photograph decision:decide`,
  do: `comparison:compare search:search calculation:calculate translation:translate analysis:analyze review:review check:check`,
  perform: `comparison:compare search:search calculation:calculate analysis:analyze review:review check:check evaluation:evaluate
installation:install update:update test:test`,
  conduct: `comparison:compare search:search analysis:analyze review:review evaluation:evaluate test:test survey:survey`,
  have: `chat:chat talk:talk`,
};
const LIGHT_VERBS = new Map(
  Object.entries(LIGHT).map(([verb, nouns]) => [
    verb,
    new Map(nouns.split(/\s+/).map((entry) => entry.split(':') as [string, string])),
  ]),
);
/** These nouns may govern by `to` what the verb has as its object. */
const TO_OBJECT: ReadonlySet<string> = new Set([
  'change',
  'update',
  'adjustment',
  'modification',
  'improvement',
  'correction',
]);
const DETERMINERS: ReadonlySet<string> = new Set(['a', 'an', 'the', 'some', 'any']);

/** Verbs with words of their own: what stands after the verb, and what says the same. */
const IDIOMS = new Map(
  `get rid of:remove
get in touch with:contact
take part in:participate in
find out:discover
carry out:perform
lead to:cause
give rise to:cause
result in:cause
point out:indicate
throw away:discard
put off:postpone
fill out:complete
fill in:complete
make sure:ensure
come across:encounter
deal with:handle
get back:return
give back:return
send back:return
act as:serve as
function as:serve as
keep track of:track
cycle through:iterate over
loop over:iterate over`
    .split('\n')
    .map((line) => line.split(':'))
    .map(([phrase = '', meaning = '']) => [phrase.split(' '), meaning.split(' ')] as const)
    .map(([[verb = '', ...rest], meaning]) => [verb, rest, meaning] as const)
    .reduce(
      (all, [verb, rest, meaning]) => all.set(verb, [...(all.get(verb) ?? []), { rest, meaning }]),
      new Map<string, { readonly rest: readonly string[]; readonly meaning: readonly string[] }[]>(),
    ),
);
/** The same without a verb in them. */
const FIXED: readonly (readonly [RegExp, string])[] = [
  [/\bin order to\b/g, 'to'],
  [/\bso as to\b/g, 'to'],
  [/\b(?:due to|owing to|on account of|because of)\b/g, 'because of'],
  [/\bin charge of\b/g, 'responsible for'],
  [/\bas well as\b/g, 'and'],
  [/\bwith (?:respect|regard) to\b/g, 'about'],
  [/\b(?:a lot of|lots of|plenty of|a large number of)\b/g, 'many'],
  [/\bat (?:present|the moment|this time)\b/g, 'currently'],
  [/\b(?:is|are|was|were|has been|have been) (?:designed|used|intended|meant|built|created|made) to\b/g, 'to'],
  [/\b(?:serves|serve) to\b/g, 'to'],
  [/\bbe (?:used|employed|utilized|utilised) to\b/g, 'to'],
  [/\bthe (?:purpose|aim|goal|objective|role) of ([^.?!]{3,80}?) (?:is|are) to\b/g, '$1 to'],
  [/\bprior to\b/g, 'before'],
  [/\bor not\b/g, ''],
  [/\bnot (?:mandatory|required|necessary|obligatory)\b/g, 'optional'],
  [/\b(?:rather than|instead of) (?:just|only|merely|solely)\b/g, 'instead of'],
  [/\bin (?:real time|real-time)\b/g, 'on the fly'],
  [/\b(?:is|are|was|were) (?:able|capable) (?:to|of)\b/g, 'can'],
  [/\bit is (?:possible|feasible) to\b/g, 'you can'],
  [/\bunsuccessful\b/g, 'not successful'],
  [/\b(?:subsequent to)\b/g, 'after'],
  [/\bin (?:case|the event) (?:of|that)\b/g, 'if'],
  [/\bworld war (?:ii|two|2)\b|\b(?:the )?second world war\b/g, 'worldwar2'],
  [/\bworld war (?:i|one|1)\b|\b(?:the )?first world war\b/g, 'worldwar1'],
  [/\b(?:in|on|at) (?:which|what) (year|day|date|month) (did|does|do|was|is|were|are|will)\b/g, 'what $1 $2'],
];
const BOUNDS: readonly (readonly [RegExp, string])[] = [
  [/\b(?:at least|no less than|no fewer than|a minimum of) (?=[$€£]?\d)/g, 'at least '],
  [/\b(?:at most|no more than|up to|a maximum of) (?=[$€£]?\d)/g, 'at most '],
  [/\b(?:over|above|more than|in excess of|upwards of|greater than) (?=[$€£]?\d)/g, 'over '],
  [/\b(?:under|below|less than|fewer than) (?=[$€£]?\d)/g, 'under '],
];
const DIGITS = ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];
const SCALES: Readonly<Record<string, number>> = { hundred: 100, thousand: 1e3, million: 1e6, billion: 1e9 };
const SCALED =
  /\b(a|an|one|two|three|four|five|six|seven|eight|nine|ten|\d+(?:\.\d+)?) (hundred|thousand|million|billion)\b(?! (?:and )?(?:\d|one\b|two\b|three\b|four\b|five\b|six\b|seven\b|eight\b|nine\b|ten\b|eleven\b|twelve\b|\w+teen\b|\w+ty\b))/g;

/** A text in lower case, with one way to say the phrases that have no verb, and numbers by their digits. */
export function withFixedPhrases(text: string): string {
  let result = text.replace(SCALED, (_all, count: string, scale: string) => {
    const value = /^\d/.test(count) ? Number(count) : Math.max(1, DIGITS.indexOf(count) + 1);
    return String(Math.round(value * (SCALES[scale] as number)));
  });
  for (const [pattern, replacement] of [...FIXED, ...BOUNDS]) result = result.replace(pattern, replacement);
  return result;
}

/** Words of a message, with one word for each phrase that says what it says. */
export function withPhrases(words: readonly string[]): readonly string[] {
  const result: string[] = [];
  for (let place = 0; place < words.length; ) {
    const found = lightVerb(words, place) ?? idiom(words, place) ?? split(words, place);
    result.push(...(found?.words ?? [words[place] as string]));
    place = found?.end ?? place + 1;
  }
  return result;
}

interface Found {
  readonly words: readonly string[];
  readonly end: number;
}

function lightVerb(words: readonly string[], start: number): Found | undefined {
  const light = words[start] as string;
  const nouns = baseForms(light)
    .map((form) => LIGHT_VERBS.get(form))
    .find((some) => some !== undefined);
  if (!nouns) return undefined;
  let place = start + 1;
  if (words[place] === 'me' || words[place] === 'us') place += 1;
  if (DETERMINERS.has(words[place] ?? '')) place += 1;
  const noun = baseForms(words[place] ?? '').find((form) => nouns.has(form));
  if (noun === undefined) return undefined;
  const next = words[place + 1];
  // A noun of two words is another one: `make a payment plan`.
  if (next !== undefined && !PREPOSITIONS.has(next) && !/^(?:and|or)$/.test(next)) return undefined;
  const isObject = next === 'of' || (next === 'to' && TO_OBJECT.has(noun));
  return { words: [inflected(nouns.get(noun) as string, light)], end: place + (isObject ? 2 : 1) };
}

function idiom(words: readonly string[], start: number): Found | undefined {
  for (const form of baseForms(words[start] as string))
    for (const { rest, meaning } of IDIOMS.get(form) ?? [])
      if (rest.every((word, place) => words[start + 1 + place] === word)) {
        const [verb = '', ...others] = meaning;
        return { words: [inflected(verb, words[start] as string), ...others], end: start + 1 + rest.length };
      }
  return undefined;
}

/** Words between a verb and its particle. */
const MOST_BETWEEN = 4;
const LAST: ReadonlySet<string> = new Set(['on', 'off', 'up', 'down', 'out', 'in', 'away', 'back', 'over']);
/** `turn the alarm off`: the particle is the last word, and belongs to the verb where the lexicon knows both as one. */
function split(words: readonly string[], start: number): Found | undefined {
  const end = words.length - 1;
  const particle = words[end] as string;
  if (!LAST.has(particle) || end - start < 2 || end - start > MOST_BETWEEN + 1) return undefined;
  const between = words.slice(start + 1, end);
  if (between.some((word) => PREPOSITIONS.has(word))) return undefined;
  if (!baseForms(words[start] as string).some((form) => lexicon().hasPhrase(form, particle))) return undefined;
  return { words: [words[start] as string, particle, ...between], end: end + 1 };
}

/** The verb in the tense of another one. */
const inflected = (verb: string, like: string): string => (isPast(like) ? `${verb.replace(/e$/, '')}ed` : verb);
