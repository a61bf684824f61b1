import { expect, test } from 'vitest';
import { dataParts, isLongData } from './data-parts.ts';
import { splitDocument } from './index.ts';
import { SplitThread } from './split-thread.ts';

const rows = Array.from(
  { length: 80_000 },
  (_, place) => `id: ${place}\nname: 斑马 ${place} is an animal of the plains\nfood: grass`,
);
const text = rows.join('\n\n');
const input = { text, title: 'zoo', mediaType: 'text/csv', kind: null } as const;

test('long data is cut between its rows, and no pair of surrogates where there are none', () => {
  expect(isLongData(input)).toBe(true);
  for (const data of [text, rows.join('\n'), `a${'😀'.repeat(2_500_000)}`]) {
    const parts = [...dataParts(data)];
    expect(parts.length).toBeGreaterThan(2);
    expect(parts.map(({ start, end }) => data.slice(start, end)).join('') === data).toBe(true);
    for (const { start, end } of parts) expect(data.slice(start, end).isWellFormed()).toBe(true);
    if (data.includes('\n'))
      for (const { end } of parts.slice(0, -1))
        expect(data.slice(0, end).endsWith(data === text ? '\n\n' : '\n')).toBe(true);
  }
});

test('other texts, and data that is said to be something else, are cut as a whole', () => {
  for (const others of [{ mediaType: 'text/plain' }, { kind: 'ACADEMIC' as const }, { text: text.slice(0, 1_000_000) }])
    expect(isLongData({ ...input, ...others })).toBe(false);
});

test('passages of long data are what their offsets cut out, and but for the ends of parts the same', async () => {
  const thread = new SplitThread();
  const { kind, passages } = await thread.split(input, new AbortController().signal);
  await thread.stop();
  expect(kind).toBe('GENERAL');
  for (const { start, end, text: piece } of passages) if (text.slice(start, end) !== piece) throw new Error(`${start}`);
  let end = 0;
  for (const passage of passages) {
    expect(text.slice(end, passage.start).trim()).toBe('');
    end = passage.end;
  }
  expect(end).toBe(text.length);
  const whole = await splitDocument(input);
  expect(Math.abs(passages.length - whole.passages.length)).toBeLessThan(5);
});
