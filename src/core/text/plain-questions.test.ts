import { expect, test } from 'vitest';
import { plainQuestion, tellsOf } from './plain-questions.ts';

const kindOf = (query: string) => plainQuestion(query)?.kind?.name ?? null;

test.each([
  ['How much is the parking?', 'price'],
  ['What is your phone number?', 'phone'],
  ['Which email address do I write to?', 'email'],
  ['How heavy is the washing machine?', 'weight'],
  ['What are the dimensions of the box?', 'size'],
  ['Where is the office?', 'place'],
  ['When does the pool close?', 'time'],
  ['How many pupils are in a class?', 'number'],
  ['Who is the landlord?', 'person'],
  ['Are dogs allowed?', null],
  ['门票多少钱？', 'price'],
  ['客服电话是多少？', 'phone'],
  ['店在哪里？', 'place'],
  ['几点关门？', 'time'],
  ['保修期多长？', 'number'],
  ['馆长是谁？', 'person'],
])('%s asks for: %s', (query, kind) => {
  expect(kindOf(query)).toBe(kind);
});

test.each(['你好', 'Why is the sky blue in the morning and red in the evening of a summer day?', ''])(
  'a text without a few subjects is no plain question: %s',
  (query) => {
    expect(plainQuestion(query)).toBeUndefined();
  },
);

test('a subject is told by words that say the same, at the beginning of a word', () => {
  const [warranty = []] = plainQuestion('How long is the warranty?')?.subjects ?? [];
  expect(tellsOf(warranty, 'All lamps come with a two-year guarantee.')).toBe(true);
  const [pets = []] = plainQuestion('Are pets allowed?')?.subjects ?? [];
  expect(tellsOf(pets, 'No dogs, please.')).toBe(true);
  expect(tellsOf(pets, 'The petition and the dogma.')).toBe(false);
  const [monday = []] = plainQuestion('星期一开门吗？')?.subjects ?? [];
  expect(tellsOf(monday, '周一闭馆')).toBe(true);
});

test('a Chinese subject is told by half of its characters only where it may be', () => {
  expect(tellsOf(['换证'], '换领工本费二十元', true)).toBe(true);
  expect(tellsOf(['换证'], '换领工本费二十元')).toBe(false);
});

test('hostile questions take little time', () => {
  for (const text of [
    'how much '.repeat(50_000),
    '多少钱'.repeat(50_000),
    '1-'.repeat(100_000),
    'send a b '.repeat(20_000),
  ])
    expect(plainQuestion(text)?.subjects.length ?? 0).toBeLessThan(5);
});
