import { sentences } from '#core/text/sentences.ts';
import { isCjk, isFunctionWord } from '#core/text/words.ts';
import { capitalisedWords } from '../facts/names.ts';
import { plainText } from '../facts/plain-text.ts';
import { quantitiesIn } from '../facts/quantities.ts';
import { wordsOf } from '../facts/words.ts';
import { align, type Context } from '../grounding/context.ts';
import { DECLINES } from '../grounding/features.ts';
import { coverage, longestCommon, type Question } from './question.ts';

/** The features of the logistic model of relevance. */
export const RELEVANCE_FEATURES = [
  'covered',
  'covered at the beginning',
  'covered by sources',
  'longest word',
  'longest run',
  'precision',
  'fits what is asked',
  'does not fit',
  'declines',
  'asks nothing',
  'long question',
  'chinese covered',
  'context covers',
  'bridges',
] as const;

const REASON =
  /\b(?:because|since|due to|as a result|so that|in order to|caused?|reason)\b|因为|由于|所以|因此|为了|原因/iu;
const WAY = /\b(?:by|using|through|first|then|step|follow|can|should)\b|通过|首先|然后|步骤|可以|需要|利用|使用/iu;
const DEFINITION = /\b(?:is|are|was|were|refers?|means?|called|known)\b|是|指|称为|意思/iu;
const PLACE = /\b(?:in|at|on|near|from|located)\b|在|位于|[省市县区州国]/iu;
const CHOICE = /\b(?:yes|no|not|is|are|was|were|do|does|did|can|will|has|have)\b|是|不|没|可以|能|会/iu;

/** Tells whether a response contains the kind of answer that the question asks for: 1 yes, 0 unknown, -1 no. */
function fitness({ wanted }: Question, text: string): number {
  const numbers = () => quantitiesIn(text);
  const has = (found: boolean) => (found ? 1 : -1);
  if (wanted === 'number') return has(numbers().length > 0 || /\p{N}/u.test(text));
  if (wanted === 'time') return has(numbers().some(({ kind }) => kind !== 'amount') || /\d{3,4}/.test(text));
  if (wanted === 'person') return isCjk(text) ? 0 : has(capitalisedWords(`x ${text}`).length > 0);
  if (wanted === 'place') return has(PLACE.test(text) || capitalisedWords(`x ${text}`).length > 0);
  if (wanted === 'reason') return has(REASON.test(text));
  if (wanted === 'way') return has(WAY.test(text));
  if (wanted === 'definition') return has(DEFINITION.test(text));
  if (wanted === 'choice') return has(CHOICE.test(text));
  return 0;
}

/** Sentences of the response whose sources are looked at. */
const MOST_SENTENCES = 40;

/** Measures how relevant a response is to a question. `context` is null if the answer is not grounded. */
export function relevanceFeatures(question: Question, raw: string, context: Context | null): number[] {
  const text = plainText(raw);
  const said = sentences(text).map(({ start, end }) => text.slice(start, end));
  const words = new Set(wordsOf(text));
  const opening = new Set(wordsOf(said.slice(0, 2).join('\n')));
  const sources = context ? sourcesOf(said.slice(0, MOST_SENTENCES), context) : words;
  const covered = coverage(question.words, words);
  const bySources = coverage(question.words, new Set([...words, ...sources]));
  const longest = [...question.words].sort((a, b) => b.length - a.length)[0];
  const content = [...opening].filter((word) => !isFunctionWord(word));
  const matter = question.matter.trim();
  const fits = fitness(question, text);
  return [
    covered,
    coverage(question.words, opening),
    bySources,
    longest !== undefined && words.has(longest) ? 1 : 0,
    matter.length === 0 ? 0 : Math.min(1, (2 * longestCommon(matter, text)) / matter.length),
    content.length === 0 ? 0 : content.filter((word) => question.words.has(word)).length / content.length,
    Math.max(0, fits),
    Math.min(0, fits),
    DECLINES.test(text) ? 1 : 0,
    question.words.size === 0 ? 1 : 0,
    Math.log(1 + question.words.size),
    isCjk(matter) ? covered : 0,
    context ? coverage(question.words, context.words) : 0,
    bySources - covered,
  ];
}

/** The words of the sources that support most of a sentence of the response. */
function sourcesOf(said: readonly string[], context: Context): Set<string> {
  const words = new Set<string>();
  for (const sentence of said) {
    const { best, share } = align(new Set(wordsOf(sentence)), context);
    if (best >= 0 && share >= LEAST_SHARE) for (const word of context.sources[best]?.words ?? []) words.add(word);
  }
  return words;
}
const LEAST_SHARE = 0.4;
