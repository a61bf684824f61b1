import { expect, test } from 'vitest';
import { classify, trainTeamClassifier } from './team-classifier.ts';

const ITEMS = [
  'card',
  'account',
  'statement',
  'passport',
  'parcel',
  'ticket',
  'invoice',
  'loan',
  'salary',
  'refund',
  'visa',
];
const TEXTS = [
  ...ITEMS.flatMap((item) => [
    { text: `where is my ${item}?`, label: 'status' },
    { text: `please cancel my ${item} at once`, label: 'cancel' },
    { text: `我的${item}到哪里了`, label: 'status' },
    { text: `帮我取消${item}`, label: 'cancel' },
  ]),
  { text: 'how tall is the moon', label: 'out_of_scope' },
  { text: '给我讲个笑话', label: 'out_of_scope' },
];

test('a classifier learns labels in two languages and is unsure of what is unlike them', () => {
  const classifier = trainTeamClassifier(TEXTS);
  expect(classify(classifier, 'where is my pension?').label).toBe('status');
  expect(classify(classifier, '帮我取消机票')).toMatchObject({ label: 'cancel' });
  const near = classify(classifier, 'where is my card').confidence;
  expect(near).toBeGreaterThan(0.5);
  expect(classify(classifier, 'the theory of relativity in verse').confidence).toBeLessThan(near);
});

test('the same texts give the same classifier', () => {
  expect(trainTeamClassifier(TEXTS)).toEqual(trainTeamClassifier(TEXTS));
});

test.each(['', '   ', '🤖', '\ud800', 'x'.repeat(200_000)])('a text without known words gets a confidence', (text) => {
  const { confidence } = classify(trainTeamClassifier(TEXTS), text);
  expect(confidence).toBeGreaterThanOrEqual(0);
  expect(confidence).toBeLessThanOrEqual(1);
});
