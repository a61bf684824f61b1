import { expect, test } from 'vitest';
import { split } from './general.ts';

const headings = (text: string) => split(text).map(({ heading }) => heading);

test('chapters of a Chinese novel are headings, with blank lines around or not', () => {
  const told = '话说天下大势，分久必合，合久必分。';
  expect(headings(`《故事》\n第一回 宴桃园豪杰三结义\n${told}\n${told}\n第二回 张翼德怒鞭督邮\n${told}`)).toEqual([
    null,
    '第一回 宴桃园豪杰三结义',
    '第二回 张翼德怒鞭督邮',
  ]);
  expect(headings(`第一卷 春\n\n第1章 风起\n\n${told}\n\n第2章 云涌\n\n${told}`)).toEqual([
    '第一卷 春 > 第1章 风起',
    '第一卷 春 > 第2章 云涌',
  ]);
});

test('a sentence about a chapter is none', () => {
  expect(headings('第一回也，作者自云曾历过一番梦幻。\n且说后事。\n第二回上来说道：\n且听下回分解。')).toEqual([null]);
});

test('sections of an RFC are headings by their numbers, and lines that hang out by that; entries of its contents are not', () => {
  const body = '   The client MUST send an extension.  It is\n   described below.\n\n';
  const contents = '   1.  Introduction . . . . . . . . . . .   1\n   2.  Handshake  . . . . . . . . . . . .   2\n\n';
  const text = `Abstract\n\n${body}Table of Contents\n\n${contents}1.  Introduction\n\n${body}2.  Handshake\n\n${body}2.1.  Extensions\n\n${body}Appendix A.  States\n\n${body}`;
  expect(headings(text)).toEqual([
    'Abstract',
    'Table of Contents',
    '1.  Introduction',
    '2.  Handshake',
    '2.  Handshake > 2.1.  Extensions',
    'Appendix A.  States',
  ]);
});

test('a table of contents is text, and the first chapter after it a heading', () => {
  const told = '很久以前有一个人。';
  const text = `目录\n第一卷 春\n第一章 甲\n第二章 乙\n第二卷 秋\n第三章 丙\n第一卷 春\n第一章 甲\n${told}\n第二章 乙\n${told}`;
  expect(headings(text)).toEqual([null, '第一卷 春 > 第一章 甲', '第一卷 春 > 第二章 乙']);
});

test('chapters of an English novel are headings; a list with blank lines between its items has none', () => {
  expect(headings('CHAPTER I. The Sea\n\nIt was calm.\n\nCHAPTER II.\n\nIt was not.')).toEqual([
    'CHAPTER I. The Sea',
    'CHAPTER II.',
  ]);
  expect(headings('1. Buy milk\n\n2. Feed the cat\n\n3. Go home')).toEqual([null]);
});

test('sections by Roman numerals are headings', () => {
  expect(headings('I. Introduction\n\nIt is short.\n\nII. Structures\n\nThere are two.')).toEqual([
    'I. Introduction',
    'II. Structures',
  ]);
});

test('a text that marks its headings keeps to those', () => {
  expect(headings('# Notes\n\n1. Plan\n\nWe go.\n\n2. Deed\n\nWe went.')).toEqual(['Notes']);
});

test('a long row of marked headings is not one passage', () => {
  const row = Array.from({ length: 100 }, (_, place) => `# A heading without text, number ${place}`).join('\n\n');
  for (const { start, end } of split(row)) expect(end - start).toBeLessThanOrEqual(1_100);
});
