import { expect, test, vi } from 'vitest';
import { analyse } from '../analysis/passage-analysis.ts';
import { KeywordTable } from './keyword-table.ts';
import { Readings } from './readings.ts';

const passage = (id: string, text: string) => ({
  ...{ id, documentId: id, documentTitle: '', heading: null, start: 0, end: text.length, text },
  ...{ viewerId: 'ann', tenant: 'home', shared: false },
});

test('of a passage that does not fit nothing is kept, and the next one is found', () => {
  const table = new KeywordTable();
  const add = (id: string, text: string) => table.add(passage(id, text), analyse(passage(id, text)));
  const push = vi.spyOn(Readings.prototype, 'push').mockImplementationOnce(() => {
    throw new RangeError('full');
  });
  expect(() => add('first', 'A zebra runs.')).toThrow('full');
  push.mockRestore();
  add('second', 'A lion sleeps.');
  const found = (token: string) =>
    table.search([token], { viewerId: 'ann', tenant: 'home', documentIds: null }, 9).hits.map(({ id }) => id);
  expect([found('zebra'), found('lion')]).toEqual([[], ['second']]);
  expect(table.read('second')?.text).toBe('A lion sleeps.');
});
