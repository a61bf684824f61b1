import { describe, expect, test } from 'vitest';
import { conflictsOf, knownFrom } from './conflicts.ts';
import { readContext } from './context.ts';

const conflicts = (context: string, claim: string, question = '') =>
  conflictsOf(claim, readContext([context]), knownFrom(question)).map(({ kind, said, source }) => [kind, said, source]);

const BRIDGE =
  'The old bridge was built in 1932. It is 120 metres long and was designed by John Smith. Cyclists may use it. The toll is 5 euros. It opened on Monday.';
const COMPANY =
  '阿里巴巴由马云于1999年在杭州创立。公司总部占地15公里，员工约3万人。该产品不支持离线使用。会议于3月5日星期二举行。温度为20摄氏度。';

describe('a claim that says something else than its context', () => {
  test.each([
    ['The old bridge was built in 1923.', 'date', '1923', '1932'],
    ['It is 210 metres long.', 'number', '210 metres', '120 metres'],
    ['It is 120 feet long.', 'unit', '120 feet', '120 metres'],
    ['It was designed by Mary Jones.', 'name', 'Mary Jones', 'John Smith'],
    ['Cyclists may not use it.', 'negation', 'Cyclists may not use it', 'Cyclists may use it'],
    ['The toll is 5 dollars.', 'unit', '5 dollars', '5 euros'],
    ['It opened on Friday.', 'date', 'Friday', 'Monday'],
  ])('%s is a conflict', (claim, kind, said, source) => {
    expect(conflicts(BRIDGE, claim)).toEqual([[kind, said, source]]);
  });

  test.each([
    ['阿里巴巴由马云于1998年在杭州创立。', 'date', '1998年', '1999年'],
    ['阿里巴巴由马化腾于1999年在杭州创立。', 'name', '马化腾', '马云'],
    ['阿里巴巴由马云于1999年在深圳创立。', 'name', '深圳', '杭州'],
    ['公司总部占地15英里。', 'unit', '15英里', '15公里'],
    ['员工约5万人。', 'number', '5万', '3万'],
    ['该产品支持离线使用。', 'negation', '该产品支持离线使用', '该产品不支持离线使用'],
    ['会议于3月6日星期二举行。', 'date', '3月6日', '3月5日'],
    ['温度为20华氏度。', 'unit', '20华氏度', '20摄氏度'],
  ])('%s is a conflict', (claim, kind, said, source) => {
    expect(conflicts(COMPANY, claim)).toEqual([[kind, said, source]]);
  });
});

describe('a claim that says the same in other words', () => {
  test.each([
    'The bridge was built in 1932 and designed by John Smith.',
    'It opened in 1932, is 0.12 km long, and cyclists may use it.',
    'The toll is €5.',
    'John Smith designed the bridge.',
  ])('%s has no conflict', (claim) => {
    expect(conflicts(BRIDGE, claim)).toEqual([]);
  });
  test.each([
    '阿里巴巴创立于1999年，创始人是马云。',
    '员工约30000人，公司总部占地15千米。',
    '该产品不能离线使用。',
    '1999年，马云在杭州创立了阿里巴巴。',
  ])('%s has no conflict', (claim) => {
    expect(conflicts(COMPANY, claim)).toEqual([]);
  });
});

test('a name and a number of the question need no source', () => {
  expect(conflicts(BRIDGE, 'Mr Kowalski asked about 1977.', 'What did Kowalski see in 1977?')).toEqual([]);
});

test('a name that the context does not have is a conflict without a source', () => {
  expect(conflicts(BRIDGE, 'The mayor of Springfield likes it.')).toEqual([['name', 'Springfield', null]]);
});
