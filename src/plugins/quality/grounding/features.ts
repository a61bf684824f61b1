import { trimmedEnd } from '#core/text/characters.ts';
import { sentences } from '#core/text/sentences.ts';
import { isCjk, isFunctionWord } from '#core/text/words.ts';
import { antonymIn } from '../facts/antonyms.ts';
import { capitalisedWords } from '../facts/names.ts';
import { plainText } from '../facts/plain-text.ts';
import { quantitiesIn } from '../facts/quantities.ts';
import { deniedIn, wordsOf } from '../facts/words.ts';
import { type Conflict, conflictsOf, type Known } from './conflicts.ts';
import { align, type Context } from './context.ts';
import { characterShare, gramShare, longestRun } from './overlap.ts';

/** The features of the logistic model of groundedness. Their order is part of the trained file. */
export const GROUNDING_FEATURES = [
  'words',
  'context words',
  'sentences',
  'novel share',
  'novel weight',
  'novel words',
  'novel to question too',
  'pairs',
  'triples',
  'characters',
  'longest run',
  'best sentence',
  'best two sentences',
  'least sentence',
  'numbers novel',
  'names novel',
  'conflicts',
  'number conflicts',
  'name conflicts',
  'negation conflicts',
  'opposites',
  'contradictions',
  'opposites anywhere',
  'negations anywhere',
  'negations more',
  'speaker',
  'asks',
  'declines',
  'chinese',
  'copied whole',
] as const;

export interface Grounding {
  readonly features: readonly number[];
  readonly conflicts: readonly Conflict[];
}

const SPEAKER =
  /\b(?:i|i'm|i've|i'd|my|me|we|you|your|lol|haha|oh|wow|yeah|yes|cool|love|think|hope|guess)\b|[我你您咱]/giu;
export const DECLINES =
  /\b(?:(?:do|does|did)(?: not|n['’]t) (?:have|know|contain|provide|mention|include|specify)|(?:could|can)(?: ?not|n['’]t) (?:find|answer|provide|determine)|no (?:information|mention|answer)|(?:i am|i'm) (?:not sure|unable|sorry)|sorry|unanswerable|not (?:mentioned|specified|provided|stated))\b|无法(?:回答|确定|提供)|没有(?:提到|提及|说明|相关|找到)|不知道|不清楚|抱歉|对不起|未提及|未提供/iu;

const share = (part: number, whole: number, empty: number): number => (whole === 0 ? empty : part / whole);
const log1 = (value: number): number => Math.log(1 + value);

/** Measures one text (a whole answer or a sentence of it) against a context. Takes time in proportion to both. */
export function ground(raw: string, context: Context, known: Known): Grounding {
  const text = plainText(raw);
  const spans = sentences(text);
  const said = spans.map(({ start, end }) => text.slice(start, end));
  const words = wordsOf(text);
  const content = new Set(words.filter((word) => !isFunctionWord(word)));
  const novel = [...content].filter((word) => !context.words.has(word));
  const conflicts = said.flatMap((sentence) => conflictsOf(sentence, context, known));
  const aligned = said.map((sentence) => align(new Set(wordsOf(sentence)), context));
  const whole = align(new Set(words), context);
  const shares = aligned.map(({ pairShare }) => pairShare);
  const numbers = quantitiesIn(text);
  const names = capitalisedWords(text);
  const kinds = (...wanted: Conflict['kind'][]) => conflicts.filter(({ kind }) => wanted.includes(kind)).length;
  const run = longestRun(words, context);
  const features = [
    log1(words.length),
    log1(context.sequence.length),
    log1(said.length),
    share(novel.length, content.size, 0),
    novelWeight(content, context),
    log1(novel.length),
    log1(novel.filter((word) => !known.words.has(word)).length),
    gramShare(words, context, 2),
    gramShare(words, context, 3),
    characterShare(text, context),
    share(run, words.length, 0),
    whole.share,
    whole.pairShare,
    shares.length === 0 ? 0 : Math.min(...shares),
    share(kinds('number', 'date', 'unit'), numbers.length, 0),
    share(kinds('name'), names.length + 1, 0),
    log1(conflicts.length),
    Math.min(2, kinds('number', 'date', 'unit')),
    Math.min(2, kinds('name')),
    Math.min(2, kinds('negation')),
    Math.min(2, kinds('opposite')),
    Math.min(2, conflicts.filter(({ source }) => source !== null).length),
    antonymIn(text, context.text, context.opposites) ? 1 : 0,
    negationAnywhere(text, context),
    Math.min(2, Math.max(0, deniedIn(text).size > 0 && context.denied.size === 0 ? 1 : 0)),
    share(text.match(SPEAKER)?.length ?? 0, words.length, 0),
    share(said.filter((sentence) => /[?？]\s*$/.test(sentence)).length, said.length, 0),
    DECLINES.test(text) ? 1 : 0,
    isCjk(text) ? 1 : 0,
    context.lower.includes(trimmedEnd(text.toLowerCase(), /[.。!！?？\s]/)) ? 1 : 0,
  ];
  return { features, conflicts };
}

/** Tells whether the text negates a word that the context contains and never negates. */
function negationAnywhere(text: string, context: Context): number {
  const negated = [...deniedIn(text)].filter((word) => !isFunctionWord(word) && context.words.has(word));
  if (negated.length === 0) return 0;
  return negated.some((word) => context.denied.has(word)) ? 0 : 1;
}

function novelWeight(content: ReadonlySet<string>, { having, sources }: Context): number {
  let total = 0;
  let novel = 0;
  for (const word of content) {
    const places = having.get(word)?.length ?? 0;
    const weight = Math.log(1 + (sources.length + 1) / (places + 0.5));
    total += weight;
    if (places === 0) novel += weight;
  }
  return share(novel, total, 0);
}
