/** Pairs of messages that look alike: hand-written lines and templates, in English and Chinese; and pairs that say the same. */
import { readFileSync } from 'node:fs';

export interface NearMiss {
  readonly kind: string;
  readonly language: 'en' | 'zh';
  readonly one: string;
  readonly other: string;
}

const linesOf = (file: string): string[][] =>
  readFileSync(new URL(`../near-misses/${file}`, import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split(' | '));

const pairsOf = (file: string): (readonly [string, string])[] =>
  linesOf(file).map(([one = '', other = '']) => [one, other] as const);

/** Fills `{name}` with each value of the slot, and pairs it with the next value: one slot differs. */
function pairs(language: NearMiss['language'], kind: string, template: string, values: readonly string[]): NearMiss[] {
  const filled = values.map((value) => template.replaceAll('{}', value));
  return filled.slice(1).map((other, place) => ({ kind, language, one: filled[place] as string, other }));
}

/** Puts two values into `{a}` and `{b}`, and the other way round. */
function swapped(
  language: NearMiss['language'],
  template: string,
  values: readonly (readonly [string, string])[],
): NearMiss[] {
  const filled = (a: string, b: string) => template.replace('{a}', a).replace('{b}', b);
  return values.map(([a, b]) => ({ kind: 'role', language, one: filled(a, b), other: filled(b, a) }));
}

const COUNTRIES = ['Austria', 'Australia', 'Niger', 'Nigeria', 'Iran', 'Iraq', 'Slovakia', 'Slovenia', 'Peru', 'Chile'];
const CITIES = [
  ['Paris', 'London'],
  ['Oslo', 'Rome'],
  ['New York', 'Boston'],
  ['lima', 'quito'],
] as const;
const PEOPLE = [
  ['Alice', 'Bob'],
  ['the buyer', 'the seller'],
  ['my brother', 'my neighbour'],
  ['Einstein', 'Bohr'],
] as const;
const OPPOSITES = [
  ['enable', 'disable'],
  ['mute', 'unmute'],
  ['show', 'hide'],
  ['encrypt', 'decrypt'],
  ['pause', 'resume'],
  ['follow', 'unfollow'],
  ['attach', 'detach'],
  ['raise', 'lower'],
] as const;
const YEARS = ['1914', '1941', '1989', '1998', '2001', '2010'];
const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

const ENGLISH: readonly NearMiss[] = [
  ...[
    'What is the capital of {}?',
    'How many people live in {}?',
    'Do I need a visa for {}?',
    'history of {} in the 20th century',
  ].flatMap((template) => pairs('en', 'name', template, COUNTRIES)),
  ...[
    'Who won the election in {}?',
    'What was the best film of {}?',
    'Compare GDP growth in {} with the year before',
  ].flatMap((template) => pairs('en', 'number', template, YEARS)),
  ...['Is the library open on {}?', 'Move the meeting with sales to {}', 'Which buses run on {} evenings?'].flatMap(
    (template) => pairs('en', 'date', template, WEEKDAYS),
  ),
  ...[
    'Find flights from {a} to {b}',
    'Is {a} bigger than {b}?',
    'How long does a parcel take from {a} to {b} by ship?',
  ].flatMap((template) => swapped('en', template, CITIES)),
  ...[
    'Did {a} pay {b}?',
    'What does {a} owe {b} after the sale?',
    'Explain why {a} disagreed with {b}',
    'Is {a} older than {b}?',
  ].flatMap((template) => swapped('en', template, PEOPLE)),
  ...OPPOSITES.flatMap(([one, other]) =>
    [
      'How do I {} a channel?',
      'Please {} the second item in the list',
      'When should an administrator {} the account of a colleague who is on leave?',
    ].flatMap((template) => pairs('en', 'antonym', template, [one, other])),
  ),
  ...[
    'allowed',
    'required',
    'covered by insurance',
    'taxed',
    'vegan',
    'safe for cats',
    'open to the public',
    'free',
  ].flatMap((state) => pairs('en', 'negation', `Which of these are {}${state}?`, ['', 'not '])),
  ...['12', '21', '30', '45', '90'].flatMap((number, place, all) =>
    place === 0
      ? []
      : pairs(
          'en',
          'number',
          'The warranty of the machine ends {} months after the buyer has signed the delivery note in our shop',
          [all[place - 1] as string, number],
        ),
  ),
  ...pairs(
    'en',
    'long',
    'The {} of the project has to sign the final report before the client pays the last part of the price',
    ['manager', 'engineer', 'owner', 'accountant', 'lawyer'],
  ),
  ...pairs(
    'en',
    'long',
    'You can {} the log files of the last thirty days in the settings of the account, under the tab for developers',
    ['read', 'delete', 'download', 'encrypt', 'rename'],
  ),
];

const CHINESE: readonly NearMiss[] = [
  ...['{}的首都是哪里', '去{}要办签证吗', '{}有多少人口', '请介绍一下{}的历史'].flatMap((template) =>
    pairs('zh', 'name', template, ['奥地利', '澳大利亚', '尼日尔', '尼日利亚', '伊朗', '伊拉克', '秘鲁', '智利']),
  ),
  ...['{}年的奥运会在哪里举行', '{}年最好看的电影', '{}年的GDP是多少'].flatMap((template) =>
    pairs('zh', 'number', template, YEARS),
  ),
  ...['图书馆{}开门吗', '把会议改到{}', '{}晚上有公交车吗'].flatMap((template) =>
    pairs('zh', 'date', template, ['周一', '周二', '周三', '周四', '周五', '周六', '周日']),
  ),
  ...['从{a}到{b}的机票', '{a}比{b}大吗', '{a}到{b}的快递要几天'].flatMap((template) =>
    swapped('zh', template, [
      ['北京', '上海'],
      ['广州', '深圳'],
      ['巴黎', '伦敦'],
    ]),
  ),
  ...['{a}借给{b}多少钱', '{a}为什么打{b}', '{a}比{b}大几岁', '{a}应该向{b}道歉吗'].flatMap((template) =>
    swapped('zh', template, [
      ['张三', '李四'],
      ['买方', '卖方'],
      ['我哥哥', '我邻居'],
    ]),
  ),
  ...[
    ['打开', '关闭'],
    ['显示', '隐藏'],
    ['加密', '解密'],
    ['暂停', '继续'],
    ['关注', '取消关注'],
    ['增大', '减小'],
    ['锁定', '解锁'],
  ].flatMap((values) =>
    ['怎么{}这个频道', '请{}列表里的第二项', '什么时候应该{}同事的账号'].flatMap((template) =>
      pairs('zh', 'antonym', template, values),
    ),
  ),
  ...['允许的', '必须的', '免费的', '素的', '对猫安全的'].flatMap((state) =>
    pairs('zh', 'negation', `这些里面哪些{}是${state}`, ['', '不']),
  ),
];

export const nearMisses: readonly NearMiss[] = [
  ...(['en', 'zh'] as const).flatMap((language) =>
    ['lines', 'more'].flatMap((file) =>
      linesOf(`${file}.${language}.txt`).map(([kind = '', one = '', other = '']) => ({ kind, language, one, other })),
    ),
  ),
  ...linesOf('reworded-near.zh.txt').map(([kind = '', one = '', other = '']) => ({
    kind,
    language: 'zh' as const,
    ...{ one, other },
  })),
  ...pairsOf('signs.txt').map(([one, other]) => ({
    kind: 'sign',
    language: /\p{Script=Han}/u.test(one) ? ('zh' as const) : ('en' as const),
    ...{ one, other },
  })),
  ...ENGLISH,
  ...CHINESE,
];

/** Messages that ask for the same answer. */
export const sameMeaning: readonly (readonly [string, string])[] = pairsOf('same.txt');
/** The same, written before the gates were read: most say it in words that no gate knows. */
export const sameInOtherWords: readonly (readonly [string, string])[] = pairsOf('more-same.txt');
/** The same in Chinese, each beside a near-miss of reworded-near.zh.txt. */
export const sameInChinese: readonly (readonly [string, string])[] = pairsOf('reworded.zh.txt');
