import { comparableWords, isCjk, isFunctionWord } from '#core/text/words.ts';

/** The kind of answer that a question asks for. */
export type Wanted = 'time' | 'number' | 'person' | 'place' | 'reason' | 'way' | 'definition' | 'choice' | 'other';

export interface Question {
  /** Words that tell what it is about, without those that every question has. */
  readonly words: ReadonlySet<string>;
  /** The text without the phrases of asking. */
  readonly matter: string;
  readonly wanted: Wanted;
}

const WANTED: readonly (readonly [Wanted, RegExp])[] = [
  [
    'number',
    /\bhow (?:many|much|old|tall|long|far|high|large|big|deep|fast|heavy|often)\b|\bwhat (?:percentage|number|amount|age|price)\b|多少|多大|多高|多长|多远|多久|几[个名位次年天月岁场届种条]|第几/iu,
  ],
  [
    'time',
    /\bwhen\b|\b(?:what|which) (?:year|date|day|month|time|century|decade)\b|什么时候|何时|哪一?年|哪一?天|几月|几号|什么时间|哪个世纪/iu,
  ],
  ['person', /\bwho(?:m|se)?\b|谁|哪位|哪个人|什么人/iu],
  [
    'place',
    /\bwhere\b|\b(?:what|which) (?:city|country|place|state|town|region)\b|哪里|哪儿|何地|什么地方|哪个(?:国家|城市|地方|省)|位于/iu,
  ],
  ['reason', /\bwhy\b|\bwhat (?:causes?|caused)\b|为什么|为何|原因|怎么会/iu],
  ['way', /\bhow (?:do|does|did|can|could|should|would|to|is|are|was|were)\b|怎么(?!样)|如何|怎样|步骤|方法/iu],
  ['definition', /\bwhat (?:is|are|was|were|does)\b|\bdefine\b|\bexplain\b|什么是|是什么|的定义|解释/iu],
  [
    'choice',
    /^\s*(?:is|are|was|were|do|does|did|can|could|will|would|should|has|have|had)\b|吗[？?]?\s*$|是否|能否|是不是|有没有/iu,
  ],
];

/** Phrases that mark a question and carry no topic. */
const ASKING =
  /什么是|是什么|为什么|为何|什么样的?|什么|怎么样|怎样|怎么|如何|哪里|哪儿|哪些|哪个|哪位|哪一?[年天]|哪|何时|谁|多少|几[个名位次年天月岁]?|吗|呢|吧|请问|请|介绍|一下|解释|说明|告诉我?|能否|能不能|可以|总结|概括|摘要|是否|是不是|有没有|帮我|给我|你|我/gu;
const ASKING_WORDS = new Set(
  `tell explain describe give please know mean means want need like say said find show list name let help make made used use using
question answer does did many much also about really summarise summarize summary text document article following write`
    .split(/\s+/)
    .flatMap((word) => comparableWords(word)),
);

export function readQuestion(text: string): Question {
  const plain = text.normalize('NFKC');
  const matter = plain.replace(ASKING, ' ');
  const words = new Set(comparableWords(matter).filter((word) => !isFunctionWord(word) && !ASKING_WORDS.has(word)));
  return { words, matter, wanted: WANTED.find(([, pattern]) => pattern.test(plain))?.[0] ?? 'other' };
}

/** The length of the longest run of characters that the two share, in characters of the shorter one's order; white space is one. */
export function longestCommon(one: string, other: string): number {
  const [a = '', b = ''] = [one, other].map((text) => text.toLowerCase().replace(/\s+/g, ' ').slice(0, LONGEST));
  // Of each place in `b`: the length of the run that ends there and with the character of `a`.
  const row = new Uint16Array(b.length + 1);
  let best = 0;
  for (const character of a) {
    // A pair of surrogates is no single code unit of `b`.
    const code = character.length === 1 ? character.charCodeAt(0) : -1;
    for (let at = b.length; at > 0; at -= 1) {
      const length = b.charCodeAt(at - 1) === code ? (row[at - 1] as number) + 1 : 0;
      row[at] = length;
      if (length > best) best = length;
    }
  }
  return best;
}
/** UTF-16 code units compared of each. */
const LONGEST = 600;

/** The share of the words that a text has. Long words, and pairs of Chinese characters, tell more than short words. */
export function coverage(words: ReadonlySet<string>, text: ReadonlySet<string>): number {
  let total = 0;
  let held = 0;
  for (const word of words) {
    const weight = isCjk(word) ? 1 : Math.min(8, word.length) / 5;
    total += weight;
    if (text.has(word)) held += weight;
  }
  return total === 0 ? 0 : held / total;
}
