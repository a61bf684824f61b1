import { expect, test, vi } from 'vitest';
import { analyse } from '../analysis/passage-analysis.ts';
import { KeywordTable } from './keyword-table.ts';
import { Readings } from './readings.ts';

const passage = (id: string, text: string) => ({
  ...{ id, documentId: id, documentTitle: '', heading: null, start: 0, end: text.length, text },
  ...{ viewerId: 'ann', tenant: 'home', shared: false },
});

test('nothing is kept of a passage that does not fit, and the next one is found', () => {
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

test('other viewers’ private texts change neither scores nor rarity; shared ones do', () => {
  const add = (table: KeywordTable, id: string, text: string, others = {}) => {
    const one = { ...passage(id, text), ...others };
    table.add(one, analyse(one));
  };
  const ask = (table: KeywordTable, documentIds: readonly string[] | null = null) =>
    table.search(['zebra', 'merger', 'lion'], { viewerId: 'ann', tenant: 'home', documentIds }, 9);
  const alone = new KeywordTable();
  const among = new KeywordTable();
  for (const table of [alone, among]) {
    add(table, 'one', 'A zebra and the merger.');
    if (table === among)
      for (let other = 0; other < 50; other += 1) {
        add(table, `private ${other}`, 'The merger of zebra corporation, again and again.', { viewerId: 'ben' });
        add(table, `far ${other}`, 'A merger.', { viewerId: 'eve', tenant: 'away', shared: true });
      }
    add(table, 'two', 'A lion sleeps beside a zebra in the shade of a large old tree.');
  }
  expect(ask(among)).toEqual(ask(alone));
  expect(ask(among, ['two'])).toEqual(ask(alone, ['two']));
  expect(ask(alone, ['two']).size).toBe(2);
  expect(among.frequencies(['merger'], { viewerId: 'ann', tenant: 'home', documentIds: null })).toMatchObject({
    size: 2,
  });
  add(among, 'shared', 'The merger is public.', { viewerId: 'ben', shared: true });
  expect(ask(among).frequencies.get('merger')).toBe(2);
});
