/** Words that carry no topic. */

const ENGLISH = new Set(
  `a an the and or but if of at by for with about to from up in on off as is are was were be been being am has have had do
does did will would can could should may might must it its it's this that that's these those they them their theirs he him his
she her hers we us our you your yours i my me mine who whom whose which what what's when where how why there here than then
so also very more most such some any one ones tell give describe explain show list find many much get got like know want need
please between into out not no yes other others different another first use used make made take let let's just really too only
both either each same similar instead say said said mean think thing things something anything okay ok hi hello thanks thank
whats hows wheres btw good great well now still even again ever never because while during after before over under don't doesn't didn't isn't
aren't can't i'm i'd i've you're we're they're there's who's how's lot lots way kind sort go going come help me popular important main major common best certain around ago away main around`.split(
    /\s+/,
  ),
);
const CHINESE = new Set(
  `的 了 是 在 有 和 与 或 就 都 也 还 很 太 真 吗 呢 吧 啊 呀 么 嘛 哦 哈 我 你 您 他 她 它 我们 你们 他们 她们 它们 咱们 这 那 这个 那个 这些 那些 哪 哪个
哪些 哪里 哪儿 什么 怎么 怎样 怎么样 如何 为什么 为何 多少 几 几个 多 谁 何时 何 请 请问 请给 告诉 帮 帮我 给 给我 想 要 想要 需要 可以 能 能不能 会 应该 知道 了解 介绍 一下 下
说 讲 讲讲 说说 谈谈 聊聊 解释 推荐 一 一个 一些 个 些 种 被 把 让 对 对于 关于 从 到 用 以 为 而 但 但是 如果 因为 所以 然后 那么 现在 今天 没 没有 不 不是 是不是 有没有 好 好的 谢谢
再 又 更 最 比较 非常 特别 上面 下面 刚才 之前 继续 话题 问题 意思 时候 里 上 中 之 其 等 地 得 着 过 去 来 做 看 找 写 问 您好 你好 嗯 行 对了 呃 另外 还有 顺便 接着 主要 一般 具体
跟 及 以及 并 并且 或者 吃 买 哪家 有哪些 家 是否 可 能否 名 位 要 带 要带 恩 哎 唉 收到 什么时候 什么样 好不好 多久 多大 多高 多远 哪一个 哪年 有关 相关 一首 一篇 一家 一份 一封 首 篇 封 份 家 成立 提取 办理`.split(
    /\s+/,
  ),
);

export const isStopWord = (word: string): boolean => ENGLISH.has(word) || CHINESE.has(word);

/** Without the commonest English endings: enough to see that `symptoms` is `symptom`. */
export const stemOf = (word: string): string =>
  word.length > 3 ? word.replace(/(?:'s|ies|ing|ed|es|s)$/, '') || word : word;
