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

test.each([
  ['The device has two cameras and three microphones.', 'The device has three cameras.', 'number'],
  ['Bluetooth is supported. Wi-Fi is not supported.', 'Wi-Fi is supported.', 'negation'],
  ['Revenue was $4.2 billion in 2022, up 8% from 2021.', 'Revenue was $4.2 million in 2022.', 'number'],
  ['The CEO denied the allegations.', 'The CEO confirmed the allegations.', 'opposite'],
  ['该药物可以治疗高血压，但不能用于孕妇。', '该药物可以用于孕妇。', 'negation'],
  ['他没有参加比赛。', '他参加了比赛。', 'negation'],
  ['李明是清华大学的教授。', '王强是清华大学的教授。', 'name'],
  ['公司2020年的利润增长了15%。', '公司2020年的利润下降了15%。', 'opposite'],
])('"%s" contradicts "%s"', (context, claim, kind) => {
  expect(conflicts(context, claim).map(([of]) => of)).toEqual([kind]);
});

test.each([
  [
    'The refund takes 5 business days. Refunds are not available for digital goods.',
    'Digital goods cannot be refunded.',
  ],
  ['Water boils at 100 degrees Celsius at sea level.', 'At sea level, water boils at 100 °C.'],
  ['The package weighs 2 kg.', 'The package weighs 2000 g.'],
  ['该药物不能用于孕妇。每天服用两次，每次5毫克。', '一天两次，每次5毫克。'],
  ['会议在星期五下午3点举行。', '会议于周五15:00举行。'],
])('"%s" does not contradict "%s"', (context, claim) => {
  expect(conflicts(context, claim)).toEqual([]);
});

test('a sentence that the context has word for word has no conflict, though another one is more like it', () => {
  const one =
    '阿尔巴尼亚总理范·诺里;加拿大总理麦肯齐·金和皮埃尔·特鲁多;希腊总理安东尼斯·萨马拉斯;以色列总理 本杰明·内塔尼亚胡;巴基斯坦前总理贝娜齐尔·布托;美国住房和城市发展部长肖恩·多诺万;加拿大政治领袖迈克尔·伊格纳捷夫;巴基斯坦地方议会成员穆尔塔扎·布托和萨纳姆·布托;孟加拉国财政部长AMA·穆西斯；';
  const other = '邦特兰总统阿布迪韦利·穆罕默德·阿里;美国驻欧盟大使安东尼·卢扎托·加德纳。';
  expect(conflicts(one + other, other)).toEqual([]);
});
