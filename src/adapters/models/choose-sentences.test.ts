import { expect, test } from 'vitest';
import { passageOf } from '../../../test/support/passages.ts';
import { chooseSentences } from './choose-sentences.ts';

const chosenFrom = (query: string, text: string, cjk = false) => {
  const passage = passageOf(text);
  const chosen = chooseSentences(query, [passage], cjk);
  for (const { start, text: quoted } of chosen) expect(passage.text.slice(start, start + quoted.length)).toBe(quoted);
  return chosen.map(({ text: quoted }) => quoted);
};

test('a name that stands above its value is quoted with it', () => {
  const text = 'Policy holder\n\nInes Calloway\n\nAnnual premium\n\n£ 318.40\n\nExcess fee\n\n£ 150';
  expect(chosenFrom('What is the annual premium?', text)).toEqual(['Annual premium', '£ 318.40']);
  expect(chosenFrom('Who is the policy holder?', text)).toEqual(['Policy holder', 'Ines Calloway']);
  expect(chosenFrom('报销找谁？', '第三章 报销\n联系人为财务部赵敏。', true)).toContain('联系人为财务部赵敏。');
});

test('names that tabs part do not take the next row for their value', () => {
  const text = 'Name\tRoom\tPhone\nPer\t15\t7002\nIda\t16\t7003';
  expect(chosenFrom('Which phone and room?', text)).toEqual(['Name\tRoom\tPhone']);
});
