/**
 * What a Chinese message says, in a form that is equal only for messages that say the same: ways to ask and words of one meaning are
 * made one, politeness goes, and what is left is compared character by character, in its order.
 */

import { folded } from '../spelling.ts';
import { inOneWording } from './chinese-wording.ts';

type Rewrites = readonly (readonly [RegExp, string])[];

/** Before the question. */
const OPENINGS: Rewrites = [
  [/^(?:你好|您好|嗨|哈喽|喂|请问一下|请问|想问一下|想问|问一下|问下|麻烦|劳驾|拜托|请)[，,！!。.、\s]*/u, ''],
  [
    /^(?:请|麻烦)?(?:你|您)?(?:能不能|能否|可不可以|可以|能)?(?:请|麻烦)?(?:帮我|帮忙|给我|替我|帮)?(?:告诉我|说一下|解释一下|讲一下|介绍一下|讲讲|说说)(?:一下)?[，,：:\s]*(?=.*(?:怎|如何|什么|为何|哪|谁|多少|几|吗))/u,
    '',
  ],
  [
    /^我(?:很|非常)?(?:想要|想|要)?(?:知道|了解|请教|咨询)(?:一下)?[，,：:\s]*(?=.*(?:怎|如何|什么|为何|哪|谁|多少|几|吗))/u,
    '',
  ],
  [/^(?:我|我们|咱们|大家)(?:想要|想|要|该|应该|应当|可以|能|需要)?(?=怎么|如何|怎样)/u, ''],
];
/** Anywhere. The words of a line mean the same. */
const SAME: Rewrites = [
  [/怎么办理|如何办理/gu, '⟨HOW⟩办理'],
  [
    /(?:应该|应当|该|可以|能够|能|要|需要)?(?:怎么样才能|怎样才能|怎么才能|如何才能|怎么样|怎样|怎么|如何|咋)(?:去|来|样)?(?=[^了办回])/gu,
    '⟨HOW⟩',
  ],
  [/为什么|为何|为啥|怎么回事/gu, '⟨WHY⟩'],
  [/什么时候|什么时间|何时|啥时候|几时/gu, '⟨WHEN⟩'],
  [/在哪里|在哪儿|在哪|在什么地方|在何处/gu, '在⟨WHERE⟩'],
  [/哪里|哪儿|什么地方|何处/gu, '⟨WHERE⟩'],
  [/什么人|哪位|谁/gu, '⟨WHO⟩'],
  [/(?:价格|价钱|售价)(?:是|为)?多少|要?多少钱|什么价格?/gu, '⟨PRICE⟩'],
  [/什么|啥/gu, '⟨WHAT⟩'],
  [/有何/gu, '有⟨WHAT⟩'],
  [/哪些|哪几/gu, '⟨WHICH⟩'],
  [/账户|帐户|帐号|账号/gu, '账号'],
  [/手机号码/gu, '手机号'],
  [/电话号码/gu, '电话'],
  [/登陆/gu, '登录'],
  [/修改|更改|变更/gu, '修改'],
  [/删掉|删除/gu, '删除'],
  [/关掉|关闭/gu, '关闭'],
  [/购买/gu, '买'],
  [/忘记了?|忘了/gu, '忘记'],
  [/无法|没办法|没法/gu, '不能'],
  [/重设/gu, '重置'],
  [/今日/gu, '今天'],
  [/明日/gu, '明天'],
  [/昨日/gu, '昨天'],
  [/目前|当前|如今/gu, '现在'],
  [/使用/gu, '用'],
  [/联络/gu, '联系'],
  [/星期天|星期日|周日|礼拜天/gu, '周日'],
  [/(?:星期|礼拜)(?=[一二三四五六])/gu, '周'],
  [/爸爸|父亲/gu, '父亲'],
  [/妈妈|母亲/gu, '母亲'],
  [/飞机票/gu, '机票'],
  [/计算机|电脑/gu, '电脑'],
];
/** Yes or no is asked in many ways. */
const POLAR: Rewrites = [
  [/是不是|是否/gu, '⟨POLAR⟩是'],
  [/有没有/gu, '⟨POLAR⟩有'],
  [/能不能|能否|可不可以|可否/gu, '⟨POLAR⟩能'],
  [/会不会/gu, '⟨POLAR⟩会'],
  [/要不要/gu, '⟨POLAR⟩要'],
];
const ENDING = /(?:呢|吧|啊|呀|哦|哈|嘛|谢谢|多谢)*[\s，,。.！!？?~～…]*$/u;
const ASKED_BY_ENDING = /(?:吗|(?<![什怎那这多要])么|(?<=[^不])不)$/u;
/** Marks between digits, and spaces between words of other scripts, part what would be another word without them. */
const FILLERS =
  /一下|(?<!目)的(?![士确])|[！!？?；;“”"'《》「」（）()]|(?<!\d)[，,。.、：:]|[，,。.、：:](?!\d)|(?<![a-z\d])\s|\s(?![a-z\d])/gu;
/** Where these stand changes nothing. */
const FLOATING = /⟨(?:HOW|WHY|POLAR)⟩/gu;

/** Equal for two messages that say the same. Different ones say nothing. */
export function chineseForm(message: string): string {
  let text = folded(message).toLowerCase().trim();
  for (let before = ''; before !== text; ) {
    before = text;
    for (const [pattern, replacement] of OPENINGS) text = text.replace(pattern, replacement);
    text = text.replace(ENDING, '');
  }
  const polar = ASKED_BY_ENDING.test(text) ? '⟨POLAR⟩' : '';
  if (polar) text = text.replace(ASKED_BY_ENDING, '').replace(/可以/gu, '能');
  for (const [pattern, replacement] of [...POLAR, ...SAME]) text = text.replace(pattern, replacement);
  text = `${polar}${text}`.replace(FILLERS, '');
  text = inOneWording(text);
  const floating = new Set(text.match(FLOATING) ?? []);
  return `${[...floating].sort().join('')}${text.replace(FLOATING, '')}`;
}
