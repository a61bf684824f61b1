import { describe, expect, test } from 'vitest';
import { randomInteger, randomText, seeded } from '../../../test/support/random.ts';
import type { Citation, Passage } from '../turn.ts';
import { cite } from './citations.ts';

let number = 0;
function passageOf(text: string, start = 0): Passage {
  number += 1;
  return {
    id: `p${number}`,
    documentId: 'd',
    documentTitle: 'A title',
    start,
    end: start + text.length,
    text,
    heading: null,
    score: 1,
    vectorScore: null,
    keywordScore: 1,
  };
}
/** The supported parts of the answer with their quotes and scores. */
const told = (answer: string, citations: readonly Citation[]) =>
  citations.map(({ answerStart, answerEnd, quote, support }) => [answer.slice(answerStart, answerEnd), quote, support]);

const TOWER =
  'The Eiffel Tower is a lattice tower in Paris. It is 330 metres tall. Gustave Eiffel’s company built it from 1887 to 1889. It was not loved by artists at first.';
const AI = '人工智能是计算机科学的一个分支。它企图了解智能的实质。该领域的研究包括机器人和语言识别。';

describe('a sentence of the answer', () => {
  test('that is quoted word for word has support 1 and exactly that quote', () => {
    const answer = 'From “Towers”:\nIt is 330 metres tall.\nThat is high.';
    expect(told(answer, cite(answer, [passageOf(TOWER, 40)]))).toEqual([
      ['It is 330 metres tall.', 'It is 330 metres tall.', 1],
    ]);
  });

  test('that is part of a longer sentence, word for word, cites that part', () => {
    const answer = 'Gustave Eiffel’s company built it.';
    expect(told(answer, cite(answer, [passageOf(TOWER)]))).toEqual([[answer, 'Gustave Eiffel’s company built it', 1]]);
  });

  test('that says it in other words cites the supporting sentence, with less support', () => {
    const answer = 'Between 1887 and 1889 it was built by the company of Gustave Eiffel.';
    const [citation] = cite(answer, [passageOf('Something else entirely. It is about nothing.'), passageOf(TOWER, 7)]);
    expect(citation).toMatchObject({ quote: 'Gustave Eiffel’s company built it from 1887 to 1889.' });
    expect(citation?.support).toBeGreaterThan(0.55);
    expect(citation?.support).toBeLessThan(1);
  });

  test('that joins two neighbouring sentences cites both', () => {
    const answer = 'The lattice tower in Paris, the Eiffel Tower, is 330 metres tall.';
    expect(cite(answer, [passageOf(TOWER)])[0]?.quote).toBe(
      'The Eiffel Tower is a lattice tower in Paris. It is 330 metres tall.',
    );
  });

  test('in Chinese is aligned in the same way', () => {
    const answer = '人工智能属于计算机科学的一个分支。';
    expect(cite(answer, [passageOf(AI)])[0]?.quote).toBe('人工智能是计算机科学的一个分支。');
    const literal = '它企图了解智能的实质。';
    expect(told(literal, cite(literal, [passageOf(AI)]))).toEqual([[literal, literal, 1]]);
  });

  test.each([
    ['with a number that the source has not', 'It is 331 metres tall.'],
    ['that denies what the source says', 'The Eiffel Tower is not a lattice tower in Paris.'],
    ['that says what the source denies', 'It was loved by artists at first.'],
    ['about something else', 'Bananas grow in warm countries all over the world.'],
    ['in Chinese that denies what the source says', '人工智能不是计算机科学的一个分支。'],
  ])('%s gets no citation', (_name, answer) => {
    expect(cite(answer, [passageOf(TOWER), passageOf(AI)])).toEqual([]);
  });

  test('keeps its citation with an item’s number and a reference mark', () => {
    const answer = '7. The tower in Paris is a lattice tower, the Eiffel Tower [2].';
    expect(cite(answer, [passageOf(TOWER)])).toHaveLength(1);
  });

  test('is not taken for the quotation of a heading that it happens to contain', () => {
    const text = 'Lattice towers\nLattice towers of iron are light and strong for their height.';
    const answer = 'Lattice towers of iron are light, and strong for their great height.';
    expect(cite(answer, [passageOf(text)])[0]?.quote).toBe(
      'Lattice towers of iron are light and strong for their height.',
    );
  });
});

test('an empty answer, no passages and empty passages give no citations', () => {
  expect(cite('', [passageOf(TOWER)])).toEqual([]);
  expect(cite(TOWER, [])).toEqual([]);
  expect(cite(TOWER, [passageOf('')])).toEqual([]);
});

test('a passage whose offsets do not fit its text is never cited', () => {
  expect(cite(TOWER, [{ ...passageOf(TOWER), end: 10 }])).toEqual([]);
});

test('whatever the texts, every citation is what its offsets cut out, of the document and of the answer', () => {
  const random = seeded(2);
  let seen = 0;
  for (let round = 0; round < 400; round += 1) {
    const document = randomText(random, 60);
    const passages = Array.from({ length: 4 }, () => {
      const start = randomInteger(random, document.length);
      return passageOf(document.slice(start, start + randomInteger(random, 400)), start);
    });
    const from = randomInteger(random, document.length);
    const answer = `${randomText(random, 5)}${document.slice(from, from + randomInteger(random, 300))}${randomText(random, 5)}`;
    const citations = cite(answer, passages);
    expect(cite(answer, passages)).toEqual(citations);
    let former = 0;
    for (const { passage, start, end, quote, answerStart, answerEnd, support } of citations) {
      expect(document.slice(start, end)).toBe(quote);
      expect(start >= passage.start && end <= passage.end && quote !== '').toBe(true);
      expect(quote.isWellFormed()).toBe(true);
      expect(answerStart).toBeGreaterThanOrEqual(former);
      expect(answerEnd).toBeGreaterThan(answerStart);
      expect(answerEnd).toBeLessThanOrEqual(answer.length);
      expect(answer.slice(answerStart, answerEnd).isWellFormed()).toBe(true);
      expect(support > 0 && support <= 1).toBe(true);
      former = answerEnd;
      seen += 1;
    }
  }
  expect(seen).toBeGreaterThan(400);
});

// Polynomial time would take minutes here.
test.each([
  ['a', 'b'],
  ['a ', ' '],
  ['. ', '.'],
  ['not ', '1 '],
  ['不', '。'],
  ['1,', '000'],
  ['😀', '\ud83d'],
])('texts of %j and %j take linear time', (one, other) => {
  const answer = one.repeat(8_000 / one.length) + other;
  const passages = Array.from({ length: 8 }, () => passageOf(one.repeat(4_000 / one.length) + other + one.repeat(50)));
  expect(cite(answer, passages).every(({ support }) => support <= 1)).toBe(true);
});
