import { expect, test } from 'vitest';
import type { Database, Query } from './database.ts';
import { documentStore } from './documents.ts';

const ID = '01970000-0000-7000-8000-000000000000';

/** A store over a database that only notes what each statement is given. */
function noting() {
  const given: (readonly unknown[])[] = [];
  const query = (async (_sql: string, parameters: readonly unknown[]) => {
    given.push(parameters);
    return [{}];
  }) as Query;
  const transaction: Database['transaction'] = (work) => work(query);
  return { given, store: documentStore({ query, transaction } as Database) };
}
const lengthOf = (value: unknown): number =>
  Array.isArray(value)
    ? value.reduce((sum, item) => sum + lengthOf(item), 0)
    : typeof value === 'string'
      ? value.length
      : 0;

test('a statement carries at most two megabytes of a document’s text or passages', async () => {
  const { given, store } = noting();
  await store.setText(ID, 'a', { text: 'x'.repeat(7_500_000), mediaType: 'text/csv', title: null });
  const text = 'y'.repeat(1_000);
  const passages = Array.from({ length: 7_500 }, (_, place) => ({
    id: ID,
    start: place,
    end: place,
    text,
    heading: null,
  }));
  await store.replacePassages(ID, 'a', passages);
  const lengths = given.map(lengthOf);
  expect(Math.max(...lengths)).toBeLessThan(2_000_000);
  expect(lengths.reduce((sum, length) => sum + length, 0)).toBeGreaterThan(15_000_000);
});
