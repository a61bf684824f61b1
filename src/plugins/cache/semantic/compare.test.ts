import { expect, test } from 'vitest';
import { nearMisses, sameInChinese, sameMeaning } from '../../../../bench/support/near-misses.ts';
import { compareMessages } from './compare.ts';
import { readMessage } from './utterance.ts';

const compared = (one: string, other: string) => compareMessages(readMessage(one), readMessage(other));

test('of the near-misses in both languages none is taken for the same, nor for a rewording', () => {
  const taken = nearMisses.flatMap(({ one, other }) =>
    [compared(one, other), compared(other, one)].some(({ kind }) => kind !== 'DIFFERENT') ? [`${one} | ${other}`] : [],
  );
  expect(taken).toEqual([]);
  expect(nearMisses.length).toBeGreaterThan(400);
});

test.each(sameMeaning)('%j says what %j says', (one, other) => {
  expect(compared(one, other)).toEqual({ kind: 'SAME' });
});

test('Chinese questions in other words are taken for the same, but for a few', () => {
  const missed = sameInChinese.filter(
    ([one, other]) => compared(one, other).kind !== 'SAME' || compared(other, one).kind !== 'SAME',
  );
  expect(sameInChinese.length).toBe(80);
  expect(missed.length).toBeLessThanOrEqual(6);
});

test.each([
  ['我想吐怎么办', '怎么吐'],
  ['为什么会游泳', '为什么游泳'],
  ['给我打电话', '打电话'],
  ['必须签字', '要签字吗'],
  ['你要什么', '你需要什么'],
  ['把A备份到B', '把B备份到A'],
  ['第三个问题', '3个问题'],
  ['谁画了李白', '李白画了谁'],
])('%j is not %j, though both are of nearly one frame', (one, other) => {
  expect(compared(one, other).kind).toBe('DIFFERENT');
});

test.each([
  ['It is open', '它开着'],
  ['コーヒーはありますか', '咖啡有吗'],
])('messages of two languages, %j and %j, are never compared', (one, other) => {
  expect(compared(one, other)).toEqual({ kind: 'DIFFERENT', gate: 'LANGUAGE' });
});

test.each([
  ['thanks', 'hi there'],
  ['请问', '谢谢'],
  ['?', '!'],
  ['1,2', '12'],
  ['C', 'C++'],
  ['-5', '5'],
  ['a b', 'ab'],
  ['😀', '😡'],
  ['Привет', 'Пока'],
])('%j is not %j, though little of either is a word', (one, other) => {
  expect(compared(one, other).kind).toBe('DIFFERENT');
});

test('a long sentence in other words is a rewording, and one in which the parties changed places is not', () => {
  const known =
    'The `load_dataset` function of the library reads a CSV file from the local disk and returns a dataset with all of its columns.';
  const asked =
    'To obtain a dataset with all its columns, the `load_dataset` function of the library can be utilised, which reads CSV files from local disks.';
  expect(compared(asked, known).kind).toBe('REWORDED');
  const paid =
    'When the merchant cancels a booking the platform refunds the customer within ten working days of the notice';
  const swapped =
    'When the customer cancels a booking the platform refunds the merchant within ten working days of the notice';
  expect(compared(paid, swapped).kind).toBe('DIFFERENT');
});

const KNOWN =
  'The `sync` command uploads all changed photos of a folder to the archive and prints a short summary of the run.';
test.each([
  [
    'passive',
    'All changed photos of a folder are uploaded to the archive by the `sync` command, which prints a short summary of the run.',
  ],
  [
    'synonyms',
    'The `sync` command uploads all changed photos of a directory to the archive and displays a brief summary of the run.',
  ],
])('a statement in which the words have their counterparts is a rewording (%s)', (_word, asked) => {
  expect(compared(asked, KNOWN).kind).toBe('REWORDED');
});

test.each([
  ['photos', 'invoices'],
  ['uploads', 'translates'],
  ['folder', 'customer'],
  ['archive', 'printer'],
  ['summary', 'receipt'],
  ['summary', 'overview'],
  ['changed', 'encrypted'],
  ['all', 'some'],
  ['prints', 'hides'],
  ['run', 'guide'],
])('a statement with one word exchanged, %s for %s, is no rewording', (word, other) => {
  expect(compared(KNOWN.replace(word, other), KNOWN).kind).toBe('DIFFERENT');
  expect(compared(KNOWN, KNOWN.replace(word, other)).kind).toBe('DIFFERENT');
});

test('words that a rewording has nothing for are told, whatever was moved', () => {
  const found = compared(
    'By means of the `sync` command, all changed invoices of a directory can be uploaded to the archive, and a brief summary of the run is displayed.',
    KNOWN,
  );
  expect(found.kind === 'REWORDED' && found.rewording.bare).toEqual([['invoices'], ['photos']]);
});

test('a phrase that is moved with its preposition says the same, and two words that take each other’s place do not', () => {
  const known =
    'You can apply the tokenizer to batches of examples by setting the batched parameter to true in the map function';
  const moved =
    'By setting the batched parameter to true in the map function, you can apply the tokenizer to batches of examples';
  expect(compared(moved, known).kind).not.toBe('DIFFERENT');
  expect(compared(known.replace('batches of examples', 'examples of batches'), known).kind).toBe('DIFFERENT');
});

test('an abbreviation is what it is short for', () => {
  const known = 'The hub holds a community driven collection of datasets for tasks in NLP and computer vision';
  const asked =
    'For tasks in Natural Language Processing and computer vision the hub offers a collection of datasets driven by the community';
  expect(compared(asked, known).kind).toBe('REWORDED');
});

// Where the time rose faster than the length, or by a pattern that backtracks, these would take minutes.
test.each([
  'a '.repeat(2_000),
  'can you please tell me how '.repeat(150),
  '请问一下'.repeat(1_000),
  'how do i '.repeat(400),
  '1)'.repeat(2_000),
  '-'.repeat(4_000),
  'x.y'.repeat(1_300),
  '"“('.repeat(1_300),
  `${'A'.repeat(3_999)}a`,
])('a hostile message of thousands of characters is soon read and compared', (text) => {
  expect(compared(text, `${text} no`).kind).toBe('DIFFERENT');
});
