import { expect, test } from 'vitest';
import { randomText, seeded } from '../../../../test/support/random.ts';
import { split } from './general.ts';

const texts = (text: string): string[] => split(text).map((draft) => draft.text);
const sentence = (number: number): string => `Sentence number ${number} says a little about what is the case here.`;
const paragraph = (from: number, count: number): string =>
  Array.from({ length: count }, (_, index) => sentence(from + index)).join(' ');

test('a short text is one passage, without the white space around it', () => {
  expect(split('\n  A short text.\n\nIn two paragraphs.  \n')).toEqual([
    { start: 3, end: 36, text: 'A short text.\n\nIn two paragraphs.', heading: null },
  ]);
});

test('an empty text gives no passages', () => {
  expect(split('')).toEqual([]);
  expect(split(' \n\n\t\n')).toEqual([]);
});

test('a long text is cut between sentences, at 1,100 characters or before', () => {
  const passages = texts(paragraph(1, 60));
  expect(passages.length).toBeGreaterThan(3);
  for (const passage of passages) {
    expect(passage).toMatch(/^Sentence number .*here\.$/);
    expect(passage.length).toBeLessThanOrEqual(1_100);
  }
  expect(passages.join(' ')).toBe(paragraph(1, 60));
});

test('a paragraph is not cut where the passage before it is full enough', () => {
  const [one, two] = [paragraph(1, 13), paragraph(20, 13)];
  expect(texts(`${one}\n\n${two}`)).toEqual([one, two]);
});

test('Chinese is cut between sentences too', () => {
  const passages = texts('这一句话说明了这里的情况。'.repeat(200));
  expect(passages.every((passage) => passage.endsWith('。') && passage.length <= 1_100)).toBe(true);
});

test('a heading begins a passage with the text after it, and its path goes with every passage below', () => {
  const text = `Before.\n\n# Top\n\n## First ##\n${paragraph(1, 20)}\n\n## Second\nText.\n\n# Other\nEnd.`;
  expect(split(text).map(({ text: cut, heading }) => [cut.split('\n')[0]?.slice(0, 10), heading])).toEqual([
    ['Before.', null],
    ['# Top', 'Top > First'],
    ['Sentence n', 'Top > First'],
    ['## Second', 'Top > Second'],
    ['# Other', 'Other'],
  ]);
});

test('underlined headings and wiki headings are headings', () => {
  expect(split('Top\n===\nOne.\n\nBelow\n---\nTwo.\n\n== Wiki ==\nThree.').map(({ heading }) => heading)).toEqual([
    'Top',
    'Top > Below',
    'Top > Wiki',
  ]);
});

test('a line of dashes, a comment in code and a hash without a space are no headings', () => {
  expect(split('One.\n\n---\n\n#hashtag\n\n```sh\n# a comment\nls\n```').map(({ heading }) => heading)).toEqual([null]);
});

test('fenced code and tables stay whole up to 1,500 characters; longer ones are cut between lines', () => {
  const code = (lines: number) => `\`\`\`js\n${'  call(); // and so. on. it. goes.\n\n'.repeat(lines)}\`\`\``;
  expect(texts(`${paragraph(1, 13)}\n\n${code(35)}`)).toEqual([paragraph(1, 13), code(35)]);
  const long = texts(code(100));
  expect(long.length).toBeGreaterThan(2);
  for (const passage of long)
    for (const line of passage.split('\n'))
      expect(['', '```js', '```', 'call(); // and so. on. it. goes.']).toContain(line.trim());

  const row = '| a cell. With a stop. | another cell |';
  const rows = texts(Array.from({ length: 100 }, () => row).join('\n'));
  expect(rows.length).toBeGreaterThan(2);
  expect(rows.flatMap((passage) => passage.split('\n')).every((line) => line === row)).toBe(true);
});

test('a monster of a sentence is cut at spaces, and one without spaces between characters', () => {
  for (const passage of texts('word '.repeat(2_000))) expect(passage).toMatch(/^word( word)*$/);
  const emoji = texts(`a${'😀'.repeat(3_000)}`);
  expect(emoji.length).toBeGreaterThan(3);
  expect(emoji.every((passage) => passage.isWellFormed() && passage.length <= 1_500)).toBe(true);
  expect(emoji.join('')).toBe(`a${'😀'.repeat(3_000)}`);
});

test('whatever the text: what offsets cut out, in order, without overlap, all but white space, no half character', () => {
  const random = seeded(4);
  for (let round = 0; round < 200; round += 1) {
    const text = randomText(random, round);
    let former = 0;
    for (const { start, end, text: cut } of split(text)) {
      expect(text.slice(start, end)).toBe(cut);
      expect(start).toBeGreaterThanOrEqual(former);
      expect(text.slice(former, start).trim()).toBe('');
      expect(cut.isWellFormed()).toBe(true);
      expect(cut.trim()).not.toBe('');
      former = end;
    }
    expect(text.slice(former).trim()).toBe('');
  }
});

// Quadratic time would take minutes here.
test.each(['\n', '#', '# \n', '```\n', '~~~\n\n', '|\n', '=\n', ' ', 'a', '. '])(
  'a long text of %j is cut in linear time',
  (piece) => {
    const text = piece.repeat(100_000);
    expect(split(text).every(({ start, end }) => start < end && end <= text.length)).toBe(true);
  },
);

const rowsOf = (row: (place: number) => string) => Array.from({ length: 80 }, (_, place) => row(place)).join('\n');
test.each([
  [
    'with bars',
    `| Site | Stock |\n| --- | --- |\n${rowsOf((place) => `| Harbour store number ${place} | ${place * 3} |`)}`,
  ],
  [
    'without bars at its ends',
    `Site | Stock\n--- | ---\n${rowsOf((place) => `Harbour store number ${place} | ${place * 3}`)}`,
  ],
  [
    'set with spaces',
    `Site                       Stock\n${rowsOf((place) => `Harbour store number ${place}     ${place * 3}`)}`,
  ],
  [
    'drawn',
    `+------+------+\n| Site | Stock |\n+======+======+\n${rowsOf((place) => `| Harbour store number ${place} | ${place * 3} |\n+------+------+`)}`,
  ],
])('each passage of a table %s repeats the column names and keeps its rows whole', (_what, table) => {
  const passages = split(`# Stock\n\nWhat there is.\n\n${table}\n\nNothing else.`);
  const ofTable = passages.filter((passage) => passage.text.includes('Harbour store'));
  expect(ofTable.length).toBeGreaterThan(2);
  for (const { text, heading } of ofTable) expect(`${text} ${heading}`).toMatch(/Site[\s|]+Stock/);
  expect(ofTable[1]?.heading).toBe('Stock > Site | Stock');
  for (const { text } of ofTable)
    for (const line of text.split('\n').filter((one) => one.includes('Harbour')))
      expect(line).toMatch(/^\|? ?Harbour store number \d+[ |]+\d+/);
});

test('prose with wide spaces in it is no table', () => {
  const text = 'One word    apart.\nAnother line of it.\nAnd one     more.';
  expect(split(text)).toEqual([expect.objectContaining({ text, heading: null })]);
});
