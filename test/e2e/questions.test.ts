/** Questions of people over small libraries, each asked as a search and as a turn. */
import { expect, test } from 'vitest';
import { EVENT, type StreamEvent } from '../support/client.ts';
import { once, rowsOf, useLibrary } from '../support/fixture-documents.ts';

interface Row {
  readonly file?: string;
  readonly documents?: readonly { readonly title: string; readonly text: string }[];
  /** So many lines, uploaded as one file; # stands for the number of the line. */
  readonly repeat?: { readonly times: number; readonly line: string };
  readonly query: string;
  /** Words of the first passage found. */
  readonly expect: string;
  /** `expect` may stand in any of so many passages. */
  readonly within?: number;
  /** No passage repeats another's text. */
  readonly distinct?: boolean;
  /** Asked while the documents are being read. */
  readonly pending?: boolean;
}

const rows = rowsOf<Row>('questions.json');
const library = useLibrary();

/** Ids of the row's documents, which are read already but where it is about those that are not. */
const libraryOf = once(
  async ({ file, documents = [], repeat, pending }: Row): Promise<string[]> => {
    const ids = await Promise.all(documents.map(added));
    if (file) ids.push(await library.uploaded(file));
    if (repeat) ids.push(await library.uploaded('Lines.txt', linesOf(repeat)));
    if (!pending) for (const id of ids) await expect.poll(() => statusOf(id)).toBe('INDEXED');
    return ids;
  },
  ({ file, documents, repeat }) => JSON.stringify([file, documents, repeat]),
);

const linesOf = ({ times, line }: { readonly times: number; readonly line: string }) =>
  Array.from({ length: times }, (_, place) => line.replaceAll('#', String(place))).join('\n\n');

async function added(input: { readonly title: string; readonly text: string }): Promise<string> {
  const mutation = 'mutation ($input: AddDocumentInput!) { addDocument(input: $input) { id } }';
  return (await library.reader.request(mutation, { input })).data.addDocument.id;
}
const statusOf = async (id: string) => (await library.document(id)).status;

interface Found {
  readonly passages: readonly { readonly text: string; readonly duplicates: number }[];
  readonly pending: readonly { readonly title: string }[];
}
async function search(query: string, documentIds: readonly string[], first = 8): Promise<Found> {
  const { data } = await library.reader.request(
    'query ($query: String!, $ids: [ID!], $first: Int) { search(query: $query, first: $first, options: { documentIds: $ids }) { passages { text duplicates } pending { title } } }',
    { query, ids: documentIds, first },
  );
  return data.search;
}

/** The answer of a turn, and the passages that it was given. */
async function ask(content: string, documentIds: readonly string[]): Promise<{ text: string; passages: string[] }> {
  const passages: string[] = [];
  const chat = `subscription ($input: SendMessageInput!) { chat(input: $input) { ${EVENT} } }`;
  for await (const { data } of library.reader.ws(chat, { input: { content, documentIds } })) {
    const event = data.chat as StreamEvent;
    for (const { text } of event['passages'] ?? []) passages.push(text);
    if (event.__typename === 'GenerationFailed') throw new Error(event.error?.message);
    if (event.__typename === 'GenerationCompleted') return { text: event.message?.content ?? '', passages };
  }
  throw new Error('the answer did not end');
}

test.each(rows.filter(({ pending }) => !pending).map((row) => [row.query, row] as const))(
  '%s: found by a search, and quoted in the answer of a turn',
  async (query, row) => {
    const ids = await libraryOf(row);
    const { passages } = await search(query, ids, row.within ?? 8);
    const texts = passages.map(({ text }) => text);
    expect(texts.slice(0, row.within ?? 1).join('\n')).toContain(row.expect);
    const turn = await ask(query, ids);
    expect(turn.passages.slice(0, row.within ?? 1).join('\n')).toContain(row.expect);
    if (row.distinct) {
      expect(new Set(texts).size).toBe(texts.length);
      expect(new Set(turn.passages).size).toBe(turn.passages.length);
      const copies = (row.documents ?? []).filter(({ text }) => text === texts[0]).length;
      expect(passages[0]?.duplicates).toBe(copies - 1);
    } else expect(turn.text).toContain(row.expect);
  },
);

test.each(rows.filter(({ pending }) => pending).map((row) => [row.query, row] as const))(
  '%s: asked while the document is being read, both say so, and later it is found',
  async (query, row) => {
    const ids = await libraryOf(row);
    const [early, turn] = await Promise.all([search(query, ids), ask(query, ids)]);
    expect(early.pending.map(({ title }) => title)).toEqual(['Lines']);
    expect(turn.text).toContain('“Lines” is still being read');
    for (const id of ids) await expect.poll(() => statusOf(id), { timeout: 90_000 }).toBe('INDEXED');
    const late = await search(query, ids);
    expect(late.pending).toEqual([]);
    expect(late.passages[0]?.text).toContain(row.expect);
    expect((await ask(query, ids)).text).toContain(row.expect);
  },
);
