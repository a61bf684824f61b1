/**
 * Messages that belong to no service: calibration of a classifier that reads vectors takes them for out of scope, beside the examples
 * that a team labels so. Few teams have any at the beginning.
 */
export const STRANGERS: readonly string[] = [
  'who painted the ceiling of that chapel in rome',
  '请解释一下光合作用的过程',
  'what do penguins eat in winter',
  '唐朝一共有多少位皇帝',
  'write a haiku about the first snow',
  '黑洞是怎么形成的',
  'how do vaccines teach the immune system',
  '把这首诗改得更押韵一些',
  'why did the roman empire fall',
  '为什么猫喜欢钻进纸箱',
  'give me three names for a pirate ship',
  '勾股定理怎么证明',
  'is it possible to fold paper more than seven times',
  '长城有多长',
  'who invented the telescope',
  '给我讲讲文艺复兴时期的音乐',
  'what language do they speak in bhutan',
  '用一句话介绍量子计算',
  'can fish feel pain',
  '红楼梦的作者是谁',
  'prove that there are infinitely many primes',
  '企鹅会飞吗',
  'what is the tallest tree in the world',
  '怎样练习书法',
];
