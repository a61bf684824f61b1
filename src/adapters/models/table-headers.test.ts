import { expect, test } from 'vitest';
import { sentences } from '#core/text/sentences.ts';
import { passageOf } from '../../../test/support/passages.ts';
import { withoutLoneHeaders } from './table-headers.ts';

const DELIMITERS = '\n| --- | --- |\n';

function keptOf(query: string, text: string, ...rows: number[]): string[] {
  const passage = passageOf(text);
  const spans = sentences(text);
  const chosen = rows.map((row) => {
    const { start, end } = spans[row] as { start: number; end: number };
    return { passage, start, text: text.slice(start, end), score: 1, isStatement: true };
  });
  return withoutLoneHeaders(query, chosen).map((one) => one.text);
}

test('the names of columns answer nothing without a row', () => {
  const table = `| Region | Revenue |${DELIMITERS}| South | 3,900 |`;
  expect(keptOf('revenue of the West', table, 0)).toEqual([]);
  expect(keptOf('revenue of the South', table, 0, 2)).toEqual(['| Region | Revenue |', '| South | 3,900 |']);
});

test('the first row of a form is no row of names', () => {
  const form = `| Tenant | Joren Pike |${DELIMITERS}| Monthly rent | 1,240 euro |`;
  expect(keptOf('Who is the tenant?', form, 0)).toEqual(['| Tenant | Joren Pike |']);
  expect(keptOf('Who is Joren Pike?', form, 0)).toEqual(['| Tenant | Joren Pike |']);
});

test('a first row with numbers is no row of names; years are', () => {
  const invoice = `| Brightwater Ltd | Invoice no. INV-20931 | x |${DELIMITERS}| 12 Quay Street | Date | y |`;
  expect(keptOf('invoice number', invoice, 0)).toHaveLength(1);
  expect(keptOf('revenue of the West', `| Region | 2029 | 2030 |${DELIMITERS}| South | 1 | 2 |`, 0)).toEqual([]);
});

test.each(['| :-- | --: |', '|:-:|-|', '| - | - |'])('%s is a line below names too', (delimiters) => {
  expect(keptOf('revenue of the West', `| Region | Revenue |\n${delimiters}\n| South | 3,900 |`, 0)).toEqual([]);
});

test('names of columns that a question has bring the row that it names', () => {
  const table = `| Station | Output Day | Output Night |${DELIMITERS.replace('\n|', '\n| --- |')}| North | 1,240 | 860 |\n| South | 2,015 | 1,330 |`;
  expect(keptOf('What is the output of the South station at night?', table, 0)).toEqual([
    '| Station | Output Day | Output Night |',
    '| South | 2,015 | 1,330 |',
  ]);
  expect(keptOf('What is the output of the West station at night?', table, 0)).toEqual([]);
  expect(keptOf('Which output has the station of Uncle Bob in the far South at night?', table, 0)).toEqual([]);
  const same = `| Item | Price |${DELIMITERS}${'| Tea | 3 |\n'.repeat(5)}`;
  expect(keptOf('What is the price of tea?', same, 0)).toEqual([]);
});
