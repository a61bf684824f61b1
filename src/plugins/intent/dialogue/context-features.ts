/** Features that tell whether a message can be understood without the earlier ones. All are numbers, so they work in both languages. */
import { FeatureBuilder, type Features } from '../classifier/features.ts';
import { isCjkToken, readable, tokensOf } from '../classifier/tokens.ts';
import type { PastMessage } from './past.ts';
import { isStopWord, stemOf } from './words.ts';

const ENGLISH = {
  pronoun: /\b(?:it|its|they|them|their|theirs|he|him|his|she|her|hers|itself|themselves)\b/i,
  demonstrative: /\b(?:this|these|those)\b/i,
  that: /\bthat\b(?=\s*(?:[?.!,]|$|\w+\s*[?.]))|^\s*(?:is|was|does|did|how|why|what|can|could|would)\b[^.?!]{0,20}\bthat\b/i,
  there: /(?<!\b(?:is|are|was|were)\s)\bthere\b(?!\s(?:is|are|was|were|any|a))/i,
  comparison:
    /\b(?:others?|else|another|same|similar|also|instead|too|more|different|both|either|each|such|ones?|former|latter|above|previous|earlier|next|second|rest)\b/i,
  opening: /^\s*(?:and|but|so|what about|how about|why|how so|or|then|ok|okay|also|really|which one)\b/i,
  definite: /\bthe\b/i,
  definiteOf: /\bthe [\w ]{2,30} (?:of|in|for|between|to)\b/i,
  introduces: /\b(?:tell me about|what is an?|what are|describe|explain|who is|who was)\b/i,
  compares: /\b(?:compare|difference|versus|vs)\b/i,
} as const;
const CHINESE: Readonly<Record<keyof typeof ENGLISH, RegExp>> = {
  pronoun: /(?<!其)[它他她](?!人|国|乡)|其(?!他|它|实|中|余|次)|它们|他们|她们/,
  demonstrative:
    /这(?!种情况下|时候)(?:个|些|家|款|位|里|种|件|样|边|首|部|本|道|座|项|句|段|两|几|三|是|为|能|会|有|么)?/,
  that: /那(?:个|些|家|款|位|里|种|件|样|边|首|部|本|儿|时)/,
  there: /那(?:里|儿|边)|这(?:里|儿|边)|当地|附近|周边/,
  comparison:
    /其(?:他|它|余)|别的|另(?:一|外|个)|同样|一样|还有|也|类似|相同|前者|后者|两(?:者|个)|都|上述|以上|上面|刚才|之前|下一|第[二三四五]|哪个/,
  opening:
    /^(?:那|那么|然后|而且|但是?|可是|所以|还有|为什么|为啥|怎么(?:会|了|办|说)|真的|是吗|比如|例如|多少钱|哪(?:里|儿|个)|什么时候|好看吗|贵吗|有吗|几点)/,
  definite: /该/,
  definiteOf: /的[^的?]{1,6}(?:是|有|在)/,
  introduces: /(?:什么是|介绍一?下|是什么|是谁|讲讲|说说|解释)/,
  compares: /(?:区别|不同|比较|对比)/,
};
const CJK = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u;
const ELLIPSIS = /^(?:那|那么)?[^?]{0,12}呢\s*[?!。]*$|^(?:what|how) about\b|^and\b.{0,40}\?*$/i;

/** The same words in CJK scripts are two characters or so. */
const CJK_WORD = 2;

export function contextFeatures(message: string, past: readonly PastMessage[]): Features {
  const builder = new FeatureBuilder();
  if (past.length === 0) return builder.figure('first', 1).build();
  const text = readable(message).trim();
  const tokens = tokensOf(message).filter((token) => !/[?!]/.test(token));
  const cjk = tokens.some(isCjkToken);
  const patterns = cjk ? CHINESE : ENGLISH;
  // English and Chinese weigh them differently.
  const figure = (name: string, value: number) => builder.figure(`${cjk ? 'cjk' : 'other'} ${name}`, value);
  for (const [name, pattern] of Object.entries(patterns)) figure(name, pattern.test(text) ? 1 : 0);
  const refers = patterns.pronoun.test(text) || patterns.demonstrative.test(text) || patterns.that.test(text);
  const content = tokens.filter((token) => !isStopWord(token)).map(stemOf);
  const asked = new Set(past.filter(({ role }) => role === 'USER').flatMap((one) => one.tokens.map(stemOf)));
  const first = new Set(past.find(({ role }) => role === 'USER')?.tokens.map(stemOf));
  const size = cjk ? CJK_WORD : 1;
  const known = content.filter((word) => asked.has(word)).length;
  const fresh = (content.length - known) / size;
  const figures: Readonly<Record<string, number>> = {
    any: 1,
    ellipsis: ELLIPSIS.test(text) ? 1 : 0,
    refers: refers ? 1 : 0,
    'refers to itself': refersToItself(text) ? 1 : 0,
    short: tokens.length / size <= 4 ? 1 : 0,
    words: Math.min(2, tokens.length / size / 8),
    content: Math.min(2, content.length / size / 4),
    [`content ${Math.min(5, Math.floor(content.length / size))}`]: 1,
    'content alone': content.length / size >= 2 && !refers ? 1 : 0,
    'share known': content.length === 0 ? 0 : known / content.length,
    'any known': known > 0 ? 1 : 0,
    fresh: Math.min(1, fresh / 3),
    'first topic': content.some((word) => first.has(word)) ? 1 : 0,
    name: !cjk && /^\W*\w+\b.*\b\p{Lu}/u.test(text) ? 1 : 0,
  };
  for (const [name, value] of Object.entries(figures)) figure(name, value);
  return builder.build();
}

/** "What is mortadella and where is it from?": the pronoun has its noun in the same message. */
export function refersToItself(text: string): boolean {
  const cjk = CJK.test(text);
  const { pronoun } = cjk ? CHINESE : ENGLISH;
  const place = text.search(pronoun);
  if (place < 0) return false;
  const before = tokensOf(text.slice(0, place)).filter((token) => !isStopWord(token) && !/[?!]/.test(token));
  return (
    before.length >= (cjk ? 4 : 1) && (cjk || /\b(?:and|but|if|or|when|because)\b|[,;.]/i.test(text.slice(0, place)))
  );
}
