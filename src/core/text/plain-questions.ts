/** Plain questions to a small library: what they are about, and which kind of answer they ask for. */
import { type AnswerKind, KINDS } from './answer-kinds.ts';
import { CHINESE_GROUPS, ENGLISH_GROUPS, stemOf } from './word-groups.ts';
import { isCjk, isFunctionWord } from './words.ts';

export interface PlainQuestion {
  /** What the question is about: for each subject, the words of which a text must have one. */
  readonly subjects: readonly (readonly string[])[];
  /** What the answer holds: a price, a number of a telephone. Null for any statement. */
  readonly kind: AnswerKind | null;
}

/** Phrases that count as one word. */
const PHRASES: readonly (readonly [RegExp, string])[] = [
  [/\b(?:get|have|receive)? ?(?:my|your|the)? ?money back\b/giu, ' moneyback '],
  [/\bdays? off\b/giu, ' daysoff '],
  [/\btime off\b/giu, ' timeoff '],
  [/\bwork(?:ing)? from home\b/giu, ' workfromhome '],
  [/\bhome office\b/giu, ' homeoffice '],
  [/\bsend (?:\w{1,20} ){0,2}back\b/giu, ' sendback '],
  [/\bopening hours\b|\bopening times\b|\bbusiness hours\b/giu, ' opening hours open '],
  [/星期|礼拜/gu, '周'],
  [/周[天日]/gu, '周日'],
];

/** Words of a question that are about nothing. */
const EMPTY = new Set(
  'get got gets take takes taken need needs tell give given want know find make use used please there bring exactly usually per still say says mean means happen happens me us him everything anything something long many much often number name details information available possible able allow allowed must hour hours day days time times week month year period duration length'.split(
    ' ',
  ),
);
const EMPTY_CHINESE =
  /请问|请|能不能|可不可以|可以|能够|能|需要|需|必须|应该|要不要|有没有|是不是|一共|总共|大概|一般|通常|最多|最少|怎么样|怎么办|怎么|如何|怎样|什么|哪些|哪个|哪|多少|告诉|你们|我们|他们|您|我|你|它|这个|那个|这里|那里|进去|进来|出去|开始|一下|内容|规定|支持|享受|处理|了|吗|呢|吧|啊|的|地|得|是|在|有|会|要|给|被|把|让|和|与|到|去|来|上|里|就|还|也|都|几|多|吃(?!的)|做|买(?!票)|用|算/gu;

/** Words that find passages with the answer where those of the question find none. */
export function wordsOf({ subjects, kind }: PlainQuestion): string {
  return [...subjects.flat(), ...(kind ? [FOUND_BY[kind.name] ?? ''] : [])]
    .map((word) => PHRASE_TEXTS[word] ?? word)
    .join(' ');
}

const FOUND_BY: Readonly<Partial<Record<AnswerKind['name'], string>>> = {
  phone: 'phone telephone call tel hotline 电话 热线',
  email: 'email e-mail mail write 邮箱',
  contact: 'contact call phone email write 联系 电话 邮箱',
  place: 'address located at street road 地址 位于',
  weight: 'weighs weight kg 重量 公斤',
  size: 'measures dimensions cm 尺寸',
};

/** The subjects of a question and the kind of its answer. */
export function plainQuestion(query: string): PlainQuestion | undefined {
  let rest = ` ${query.normalize('NFKC').slice(0, LONGEST)} `;
  for (const [phrase, word] of PHRASES) rest = rest.replace(phrase, word);
  rest = rest.replace(/[?？。.!！,，、；;]+ *$/u, '');
  const kind = KINDS.find(({ asked }) => rest.search(asked) >= 0) ?? null;
  if (kind) rest = rest.replace(kind.asked, ' ');
  const subjects = isCjk(rest) || isCjk(query) ? chineseSubjects(rest) : englishSubjects(rest);
  if (subjects.length > MOST_SUBJECTS || (subjects.length === 0 && !kind?.isTelling)) return undefined;
  return { subjects, kind };
}

const LONGEST = 200;
/** Longer questions are no plain ones. */
const MOST_SUBJECTS = 4;

function englishSubjects(text: string): (readonly string[])[] {
  const words = text.toLowerCase().match(/[\p{L}\p{N}][\p{L}\p{N}'’-]*/gu) ?? [];
  return words
    .filter((word) => !isFunctionWord(word) && !EMPTY.has(word) && word.length > 1)
    .map((word) => ENGLISH_GROUPS.get(stemOf(word)) ?? [word]);
}

const LONGEST_GROUPED = 6;

function chineseSubjects(text: string): (readonly string[])[] {
  const subjects: (readonly string[])[] = [];
  for (const run of text
    .toLowerCase()
    .replace(/\s+/g, ' ')
    .split(/[^\p{L}\p{N}]+/u)) {
    let unknown = '';
    const end = () => {
      for (const part of unknown.replace(EMPTY_CHINESE, ' ').split(' '))
        if (part.length > 1 || /[\p{L}\p{N}]{2}/u.test(part)) subjects.push([part]);
      unknown = '';
    };
    for (let at = 0; at < run.length; ) {
      let length = Math.min(LONGEST_GROUPED, run.length - at);
      while (length > 0 && !CHINESE_GROUPS.has(run.slice(at, at + length))) length -= 1;
      if (length === 0) {
        unknown += run[at];
        at += 1;
        continue;
      }
      end();
      subjects.push([...(CHINESE_GROUPS.get(run.slice(at, at + length)) ?? [])]);
      at += length;
    }
    end();
  }
  return subjects;
}

/** True if the text has one of a subject's words: English ones at the beginning of a word. `isLoose`: of a Chinese one, half of its characters. */
export function tellsOf(subject: readonly string[], text: string, isLoose = false): boolean {
  const plain = text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/星期|礼拜/gu, '周');
  // Hours of opening are told without the word.
  if (subject.some((word) => HOURS_OF.has(word)) && HOURS.test(plain)) return true;
  return subject.some((word) => {
    if (isCjk(word)) return plain.includes(word) || (isLoose && mostCharacters(word, plain));
    const stem = PHRASE_WORDS[word] ?? patternOf(stemOf(word));
    // A short stem begins too many words.
    return new RegExp(`(?<![\\p{L}\\p{N}])${stem}${stem.length > 3 ? '' : '(?:s|ing)?(?![\\p{L}\\p{N}])'}`, 'u').test(
      plain,
    );
  });
}

const HOURS_OF = new Set(['open', 'close', '营业', '开放']);
const HOURS =
  /(?:\d{1,2}[:.：]\d\d|\d\s?[ap]m|[\d一二三四五六七八九十]点半?)\s?(?:至|到|[-–—~～]|to|until|till)\s?(?:[早上下晚中午]{2})?\s?[\d一二三四五六七八九十]/u;

const PHRASE_TEXTS: Readonly<Record<string, string>> = {
  moneyback: 'money back',
  daysoff: 'days off',
  timeoff: 'time off',
  workfromhome: 'work from home',
  homeoffice: 'home office',
  sendback: 'send back',
  giveback: 'give back',
};
const PHRASE_WORDS: Readonly<Record<string, string>> = {
  moneyback: 'money back',
  daysoff: 'days? off',
  timeoff: 'time off',
  workfromhome: 'work(?:ing)? from home',
  homeoffice: 'home office',
  sendback: '(?:send|sent) (?:\\S{1,20} ){0,3}back',
  giveback: 'give (?:\\S{1,20} ){0,2}back',
};
const patternOf = (word: string): string =>
  word.replace(/[^\p{L}\p{N}]/gu, (sign) => `\\u{${sign.codePointAt(0)?.toString(16)}}`);

/** The share of a Chinese word's characters that a text has which shortens it or says it in another way: 换证, 换领; 私教, 私人教练. */
const LEAST_CHARACTERS = 0.5;
const mostCharacters = (word: string, text: string): boolean => {
  const characters = [...word];
  return characters.filter((character) => text.includes(character)).length >= LEAST_CHARACTERS * characters.length;
};
