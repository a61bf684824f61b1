/** The yardsticks of bench:index: SQLite's FTS5 and minisearch, which search words alone, over the same passages. */
import { DatabaseSync } from 'node:sqlite';
import MiniSearch from 'minisearch';
import { quantile } from './measure.ts';
import type { Corpus } from './passages.ts';

export function* yardsticks({ passages, queries }: Corpus): Generator<(string | number)[]> {
  const database = new DatabaseSync(':memory:');
  let started = performance.now();
  database.exec('CREATE VIRTUAL TABLE passages USING fts5(id UNINDEXED, viewer UNINDEXED, text)');
  const insert = database.prepare('INSERT INTO passages VALUES (?, ?, ?)');
  database.exec('BEGIN');
  for (const { id, viewerId, text } of passages) insert.run(id, viewerId, text);
  database.exec('COMMIT');
  const built = (performance.now() - started) / 1_000;
  const search = database.prepare(
    'SELECT id FROM passages WHERE passages MATCH ? AND viewer = ? ORDER BY rank LIMIT 10',
  );
  const words = (query: string) => (query.match(/\p{L}+/gu) ?? []).map((word) => `"${word}"`).join(' OR ');
  yield yardstick('SQLite FTS5, words alone', built, queries, ({ query, viewer }) => search.all(words(query), viewer));
  database.close();

  started = performance.now();
  const mini = new MiniSearch<{ id: string; viewerId: string; text: string }>({
    fields: ['text'],
    storeFields: ['viewerId'],
  });
  mini.addAll(passages.map(({ id, viewerId, text }) => ({ id, viewerId, text })));
  const miniBuilt = (performance.now() - started) / 1_000;
  yield yardstick('minisearch, words alone', miniBuilt, queries, ({ query, viewer }) =>
    mini.search(query, { filter: ({ viewerId }) => viewerId === viewer }),
  );

  function yardstick(
    name: string,
    seconds: number,
    asked: Corpus['queries'],
    run: (query: Corpus['queries'][number]) => unknown,
  ): (string | number)[] {
    const times = asked.slice(0, 100).map((query) => {
      const from = performance.now();
      run(query);
      return performance.now() - from;
    });
    return [passages.length, name, quantile(times, 0.5), quantile(times, 0.95), '', '', seconds, '', ''];
  }
}
