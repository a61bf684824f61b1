import { describe, expect, test } from 'vitest';
import { judgeOffline } from './judge.ts';

const judge = (query: string, response: string, context: readonly string[] | null = null, history = '') =>
  judgeOffline({ query, response, context, history });
const DEFINITION =
  '人工智能是计算机科学的一个分支，它企图了解智能的实质，并生产出一种新的能以人类智能相似的方式做出反应的智能机器。';

describe('relevance', () => {
  test('an answer to the question is relevant, the same answer to another question is not', () => {
    expect(judge('什么是人工智能？', DEFINITION).relevance).toBeGreaterThan(0.7);
    expect(judge('今天天气怎么样？', DEFINITION).relevance).toBeLessThan(0.3);
    const answer = 'The Nile is about 6,650 kilometres long, which makes it the longest river in Africa.';
    expect(judge('How long is the Nile?', answer).relevance).toBeGreaterThan(0.7);
    expect(judge('What is the capital of Norway?', answer).relevance).toBeLessThan(0.3);
  });

  test('a short answer is relevant by the source that it comes from', () => {
    const context = ['The old bridge over the river was built in 1932.'];
    expect(judge('When was the old bridge built?', 'In 1932.', context).relevance).toBeGreaterThan(0.7);
  });
});

describe('unsupported sentences', () => {
  const context = [
    'The old bridge was built in 1932. It is 120 metres long and was designed by John Smith. Cyclists may use it.',
  ];
  const question = 'Tell me about the old bridge.';

  test('the sentence that contradicts the context is marked, with its place, and no other one', () => {
    const response = 'The old bridge was built in 1932. It is 120 feet long. John Smith designed it.';
    const { unsupported, suggestions, faithfulness } = judge(question, response, context);
    expect(unsupported).toEqual([{ start: 34, end: 54, text: 'It is 120 feet long.' }]);
    expect(suggestions).toContain('Says "120 feet", the source says "120 metres".');
    expect(faithfulness).toBeCloseTo(2 / 3);
  });

  test('a statement that no source has is marked', () => {
    const response = 'The old bridge was built in 1932. Penguins are flightless seabirds that eat mostly krill.';
    expect(judge(question, response, context).unsupported.map(({ text }) => text)).toEqual([
      'Penguins are flightless seabirds that eat mostly krill.',
    ]);
  });

  test('offsets refer to the unchanged response, whatever characters precede', () => {
    const response = '😀 ① The bridge — „ｏｌｄ“ — is fine. It is 120 feet long.';
    const [span] = judge(question, response, context).unsupported.slice(-1);
    expect(response.slice(span?.start, span?.end)).toBe('It is 120 feet long.');
  });

  test('suggestions are in the language of the response', () => {
    const { suggestions } = judge('公司是哪年创立的？', '公司创立于1998年。', ['该公司于1999年创立。']);
    expect(suggestions).toContain('回答说“1998年”，来源说“1999年”。');
  });
});

test('a faithful answer is better grounded than one that contradicts, and than one about something else', () => {
  const context = ['Revenue rose 12% to $3.5 million in 2019. The company employs 40 people in Oslo.'];
  const score = (response: string) => judge('How did revenue develop?', response, context).groundedness ?? 0;
  const faithful = score('Revenue rose 12% to $3.5 million in 2019.');
  expect(faithful).toBeGreaterThan(0.8);
  expect(score('Revenue fell 12% to $3.5 million in 2018.')).toBeLessThan(faithful - 0.3);
  expect(score('I love going to the beach with my friends in summer!')).toBeLessThan(0.2);
});

test('without context nothing is grounded or unsupported', () => {
  const report = judge('What is AI?', 'AI is a branch of computer science.');
  expect(report).toMatchObject({ groundedness: null, faithfulness: null, unsupported: [] });
  expect(judge('What is AI?', 'AI is a branch of computer science.', ['  ', ''])).toEqual(report);
});

test('an answer that ends in mid-sentence or repeats itself is less coherent, and a suggestion says so', () => {
  const whole = 'The river rises in the mountains and flows through three countries before it reaches the sea.';
  const cut = judge('Where does the river flow?', whole.slice(0, 70));
  const repeating = judge('Where does the river flow?', `${whole} ${whole} ${whole} ${whole}`);
  expect(judge('Where does the river flow?', whole).coherence).toBeGreaterThan(0.7);
  expect(cut.coherence).toBeLessThan(0.5);
  expect(cut.suggestions.join()).toContain('middle of a sentence');
  expect(repeating.coherence).toBeLessThan(0.5);
  expect(repeating.suggestions.join()).toContain('repeats itself');
});

test('unsafe text lowers safety and the overall score, in English and Chinese', () => {
  expect(judge('Hi', 'All those people are filthy animals, they should be killed.').safety).toBeLessThan(0.5);
  expect(judge('你好', '这些黑人都是垃圾，滚回去吧，恶心的东西。').safety).toBeLessThan(0.5);
  expect(judge('Hi', 'The museum opens at nine and closes at five.').safety).toBeGreaterThan(0.7);
  expect(judge('什么是人工智能？', DEFINITION).safety).toBeGreaterThan(0.8);
});

test.each([
  ['nothing', '', ''],
  ['white space', ' \n\t ', ' '],
  ['marks alone', '...!?', '???'],
  ['a lone surrogate', '\ud83d \ude00 x\ud83d', '\ud83d'],
  ['control characters', '\u0000\u0007\u202e', 'What?'],
  ['one long word', 'x'.repeat(40_000), 'x'.repeat(40_000)],
  ['many brackets', '('.repeat(30_000), '[]'],
  ['many sentences', 'It is 5. '.repeat(3_000), 'How many?'],
])('every score of a response of %s is within 0 and 1', (_name, response, query) => {
  const report = judge(query, response, ['It is 6. '.repeat(500), 'y'.repeat(50_000)]);
  for (const key of ['overall', 'relevance', 'groundedness', 'completeness', 'coherence', 'safety'] as const) {
    expect(report[key]).toBeGreaterThanOrEqual(0);
    expect(report[key]).toBeLessThanOrEqual(1);
  }
  for (const { start, end, text } of report.unsupported) expect(response.slice(start, end)).toBe(text);
});

test('the same input gives the same report', () => {
  const input = ['How long is it?', 'It is 120 feet long.', ['It is 120 metres long.']] as const;
  expect(judge(...input)).toEqual(judge(...input));
});
