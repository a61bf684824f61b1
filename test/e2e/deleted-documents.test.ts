import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OPERATOR_KEY, startApp, type TestApp } from '../support/app.ts';
import { type Client, client, type StreamEvent } from '../support/client.ts';

let app: TestApp;
let viewer: Client;
beforeAll(async () => {
  app = await startApp();
  viewer = client(app.url, OPERATOR_KEY);
});
afterAll(() => app.remove());

const DOCUMENT = 'passage { text document { title } }';
const EVENTS = `subscription($id: ID!) { generation(id: $id) { __typename cursor
  ... on PassagesRetrieved { passages { text document { title } } }
  ... on CitationAdded { citation { ${DOCUMENT} } }
  ... on GenerationCompleted { message { content citations { ${DOCUMENT} } } } } }`;

async function add(title: string, text: string): Promise<string> {
  const { data } = await viewer.request('mutation($input: AddDocumentInput!) { addDocument(input: $input) { id } }', {
    input: { title, text },
  });
  const { id } = data.addDocument;
  for await (const result of viewer.sse('subscription($id: ID!) { documentProgress(id: $id) { stage } }', { id }))
    expect(result.errors).toBeUndefined();
  return id;
}

async function answered(content: string): Promise<string> {
  const { data } = await viewer.request(
    'mutation($input: SendMessageInput!) { sendMessage(input: $input) { generation { id } } }',
    { input: { content } },
  );
  const { id } = data.sendMessage.generation;
  for await (const result of viewer.sse(EVENTS, { id })) expect(result.errors).toBeUndefined();
  return id;
}

const titles = (passages: readonly { readonly document: { readonly title: string } }[]) =>
  new Set(passages.map(({ document }) => document.title));

describe.each(['sse', 'ws'] as const)('a reader over %s of an answer whose document was deleted', (transport) => {
  test('gets every event except those of the document, to the end', async () => {
    const gone = await add('Otters', 'The river otter of Lake Sylva eats 12 crayfish a day in the cold winter months.');
    await add('Herons', 'The grey heron of Lake Sylva eats 3 river otter pups a year, and many crayfish a day.');
    const id = await answered('How many crayfish does the river otter of Lake Sylva eat a day?');
    await viewer.request('mutation($id: ID!) { deleteDocument(id: $id) { deletedId } }', { id: gone });
    // Often enough that the operation comes to be compiled.
    for (let time = 0; time < 3; time += 1) {
      const events: StreamEvent[] = [];
      for await (const { data, errors } of viewer[transport](EVENTS, { id })) {
        expect(errors).toBeUndefined();
        events.push(data.generation);
      }
      const told = (name: string) => events.filter(({ __typename }) => __typename === name);
      expect(titles(told('PassagesRetrieved')[0]?.['passages'])).toEqual(new Set(['Herons']));
      for (const { citation } of told('CitationAdded')) expect(citation.passage.document.title).toBe('Herons');
      expect(events.at(-1)?.__typename).toMatch(/GenerationCompleted|EvaluationAdded/);
      expect(JSON.stringify(told('GenerationCompleted'))).not.toContain('"title":"Otters"');
    }
    expect(
      (await viewer.request('query { search(query: "river otter crayfish") { passages { document { title } } } }'))
        .errors,
    ).toBeUndefined();
  });
});
