import { expect, test } from 'vitest';
import { once, rowsOf, type UploadedDocument, useLibrary } from '../support/fixture-documents.ts';

/** A file with a query and the expected text. White space does not count in `expect`, `also` and `not`. */
interface Case {
  readonly file: string;
  readonly query?: string;
  /** Words of the first passage; of a list any. "FAILED: hint" in it: the file may be refused instead, with the hint in its error. */
  readonly expect?: string | readonly string[];
  /** Words of that passage or its heading. */
  readonly also?: string | readonly string[];
  /** Words that no passage contains. */
  readonly not?: string | readonly string[];
  /** A regular expression over that passage's text as it is. */
  readonly pattern?: string;
  readonly titleNot?: string;
}

const cases = rowsOf<Case>('cases.json');
const library = useLibrary();
const indexed = once(uploaded, (file) => file);

async function uploaded(file: string): Promise<UploadedDocument> {
  const id = await library.uploaded(file);
  await expect.poll(async () => (await library.document(id)).status).toMatch(/INDEXED|FAILED/);
  return library.document(id);
}

async function passagesOf(id: string, query: string): Promise<{ text: string; heading: string | null }[]> {
  const search =
    'query ($query: String!, $id: ID!) { search(query: $query, options: { documentIds: [$id] }) { passages { text heading } } }';
  return (await library.reader.request(search, { query, id })).data.search.passages;
}

const listOf = (value: string | readonly string[] | undefined): readonly string[] =>
  value === undefined ? [] : typeof value === 'string' ? [value] : value;
const bare = (text: string): string => text.replace(/\s+/g, '');
const FAILED = 'FAILED: ';

test.each(cases.map((row) => [row.file, row.query ?? '', row] as const))('%s: %s', async (file, query, row) => {
  const { id, title, error } = await indexed(file);
  const wanted = listOf(row.expect);
  const hint = wanted.find((text) => text.startsWith(FAILED))?.slice(FAILED.length);
  if (error !== null) {
    expect(error).toMatch(new RegExp(hint ?? 'no error at all', 'i'));
    return;
  }
  if (row.titleNot) expect(title).not.toBe(row.titleNot);
  if (query === '') return;
  const passages = await passagesOf(id, query);
  const [first = { text: '', heading: null }] = passages;
  const shown = bare(first.text + (first.heading ?? ''));
  const texts = wanted.filter((text) => !text.startsWith(FAILED));
  if (texts.length > 0 && !texts.some((text) => shown.includes(bare(text)))) expect(first.text).toContain(texts[0]);
  for (const text of listOf(row.also)) expect(shown).toContain(bare(text));
  if (row.pattern) expect(first.text).toMatch(new RegExp(row.pattern));
  for (const text of listOf(row.not))
    for (const passage of passages) expect(bare(passage.text)).not.toContain(bare(text));
});

test('a passage and its citation have the page on which the passage begins', async () => {
  const { id } = await indexed('catalogue.pdf');
  const search =
    'query ($id: ID!) { search(query: "Pump AX-300 price", options: { documentIds: [$id] }) { passages { text page } } }';
  const { passages } = (await library.reader.request(search, { id })).data.search;
  expect(passages[0]).toMatchObject({ text: expect.stringContaining('Price 309 EUR'), page: 3 });
  const { id: withoutPages } = await indexed('stock-table.md');
  const { data } = await library.reader.request(search, { id: withoutPages });
  expect(data.search.passages.every(({ page }: { page: number | null }) => page === null)).toBe(true);
});
