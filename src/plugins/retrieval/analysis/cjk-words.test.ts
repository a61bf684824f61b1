import { expect, test } from 'vitest';
import { cjkWords } from './cjk-words.ts';

test('a pair is across words where a word of several characters begins, and nowhere within one', () => {
  const { across } = cjkWords('种族隔离制度');
  expect([...across]).toEqual(['族隔', '离制']);
  expect(cjkWords('中国家').across.has('国家')).toBe(false);
  expect(cjkWords('城市政府，市政').across.has('市政')).toBe(false);
});

test('characters of no known word are alone, with the pairs between them', () => {
  const { across, alone } = cjkWords('胡格诺派移居');
  expect(['胡', '格', '诺', '派', '移', '移居'].map((one) => alone.has(one))).toEqual([
    true,
    true,
    true,
    true,
    false,
    false,
  ]);
  expect([across.has('格诺'), across.has('派移')]).toEqual([false, true]);
});

test('traditional characters are as simplified ones, full width as half, and a rare character is one', () => {
  expect(cjkWords('種族隔離')).toEqual(cjkWords('种族隔离'));
  expect(cjkWords('Ａ级')).toEqual(cjkWords('A级'));
  expect(cjkWords('𠮷野').alone.has('𠮷')).toBe(true);
  expect(cjkWords('')).toEqual({ across: new Set(), alone: new Set() });
});

test('kana and Hangul are left as they are', () => {
  const none = { across: new Set(), alone: new Set() };
  expect([cjkWords('のはかで'), cjkWords('서울의 인구는'), cjkWords('robot 2010')]).toEqual([none, none, none]);
  expect(cjkWords('東京の人口は')).toEqual(none);
});
