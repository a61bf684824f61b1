import { expect, test } from 'vitest';
import type { Passage } from '#core/turn.ts';
import { asksForOtherCode, lacksValue, plainAnswers } from './plain-answers.ts';

const passageOf = (text: string, documentTitle = 'Help'): Passage => ({
  id: text.slice(0, 8),
  documentId: 'd',
  documentTitle,
  start: 0,
  end: text.length,
  text,
  heading: null,
  score: 1,
  vectorScore: null,
  keywordScore: 1,
});
const answersTo = (query: string, text: string, title?: string) =>
  plainAnswers(query, [passageOf(text, title)]).map((chosen) => chosen.text);

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
