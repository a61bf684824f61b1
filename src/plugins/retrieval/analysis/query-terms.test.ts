import { expect, test } from 'vitest';
import { queryTerms, searchable, searchTokens, shareOfPieces } from './query-terms.ts';
import { tokenHash } from './token-hash.ts';

test('words that only ask are not searched for, unless there are no others', () => {
  expect(searchable('什么是人工智能？').trim()).toBe('是人工智能？');
  expect(searchable('为什么？')).toBe('为什么？');
  expect(searchable('12条')).toBe('第12条');
  expect(searchable('第12条和3条鱼')).toBe('第12条和3条鱼');
  expect(searchable('x'.repeat(50_000)).length).toBeLessThan(3_000);
});

test('words that only ask are known in traditional characters too', () => {
  expect(searchable('為什麼下雨？').trim()).toBe('下雨？');
  expect(queryTerms('誰寫了紅樓夢？', () => 1).asksFor).toBe('name');
  expect(queryTerms('長城有幾公里？', () => 1).asksFor).toBe('number');
});

const timesIn = (query: string) => {
  const tokens = searchTokens(query);
  return (token: string) => tokens.filter((one) => one === token).length;
};

test('a pair with a character that joins words weighs half of another, for keywords and in the second stage', () => {
  for (const [query, across] of [
    ['公司的总部', '司的'],
    ['公司與總部', '司与'],
  ] as const) {
    const times = timesIn(query);
    expect([times('公司'), times('总部'), times('公'), times(across)]).toEqual([2, 2, 2, 1]);
  }
  const { weights } = queryTerms('公司的总部', () => 3);
  expect([weights.get(tokenHash('公司')), weights.get(tokenHash('司的'))]).toEqual([3, 1.5]);
});

test('a pair that ends in another word weighs half; within words, and in an unknown name, it weighs fully', () => {
  for (const query of ['杰克逊维尔人口', '傑克遜維爾人口']) {
    const times = timesIn(query);
    expect([times('尔人'), times('人口'), times('逊维')]).toEqual([1, 2, 2]);
    const { weights } = queryTerms(query, () => 3);
    expect(['尔人', '人口', '逊维'].map((pair) => weights.get(tokenHash(pair)))).toEqual([1.5, 3, 3]);
  }
});

test('a character that is no part of a known word weighs half again', () => {
  const times = timesIn('杰克逊维尔人口');
  expect([times('逊'), times('人')]).toEqual([3, 2]);
});

test('a word beside CJK weighs as a CJK word of two characters does: three tokens', () => {
  const times = timesIn('使用 LOR 的机器 2010');
  expect(times('lor')).toBe(times('机') + times('器') + times('机器'));
  expect(times('2010')).toBe(times('lor'));
});

test('a question of one kind of token counts each as often as it occurs', () => {
  expect(searchTokens('机器')).toEqual(['机', '器', '机器']);
  expect(searchTokens('robot 2010 robot')).toEqual(['robot', '2010', 'robot']);
});

test('pieces of a word match other forms of it in a text; a short word and a pair match only themselves', () => {
  const share = (query: string, text: string, ...tokens: string[]) =>
    shareOfPieces(text, (token) => tokens.map(tokenHash).includes(token), queryTerms(query, () => 1).pieces);
  // "^neu" and "neur" of neuro: the first must begin a word, the second stand anywhere.
  expect(share('neuro', 'Neurology is a field')).toBeGreaterThan(share('neuro', 'aneurysms were found'));
  expect(share('neuro', 'aneurysms were found')).toBeCloseTo(1 / 3);
  expect(share('neuro', 'nothing of it')).toBe(0);
  expect(share('neuro', '', 'neuro')).toBe(1);
  expect(share('xy', 'xylophone and xy')).toBe(0);
  expect(share('机器', '机器')).toBe(0);
  expect(share('机器', '', '机器')).toBe(1);
  expect(share('', 'text')).toBe(0);
});
