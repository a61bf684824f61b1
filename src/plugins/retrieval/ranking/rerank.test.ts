import { expect, test } from 'vitest';
import { analyse, readingOf } from '../analysis/passage-analysis.ts';
import { queryTerms } from '../analysis/query-terms.ts';
import { tokenHash } from '../analysis/token-hash.ts';
import { highlightsOf } from './highlights.ts';
import { matchPassage } from './match.ts';
import { rerank, weightsAmong } from './rerank.ts';

const read = (text: string, documentTitle = '') => readingOf(text, analyse({ text, documentTitle, heading: null }));
const candidate = (text: string, keywordScore = 1, documentTitle = '') => ({
  reading: read(text, documentTitle),
  keywordScore,
  vectorScore: 0,
});
const best = (query: string, ...candidates: ReturnType<typeof candidate>[]): string | undefined =>
  rerank(
    candidates,
    queryTerms(query, () => 1),
    0,
  )[0]?.reading.text;
const highlighted = (query: string, text: string): string[] => {
  const terms = queryTerms(query, () => 1);
  return highlightsOf(matchPassage(read(text), terms), terms).map(({ start, end }) => text.slice(start, end));
};

test('a passage with the words in one sentence precedes one with the words scattered', () => {
  const strewn = 'The treaty was long. Many people read it. Paris was cold. The year was 1783. Someone signed letters.';
  const together = 'It was a long year. Many people came. The treaty was signed in Paris. Nobody knew. It was cold.';
  expect(best('treaty signed Paris', candidate(strewn), candidate(together))).toBe(together);
});

test('the order of words separates Paris to London from London to Paris', () => {
  const [one, other] = ['A train from London Paris way.', 'A train from Paris London way.'];
  expect(best('Paris London', candidate(one), candidate(other))).toBe(other);
});

test('words that all candidates have separate none, however rare they are elsewhere', () => {
  const terms = queryTerms('Elbe length', (token) => (token === 'length' ? 2 : 3));
  const texts = ['The Elbe flows.', 'The length of the Elbe.', 'The Elbe again.', 'The Elbe once more.'];
  const weights = weightsAmong(
    texts.map((text) => matchPassage(read(text), terms)),
    terms,
  );
  expect(weights.get(tokenHash('length'))).toBeGreaterThan(weights.get(tokenHash('elb')) as number);
  expect([...weights.values()].reduce((sum, weight) => sum + weight)).toBeCloseTo(1);
});

test('if no candidate has any of them, rarity among all passages decides', () => {
  const terms = queryTerms('zebra crossing', () => 1);
  expect([...weightsAmong([matchPassage(read('Nothing.'), terms)], terms).values()]).toEqual([0.5, 0.5]);
  expect(
    weightsAmong(
      [],
      queryTerms('', () => 1),
    ).size,
  ).toBe(0);
});

test('a title that matches the question counts', () => {
  const [one, other] = [candidate('It is red.', 1, 'Mars'), candidate('It is red. ', 1, 'Venus')];
  expect(best('Is Venus red?', one, other)).toBe('It is red. ');
});

test('a passage directly under a matching heading precedes one that only has its words more often', () => {
  const under = '# What is Parley?\nIt is a platform.';
  const [one, other] = [candidate('Parley runs. Parley stops. Parley is Parley.', 1), candidate(under, 0.8)];
  expect(best('What is Parley?', one, other)).toBe(under);
  expect(
    best(
      'What is Parley?',
      one,
      candidate('# What is Parley for, and who runs such platforms?\nIt is told here.', 0.8),
    ),
  ).toBe(one.reading.text);
});

test('a heading with the name of what is asked about is not what is asked', () => {
  const [one, other] = [
    candidate('Parley was begun long ago by them. Parley, then.', 1),
    candidate('# Parley\nIt is a platform.', 0.98),
  ];
  expect(best('What license does Parley have, and since when?', one, other)).toBe(one.reading.text);
});

test('scores are 0..1, and equal candidates keep their order', () => {
  const ranked = rerank(
    [candidate('a b c.'), candidate('a b c.'), candidate('')],
    queryTerms('a b c zebra', () => 1),
    0,
  );
  for (const { score } of ranked) expect(score >= 0 && score <= 1).toBe(true);
  expect(
    rerank(
      [],
      queryTerms('a', () => 1),
      0,
    ),
  ).toEqual([]);
  expect(
    rerank(
      [candidate('x')],
      queryTerms('', () => 1),
      0,
    ),
  ).toHaveLength(1);
});

test('highlights are whole sentences, those with most of the question first', () => {
  const text = 'The moon is far. The tower of Paris is 330 metres tall! 它在巴黎。';
  expect(highlighted('How tall is the tower of Paris?', text)).toEqual(['The tower of Paris is 330 metres tall!']);
  expect(highlighted('月亮在哪里？', text)).toEqual([]);
  expect(highlighted('它在巴黎吗？', text)).toEqual(['它在巴黎。']);
});

test('a heading or a question in the text is no answer, but says what the sentence after it is about', () => {
  const text =
    '# Opening hours of the museum\nFrom nine to five.\nHow do I reset my password? Press the red key. Then wait.';
  expect(highlighted('opening hours museum', text)[0]).toBe('From nine to five.');
  expect(highlighted('How do I reset my password?', text)[0]).toBe('Press the red key.');
});

test('a plain heading is no answer either, and fragments come last', () => {
  const text =
    '9.1.2 Idempotent Methods\n\nGET is one of them. See also:\n\nidempotent(methods);\n\nThe methods are idempotent.';
  expect(highlighted('idempotent methods', text)).toEqual([
    'GET is one of them.',
    'The methods are idempotent.',
    'idempotent(methods);',
  ]);
});

test('a value is that of the record whose first line names it', () => {
  const text = 'id: 3\nzip: 11111\ncity: Rome\n\nid: 4\nzip: 22222\ncity: Oslo';
  expect(highlighted('zip of id 4', text)[0]).toBe('zip: 22222');
  expect(highlighted('zip of id 4', text)).not.toContain('city: Oslo');
});

test('marks of code are never shown', () => {
  expect(highlighted('javascript code', '```javascript\nconst code = javascript;\n```')).toEqual([
    'const code = javascript;',
  ]);
});

test('a question for a time highlights the sentence with a number', () => {
  const text = 'The bridge was opened by the king. The bridge was opened in 1894 by him.';
  expect(highlighted('When was the bridge opened?', text)[0]).toBe('The bridge was opened in 1894 by him.');
});
