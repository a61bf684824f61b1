import { remembered } from '#core/text/remembered.ts';

/** Words that deny each other, as stems or beginnings of words. */
const ENGLISH = `increas:decreas,declin,reduc,fall,fell,drop,shrink,lower rise:fall,drop,declin,decreas rose:fell,dropp,declin,decreas
rising:falling,declin,decreas grow:shrink,declin,decreas higher:lower above:below,under over:under more:less,fewer most:least larger:smaller
bigger:smaller greater:less,smaller maximum:minimum upper:lower faster:slower older:younger,newer earlier:later before:after
first:last begin:end start:end,finish,stop open:clos allow:forbid,prohibit,ban,prevent permit:forbid,prohibit,ban accept:reject,refus,declin
approv:reject,refus,disapprov agree:disagree,refus support:oppos,reject win:los,lose won:lost success:fail succeed:fail pass:fail
positive:negative strong:weak strengthen:weaken improv:worsen,deteriorat better:worse best:worst good:bad love:hate like:dislike
enabl:disabl activ:inactiv include:exclud including:exclud add:remov,subtract buy:sell bought:sold gain:loss,los profit:loss
easy:difficult,hard easier:harder simple:complex common:rare frequent:rare often:rarely,seldom always:never,rarely all:none both:neither
public:private internal:external domestic:foreign male:female men:women north:south east:west left:right up:down hot:cold warm:cool
new:old early:late long:short wide:narrow deep:shallow high:low heavy:light full:empty rich:poor safe:dangerous,unsafe legal:illegal
possible:impossible able:unable likely:unlikely necessary:unnecessary happy:unhappy,sad effective:ineffective significant:insignificant
optimistic:pessimistic confirm:deny,denied encourag:discourag accelerat:slow,decelerat expand:contract,shrink import:export alive:dead
guilty:innocent majority:minority advantage:disadvantage compliance:noncompliance directly:indirectly temporary:permanent voluntary:mandatory
optional:mandatory,required underestimat:overestimat outperform:underperform attract:repel hire:fire,dismiss upgrade:downgrad`;
const CHINESE = `增加:减少,下降,降低 增长:下降,减少,下滑 上升:下降,下跌 上涨:下跌,下降 提高:降低,下降 提升:降低,下降 扩大:缩小 开启:关闭 打开:关闭
开始:结束,停止 启用:禁用,停用 允许:禁止 支持:反对 同意:拒绝,反对 接受:拒绝 成功:失败 赢得:输掉 胜利:失败 有利:不利,有害 有效:无效 合法:非法 安全:危险
高于:低于 大于:小于 多于:少于 早于:晚于 超过:不足,低于 以上:以下 之前:之后 最高:最低 最大:最小 最多:最少 最早:最晚 最长:最短 最好:最差 首次:最后 增强:减弱,削弱
加强:削弱,减弱 改善:恶化 盈利:亏损 收入:支出 买入:卖出 购买:出售 进口:出口 国内:国外 公开:保密,秘密 正面:负面 积极:消极 主动:被动 乐观:悲观 容易:困难
简单:复杂 常见:罕见 经常:很少,从不 总是:从不 全部:部分 必须:可选 强制:自愿 永久:临时 直接:间接 东部:西部 南部:北部 左侧:右侧 男性:女性 优点:缺点 优势:劣势
加入:退出 进入:离开,退出 上市:退市 生效:失效 通过:否决 肯定:否定 确认:否认 延长:缩短 加快:减慢,放缓 升高:降低 高温:低温 冷水:热水 先:后`;

type Pairs = readonly (readonly [string, string])[];
const pairsOf = (text: string): Pairs =>
  text.split(/\s+/).flatMap((entry) => {
    const [one = '', others = ''] = entry.split(':');
    return others.split(',').flatMap((other) => [[one, other] as const, [other, one] as const]);
  });
const english = Map.groupBy(pairsOf(ENGLISH), ([one]) => one);
const chinese = pairsOf(CHINESE);

/** Stems that are words of their own only whole: `all` is not `allow`. */
const WHOLE = 5;
const LONGEST_STEM = Math.max(...[...english.keys()].map((stem) => stem.length));

/** The stems of the list that a text has. */
export function stemsIn(text: string): ReadonlySet<string> {
  const stems = new Set<string>();
  const note = (stem: string) => {
    if (english.has(stem)) stems.add(stem);
  };
  for (const word of new Set(wordsIn(text))) {
    if (word.length < WHOLE) note(word);
    if (word.length <= WHOLE && word.endsWith('s')) note(word.slice(0, -1));
    for (let length = WHOLE; length <= word.length && length <= LONGEST_STEM; length += 1) note(word.slice(0, length));
  }
  return stems;
}
const wordsIn = (text: string): readonly string[] => text.toLowerCase().match(/[a-z]+/g) ?? [];
const stemsOf = remembered(stemsIn, { longest: 1_000, characters: 200_000 });

/**
 * A word of the claim with the opposite that the source has in its place, neither of them in the other text; else undefined.
 * `there`: the source's stems, where they are known.
 */
export function antonymIn(
  claim: string,
  source: string,
  there: ReadonlySet<string> = stemsOf(source),
): readonly [string, string] | undefined {
  const said = stemsOf(claim);
  if (said.size > 0 && there.size > 0)
    for (const [stem, pairs] of english)
      if (said.has(stem) && !there.has(stem))
        for (const [, opposite] of pairs)
          if (there.has(opposite) && !said.has(opposite)) return [wordOf(claim, stem), wordOf(source, opposite)];
  return chinese.find(
    ([one, other]) => claim.includes(one) && !claim.includes(other) && source.includes(other) && !source.includes(one),
  );
}

const wordOf = (text: string, stem: string): string => wordsIn(text).find((word) => word.startsWith(stem)) ?? stem;
