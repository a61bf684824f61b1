import { expect, test } from 'vitest';
import { openEncoder } from '../../../../bench/support/sentence-index.ts';
import { STRANGERS } from './strangers.ts';
import {
  classify,
  decodeClassifier,
  encodeClassifier,
  type TeamClassifier,
  trainTeamClassifier,
} from './team-classifier.ts';

const encoder = openEncoder();
const vectorsOf = (texts: readonly string[]) => texts.map((text) => encoder.encode(text));
const labelled = (classifier: TeamClassifier, texts: readonly string[]) =>
  texts.map((text) => classify(classifier, text, vectorsOf([text])[0]).label);

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

test('with vectors it also knows labels by their meaning, in words and a language that no example has', () => {
  const texts = [
    ...['my card was stolen', 'somebody took my card', 'I lost my card'].map((text) => ({ text, label: 'lost' })),
    ...['what is the exchange rate', 'how many euros for a dollar', 'dollar to euro'].map((text) => ({
      text,
      label: 'rate',
    })),
    ...['open an account for me', 'I want a new account', 'start an account'].map((text) => ({ text, label: 'open' })),
  ];
  const classifier = trainTeamClassifier(texts, {
    texts: vectorsOf(texts.map(({ text }) => text)),
    strangers: vectorsOf(STRANGERS),
  });
  expect(labelled(classifier, ['我的银行卡被偷了', '美元兑欧元汇率是多少', '我想开一个新账户'])).toEqual([
    'lost',
    'rate',
    'open',
  ]);
  const again = decodeClassifier(encodeClassifier(classifier));
  expect(classify(again, '我的银行卡被偷了', vectorsOf(['我的银行卡被偷了'])[0])).toEqual(
    classify(classifier, '我的银行卡被偷了', vectorsOf(['我的银行卡被偷了'])[0]),
  );
  // Without a vector in time the words decide.
  expect(classify(again, 'my card was stolen').label).toBe('lost');
});

test.each(['', '   ', '🤖', '\ud800', 'x'.repeat(200_000)])('a text without known words gets a confidence', (text) => {
  const { confidence } = classify(trainTeamClassifier(TEXTS), text);
  expect(confidence).toBeGreaterThanOrEqual(0);
  expect(confidence).toBeLessThanOrEqual(1);
});
