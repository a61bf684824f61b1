/**
 * Chinese questions in other words: frames of one question are made one (`X的作者是谁`, `X是谁写的`), and words of one meaning one word.
 * What is left is compared in its order, so that roles stay.
 */

type Rewrites = readonly (readonly [RegExp, string])[];

/** Words of one meaning, in any question. The first stands for all; a word stands once. */
const SAME_WORDS: ReadonlyMap<string, string> = new Map(
  `改 修改 更改 变更|把 将|好处 益处 优点|坏处 害处 缺点 弊端|支付 付款 付钱|法语 法文|英语 英文|日语 日文|德语 德文|中文 汉语|丢 丢失 遗失 弄丢
电影 影片|学 学习|提高 提升|联系 联络|列出 列举|材料 资料|办 办理|费用 价格 价钱|人数 员工数量|取消 退订|写 撰写|买 购买
下载 下載|查看 查询 查|使用 用|打开 开启|关闭 关掉|删除 删掉 删|安装 装|现在 目前 当前|孩子 小孩 儿童|医生 大夫|增加 添加
帮助 协助|允许 准许|禁止 不准|选择 挑选|制作 做|迅速 快速|经常 常常|立刻 马上|大约 大概|非常 很|漂亮 好看`
    .split(/[|\n]/)
    .flatMap((words) => {
      const [first = '', ...others] = words.split(' ');
      return others.map((word) => [word, first] as const);
    }),
);
const WORDS = new Intl.Segmenter('zh', { granularity: 'word' });

const NOUN = '[\\p{L}\\p{N}]{1,24}?';
const rewrite = (pattern: string): RegExp => new RegExp(pattern, 'u');
const VERB =
  '改|注销|注册|重置|取消|删除|设置|绑定|解绑|激活|安装|卸载|下载|上传|打开|关闭|办|申请|使用|用|买|退|安装|备份|恢复|导出|导入|登录|打印';
/** Of a whole question, after politeness went. Each makes a frame of its own; `⟨HOW⟩` and the like are those of chinese.ts. */
const FRAMES: Rewrites = [
  // Politeness that is left, and who asks.
  [rewrite('^请?(?:帮我|给我(?=列出|讲|介绍|推荐|解释|总结|翻译|写|说))'), ''],
  [rewrite('^⟨POLAR⟩我(?:们)?(能|会|要|需要|必须)'), '⟨POLAR⟩$1'],
  [rewrite('^讲讲'), '介绍'],
  // How.
  [rewrite(`^(${NOUN})的?(?:方法|步骤|办法|流程)(?:是⟨WHAT⟩|有⟨WHICH⟩)?$`), '⟨HOW⟩$1'],
  [rewrite(`^(${NOUN})⟨HOW⟩(${VERB})$`), '⟨HOW⟩$2$1'],
  [rewrite(`^我想((?:${VERB})${NOUN})怎么办$`), '⟨HOW⟩$1'],
  [rewrite(`^(${NOUN})⟨HOW⟩操作$`), '⟨HOW⟩$1'],
  [rewrite(`^⟨HOW⟩(?:才能)?(?:与|和|跟|同)(${NOUN})(?:取得)?联系(?:上)?$`), '⟨HOW⟩联系$1'],
  [rewrite(`^(?:与|和|跟|同)(${NOUN})⟨HOW⟩(?:取得)?联系(?:上)?$`), '⟨HOW⟩联系$1'],
  [rewrite(`^(忘记|丢|坏)(密码|手机|账号|钥匙|身份证|护照)(?:该|应该)?(?:怎么办|⟨HOW⟩办|⟨HOW⟩处理)$`), '$2$1怎么办'],
  [rewrite(`^(${NOUN})(?:该|应该)?(?:⟨HOW⟩办|⟨HOW⟩处理|怎么办)$`), '$1怎么办'],
  // What, why, who.
  [rewrite(`^(?:⟨WHAT⟩(?:是|叫做?)|(?:解释)(?:⟨WHAT⟩是)?)(${NOUN})$`), '$1是⟨WHAT⟩'],
  [rewrite(`^(${NOUN})(?:是⟨WHAT⟩意思|是⟨WHAT⟩|的?(?:意思|含义|定义)是⟨WHAT⟩|指的?是?⟨WHAT⟩)$`), '$1是⟨WHAT⟩'],
  [rewrite(`^(?:导致|引起|造成)?(${NOUN})的?(?:原因|成因)(?:是⟨WHAT⟩|有⟨WHICH⟩)$`), '⟨WHY⟩$1'],
  [/^⟨WHY⟩会(?=失眠|发烧|发热|感冒|头痛|头疼|头晕|咳嗽|过敏|脱发|下雨|下雪|地震|打雷|涨价|失败|报错|死机)/u, '⟨WHY⟩'],
  [rewrite(`^(${NOUN})(?:是)?⟨HOW⟩(?:形成|产生)(?:的)?$`), '⟨WHY⟩$1'],
  [rewrite(`^(${NOUN})的?作者是⟨WHO⟩$`), '⟨WHO⟩写$1'],
  [rewrite(`^(${NOUN})是⟨WHO⟩(写|发明|发现|创立|创办|建造|设计|导演|画|拍)的?$`), '⟨WHO⟩$2$1'],
  [rewrite(`^⟨WHO⟩(写|发明|发现|创立|创办|建造|设计|导演|画|拍)了(${NOUN})$`), '⟨WHO⟩$1$2'],
  // How much.
  [rewrite(`^(${NOUN})的?(长|高|重|宽|深)(?:度|量)(?:是|有)多少$`), '$1多$2'],
  [rewrite(`^(${NOUN})有多(长|高|重|宽|深)$`), '$1多$2'],
  [rewrite(`^(${NOUN})(?:的)?(?:费用|价格)(?:是|为)?(?:多少)?$`), '$1⟨PRICE⟩'],
  [rewrite(`^(${NOUN})有多少人$`), '$1人数是多少'],
  [rewrite(`^(${NOUN})有多少员工$`), '$1人数是多少'],
  [rewrite(`^(${NOUN})的?人数(?:是|有)多少$`), '$1人数是多少'],
  [rewrite(`^(.{1,24}?)(?:需要|要)?(?:花)?(?:多长时间|多久|多少时间)(?:能|可以)?(到账|到|完成)?$`), '$1多久$2'],
  // Which, where, when.
  [rewrite(`^(${NOUN})(?:的)?(好处|坏处|区别)(?:有⟨WHICH⟩|是⟨WHAT⟩|有⟨WHAT⟩)$`), '$1$2'],
  [rewrite(`^(${NOUN})有(?:⟨WHICH⟩|⟨WHAT⟩)(好处|坏处|区别)$`), '$1$2'],
  [rewrite(`^(${NOUN})有(?:⟨WHAT⟩|何)?(?:不同|差别|差异|区别)$`), '$1区别'],
  [rewrite(`^(${NOUN})的?(?:不同|差别|差异|区别)(?:是⟨WHAT⟩|在⟨WHERE⟩)$`), '$1区别'],
  [
    rewrite(
      `^(.{1,24}?)(?:需要|要)(?=带|准备|提供|⟨WHICH⟩(?:材料|证件|手续|条件)|⟨WHAT⟩(?:材料|证件|手续|条件))(带|准备|提供)?(?:⟨WHICH⟩|⟨WHAT⟩)(材料|证件|手续|条件)?$`,
    ),
    '$1要$2⟨WHAT⟩$3',
  ],
  [rewrite(`^在?⟨WHERE⟩(?:可以|能)?(${NOUN})$`), '⟨WHERE⟩$1'],
  [rewrite(`^(${NOUN})在⟨WHERE⟩(下载|打印|购买|买|办|申请|领取)?$`), '⟨WHERE⟩$2$1'],
  // The day may stand before the place or after it.
  [rewrite('^(⟨POLAR⟩)?(今天|明天|昨天|后天|前天)(\\p{Script=Han}{2,4}?)(天气|会下雨|会下雪|下雨|下雪)'), '$1$3$2$4'],
  [rewrite(`^(${NOUN})(?:几点|⟨WHEN⟩)(开门|关门|开始|结束|营业|打烊)$`), '$1⟨WHEN⟩$2'],
  // A verb with its object before it.
  [rewrite(`^把(${NOUN})(删除|备份|总结|翻译|改|关闭|打开|保存|打印|发送|复制)了?$`), '$2$1'],
  [rewrite(`^对(${NOUN})进行(删除|备份|总结|翻译|改|比较|分析|测试|评价|保存|检查)$`), '$2$1'],
  [rewrite(`^给(${NOUN})打电话$`), '打电话给$1'],
  [rewrite(`^(?:制作|做)1个(总结|比较|分析|备份|翻译)$`), '$1'],
  // May and must.
  [rewrite(`^⟨POLAR⟩允许(${NOUN})$`), '⟨POLAR⟩能$1'],
  [rewrite(`^⟨POLAR⟩(?:必须|需要|一定要|要)(${NOUN})$`), '⟨POLAR⟩要$1'],
];
const DIGITS = '零一二三四五六七八九';
const COUNTED = /(?<![零一二三四五六七八九十百千万亿\d第])[一二三四五六七八九](?=[个条种点本篇部])/gu;
/** UTF-16 code units: what is longer is no question of one frame. */
const LONGEST = 80;
/** `A和B`: the order of what is told apart changes nothing. */
const APART = /^(.{1,20}?)(?:和|与|跟|同)(.{1,20}?)区别$/u;

/** A question in one wording of those that say the same. `text`: as chinese.ts leaves it. */
export function inOneWording(text: string): string {
  if (text.length > LONGEST) return text;
  const counted = text.replace(COUNTED, (digit) => String(DIGITS.indexOf(digit)));
  let result = [...WORDS.segment(counted)].map(({ segment }) => SAME_WORDS.get(segment) ?? segment).join('');
  for (const [pattern, replacement] of FRAMES) result = result.replace(pattern, replacement);
  return result.replace(APART, (_all, one: string, other: string) => `${[one, other].sort().join('和')}区别`);
}
