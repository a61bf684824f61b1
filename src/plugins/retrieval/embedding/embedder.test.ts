import { expect, test } from 'vitest';
import { useEncoder } from '../../../../test/support/encoder.ts';
import { passageOf } from '../../../../test/support/engines.ts';
import { embedderOf, modelEmbedder } from './embedder.ts';
import { isEncodable } from './scripts.ts';

const { signal } = new AbortController();
const encoder = useEncoder();

test.each([
  ['English', 'How are you?', true],
  ['Chinese', '你好吗？', true],
  ['Japanese', 'お元気ですか', true],
  ['accents', 'Où est la gare ?', true],
  ['a Russian name in an English text', 'Who wrote Война и мир in the end?', true],
  ['Russian', 'Когда закрыт склад?', false],
  ['Korean', '창고는 언제 닫나요?', false],
  ['Arabic', 'متى يغلق المستودع؟', false],
  ['numbers alone', '12 + 7', false],
  ['nothing', '', false],
])('%s can be encoded: %s', (_what, text, expected) => {
  expect(isEncodable(text)).toBe(expected);
});

test('a text that the built-in encoder cannot distinguish gets no vector; others are unchanged', async () => {
  const embedder = modelEmbedder(encoder);
  expect(await embedder.query('Когда закрыт склад?', signal)).toBeNull();
  const texts = ['Склад закрыт по воскресеньям.', 'The warehouse is closed on Sundays.', '창고는 일요일에 닫습니다.'];
  const passages = texts.map((text, place) => passageOf(`d/${place}`, { text, documentTitle: '' }));
  const [russian, english, korean] = await embedder.passages(passages, signal);
  expect([russian, korean]).toEqual([[], []]);
  expect(english).toEqual(await encoder.embed([texts[1] as string], signal));
});

test('a long question is encoded by its beginning and its end', async () => {
  const embedder = modelEmbedder(encoder);
  const filler = 'Some more words that say nothing. '.repeat(100);
  const long = (middle: string) => `When does the warehouse open? ${filler}${middle}${filler} And on Sundays?`;
  const vector = await embedder.query(long(''), signal);
  expect(vector).toHaveLength(512);
  expect(vector).toEqual(await embedder.query(long('Zebras have stripes.'), signal));
  expect(vector).not.toEqual(await embedder.query(`${long('')} Zebras?`, signal));
});

test('an index’s embedder is found by the name in its format', () => {
  const modelNamed = (name: string) => (name === 'a:b@c' ? encoder : null);
  const client = { work: () => Promise.reject(new Error('not asked here')) };
  expect(embedderOf('a:b@c@512', client, modelNamed)).not.toBeNull();
  expect(embedderOf('another@512', client, modelNamed)).toBeNull();
  expect(embedderOf('english-1@100', client, modelNamed)).not.toBeNull();
});
