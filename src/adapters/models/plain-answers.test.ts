import { expect, test } from 'vitest';
import { passageOf } from '../../../test/support/passages.ts';
import { asksForAddress, asksForOtherCode, lacksValue, plainAnswers } from './plain-answers.ts';

const answersTo = (query: string, text: string, documentTitle = 'Help') =>
  plainAnswers(query, [passageOf(text, { documentTitle })]).map((chosen) => chosen.text);

const SHOP =
  'All lamps come with a two-year guarantee. Standard delivery costs 4.95 euro. Call customer service on 0800 555 0199. The box measures 60 x 40 cm and weighs 3.5 kg.';

test.each([
  ['How long is the warranty?', 'All lamps come with a two-year guarantee.'],
  ['What does shipping cost?', 'Standard delivery costs 4.95 euro.'],
  ['What is your phone number?', 'Call customer service on 0800 555 0199.'],
  ['How big is it?', 'The box measures 60 x 40 cm and weighs 3.5 kg.'],
  ['How heavy is the box?', 'The box measures 60 x 40 cm and weighs 3.5 kg.'],
])('%s', (query, answer) => {
  expect(answersTo(query, SHOP)).toEqual([answer]);
});

test.each([
  'What does insurance cost?',
  'How heavy is the elephant?',
  'What is the phone number of the fire brigade?',
  'Who is the founder?',
  'How tall is the Eiffel tower?',
  '总经理是谁？',
  '驾照多少钱？',
])('a question about what the text does not have gets no answer: %s', (query) => {
  expect(answersTo(query, `${SHOP}\n\n首次申领免费，补领工本费四十元。门店由李娜负责。`)).toEqual([]);
});

test.each([
  ['换证要多少钱？', '首次申领免费，换领工本费二十元。'],
  ['邮费是多少？', '普通快递三至五天送达，运费八元。'],
  ['几点开门？', '会员可于每天早上六点至晚上十一点使用器材。'],
])('%s', (query, answer) => {
  expect(answersTo(query, `${answer}其他规定见附件。`)).toEqual([answer]);
});

test('the title or the sentence before may name the subject', () => {
  expect(answersTo('How much is parking?', 'Visitors may stop for two hours. The fee is 2 pounds.', 'Parking')).toEqual(
    ['The fee is 2 pounds.'],
  );
  expect(answersTo('Is the flu vaccine free?', 'Flu shots are given in May. They are free for all.')).toEqual([
    'They are free for all.',
  ]);
});

test('sentences without a price do not answer what it costs', () => {
  const chosen = (text: string) => [{ passage: passageOf(text), text, start: 0, score: 1, isStatement: true }];
  expect(lacksValue('How much is parking?', chosen('Visitors may park behind the building.'))).toBe(true);
  expect(lacksValue('How much is parking?', chosen('It is 2 pounds.'))).toBe(false);
  expect(lacksValue('When may I park?', chosen('Visitors may park behind the building.'))).toBe(false);
});

test('a question about a code that no passage has is about something else', () => {
  const passages = [passageOf('Error E15 means a leak. Model AX 300, RFC 7231.')];
  for (const query of ['What does E20 mean?', 'price of the AX-400'])
    expect(asksForOtherCode(query, passages)).toBe(true);
  for (const query of [
    'What does E15 mean?',
    'price of the AX-300',
    'What is RFC7231?',
    'What is CO2?',
    'in the 1990s',
  ])
    expect(asksForOtherCode(query, passages)).toBe(false);
});

test('a thing with another number is another thing', () => {
  const passages = [
    passageOf('| Machine | Cost |\n| --- | --- |\n| Lathe 2 | 77 |\n| Press 4 | 12 |\n\nRooms 3 to 7 are upstairs.'),
  ];
  for (const query of ['When was Lathe 9 serviced?', 'What is the cost of Press 14?'])
    expect(asksForOtherCode(query, passages)).toBe(true);
  for (const query of [
    'What does Lathe 2 cost?',
    'Where is Room 5?',
    'What was planned for May 2031?',
    'Where is Gate 9?',
  ])
    expect(asksForOtherCode(query, passages)).toBe(false);
});

test('a sentence that stands in several passages is quoted once', () => {
  const passages = [
    passageOf('The dam is high. It is 41 metres high.'),
    passageOf('The dam is high. It is 41 metres high. So it is.'),
  ];
  const texts = plainAnswers('How high is the dam?', passages).map(({ text }) => text);
  expect(texts).toEqual([...new Set(texts)]);
});

test('a number of taxes or of a customer is no number of a telephone', () => {
  expect(answersTo('What is your telephone number?', 'VAT GB 338 2214 09. Customer no. 88 120 441.')).toEqual([]);
  expect(answersTo('What is your telephone number?', 'Customer hotline: 0800 44 11 22.')).toEqual([
    'Customer hotline: 0800 44 11 22.',
  ]);
});

test('only a number answers which number of a telephone it is', () => {
  for (const query of ['What is the telephone number of the caretaker?', '财务部电话是多少？', 'Which e-mail address?'])
    expect(asksForAddress(query)).toBe(true);
  for (const query of ['Can I book by phone?', '可以电话预约吗？', 'Who sends the e-mail?'])
    expect(asksForAddress(query)).toBe(false);
});

test('a question about an article that the text does not have is about something else', () => {
  const passages = [passageOf('第六条 本办法自2031年1月1日起施行。\n第十二条 罚款五十元。')];
  for (const query of ['第十条规定了什么？', '第120条是什么？']) expect(asksForOtherCode(query, passages)).toBe(true);
  for (const query of ['第六条规定了什么？', '第12条规定了什么？', '第二章讲什么？'])
    expect(asksForOtherCode(query, passages)).toBe(false);
});
