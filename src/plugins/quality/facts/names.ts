import { trimmedEnd } from '#core/text/characters.ts';
import { isFunctionWord } from '#core/text/words.ts';

/** Rules of thumb for names of persons, places and organisations. There is no dictionary of names. */

const HAN = /\p{Script=Han}/u;
const CAPITALISED = /^\p{Lu}/u;

/** Countries and territories by ISO 3166 code, in Chinese, from ICU. */
const COUNTRIES = (() => {
  const names = new Intl.DisplayNames('zh', { type: 'region', fallback: 'none' });
  const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
  return letters.flatMap((one) => letters.flatMap((two) => names.of(one + two) ?? []));
})();
const PLACES = new Set([
  ...COUNTRIES,
  ...`北京 上海 天津 重庆 广州 深圳 杭州 南京 武汉 成都 西安 苏州 长沙 郑州 青岛 大连 沈阳 哈尔滨 长春 济南 福州 厦门 昆明 贵阳 南宁 海口 三亚
兰州 西宁 银川 乌鲁木齐 拉萨 呼和浩特 太原 石家庄 合肥 南昌 宁波 温州 无锡 常州 东莞 佛山 珠海 香港 澳门 台北 高雄 河北 山西 辽宁 吉林 黑龙江
江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南 广东 海南 四川 贵州 云南 陕西 甘肃 青海 内蒙古 广西 西藏 宁夏 新疆 台湾 东京 大阪 首尔 纽约
伦敦 巴黎 柏林 慕尼黑 罗马 米兰 马德里 莫斯科 旧金山 洛杉矶 芝加哥 波士顿 西雅图 华盛顿 多伦多 温哥华 悉尼 墨尔本 新加坡 曼谷 河内 孟买 新德里
迪拜 开罗 欧洲 亚洲 非洲 北美洲 南美洲 大洋洲 欧盟`.split(/\s+/),
]);
/** The hundred most frequent ones or so, after the seventh census of China (2020). */
const SURNAMES = new Set(
  '王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常',
);
/** Characters that mostly write the sounds of foreign names. */
const TRANSCRIBING = new Set(
  '斯尔克特德罗尼亚拉巴里维诺伊姆卡莱瑞洛格菲赫弗顿森坦因伦布鲁普兹莎娜蒂萨塔哈费埃艾奥雅茨戈贝丹琳露',
);
const MOSTLY = 0.6;
const SUFFIX =
  /(?:公司|集团|大学|学院|医院|银行|研究所|委员会|协会|俱乐部|夫人|先生|女士|教授|博士|[省市县区州岛山河湖江海港镇村国])$/;
const segmenter = new Intl.Segmenter('zh', { granularity: 'word' });

/** True for a certain name: a known place, an organisation by its ending, words that are all capitalised. */
export const isName = (text: string): boolean =>
  HAN.test(text)
    ? PLACES.has(text) || (text.length >= 3 && SUFFIX.test(text))
    : text.split(' ').every((word) => CAPITALISED.test(word) && !isNoName(word));

/** True for a possible name: it starts with a surname, or the dictionary does not know it and cuts it into characters. */
export function mayBeName(text: string): boolean {
  const characters = [...text];
  if (characters.length < 2 || characters.length > 6 || !characters.every((character) => HAN.test(character)))
    return false;
  const transcribing = characters.filter((character) => TRANSCRIBING.has(character)).length;
  if (characters.length >= 3 && transcribing >= MOSTLY * characters.length) return true;
  const words = [...segmenter.segment(text)];
  if (words.length === 1) return false;
  return SURNAMES.has(characters[0] as string) || words.every(({ segment }) => [...segment].length === 1);
}
export const isSurname = (character: string): boolean => SURNAMES.has(character);

/** Chinese places in a text. */
export const placesIn = (text: string): string[] =>
  HAN.test(text)
    ? [...segmenter.segment(text)].map(({ segment }) => segment).filter((segment) => PLACES.has(segment))
    : [];

/** Capitalised like a name, and none: days and months are compared as dates. */
const NO_NAMES = new Set(
  `monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september october november
december i'm i'd i've i'll mr mrs ms dr prof sir english note yes no yeah well sure oh wow absolutely definitely hi hello thanks ok okay
however additionally moreover furthermore therefore thus even still while although though because since under over after before during
according following these those they we you he she it our your his her their another other others several many few two three four five
both each every not only first second third finally then next now today unlike like despite between among within without`.split(
    /\s+/,
  ),
);
function isNoName(word: string): boolean {
  const lower = word.toLowerCase();
  return NO_NAMES.has(lower) || isFunctionWord(lower);
}

/** A label before a text is capitalised like a title. */
const LABEL = /\*\*[^*\n]{1,80}(?::\*\*|\*\*\s*[:–—-])|^[ \t]{0,20}#{1,6} .*$/gmu;
/** Without the ending of a possessive or plural, and the dots of an abbreviation. */
const plainName = (word: string): string =>
  trimmedEnd(word.replace(/['’]s$/u, ''), /[.'’-]/)
    .replace(/^\p{L}(?:\.\p{L})+$/u, (letters) => letters.replaceAll('.', '').toUpperCase())
    .replace(/^(\p{Lu}{2,})s$/u, '$1');

/**
 * The words of a text that are capitalised as names are. A word at the beginning, or after a mark, a quotation mark or an item's sign,
 * counts only where another one follows it. Words that are all in capitals count everywhere.
 */
export function capitalisedWords(text: string): string[] {
  const words: string[] = [];
  const pattern = /[\p{Script=Latin}\p{M}][\p{Script=Latin}\p{M}\p{N}'’.-]*/gu;
  for (const match of text.replace(LABEL, (label) => label.toLowerCase()).matchAll(pattern)) {
    const word = plainName(match[0]);
    if (word.length < 2 || !CAPITALISED.test(word) || isNoName(word)) continue;
    const before = text.slice(Math.max(0, match.index - 3), match.index);
    const opens = match.index === 0 || /(?:[.!?:;("'“‘*_#>|\-–—]|\n)\s*$/.test(before);
    const next = text.slice(match.index + match[0].length);
    const isRun = /^\s\p{Lu}\p{Ll}/u.test(next);
    const isAcronym = /^\p{Lu}{2,}$/u.test(word);
    if (opens && !isAcronym && !(isRun && word.length > 3)) continue;
    words.push(word);
  }
  return words;
}
