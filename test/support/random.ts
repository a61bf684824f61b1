/** A source of numbers in [0, 1) that gives the same ones for the same seed (mulberry32), so that a failure can be repeated. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const PIECES = [
  'The tower is 330 metres tall. ',
  'It was finished in 1889, e.g. for the fair! ',
  'Dr. Smith did not agree… "Why?" he asked. ',
  'Prices rose by 3.14 % (1,000 units)',
  '人工智能是计算机科学的一个分支。',
  '它企图了解智能的实质！“真的吗？”他说：',
  '𠮷野家的𠮷很好吃；没有别的。',
  '👩‍👩‍👧 are a family 😀😀. ',
  'e\u0301te\u0301 Ａ１ ½ ',
  '\n\n',
  '\r\n',
  '\n- an item\n1. another\n',
  '| a | b |\n| - | - |\n',
  '```js\nconst a = 1;\n\nrun(a);\n```\n',
  '# A heading\n',
  '....',
  '"\')]',
  '\t  ',
  'x',
  '。',
];

/** English, Chinese, emoji, markup, and what is none of them. */
export const randomText = (random: () => number, pieces: number): string =>
  Array.from({ length: pieces }, () => PIECES[Math.floor(random() * PIECES.length)]).join('');

export const randomInteger = (random: () => number, below: number): number => Math.floor(random() * below);
