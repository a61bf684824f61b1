import { afterAll, beforeAll, expect, test } from 'vitest';
import { listen } from '#core/runtime/diagnostics.ts';
import { OPERATOR_KEY, startApp, type TestApp } from '../support/app.ts';
import { type Client, client } from '../support/client.ts';

const CHAT = `subscription($id: ID!) { chat(input: { conversationId: $id, content: "When was the old bridge built?" }) {
  __typename ... on PassagesRetrieved { passages { id } } } }`;

let app: TestApp;
let asking: Client;
beforeAll(async () => {
  app = await startApp({ ENABLE_QUALITY_EVALUATION: 'true' });
  asking = client(app.url, OPERATOR_KEY);
  const text = 'The old bridge was built in 1932. It is 120 metres long.';
  await asking.request('mutation($text: String!) { addDocument(input: { title: "Bridge", text: $text }) { id } }', {
    text,
  });
});
afterAll(() => app.remove());

/** Statements from the question to the end of the stream, which is after the evaluation. */
async function statementsOf(id: string): Promise<number> {
  let statements = 0;
  const ignore = listen('parley:statement', () => {
    statements += 1;
  });
  const types: string[] = [];
  for await (const { data } of asking.sse(CHAT, { id })) types.push(data.chat.__typename);
  ignore();
  expect(types).toEqual(expect.arrayContaining(['PassagesRetrieved', 'GenerationCompleted', 'EvaluationAdded']));
  return statements;
}

test('a turn that is grounded, tracked and judged takes three statements: its beginning, its passages, its end with the evaluation', async () => {
  const { data } = await asking.request('mutation { createConversation(input: {}) { id } }');
  const { id } = data.createConversation;
  // The least of several: the text so far is flushed twice a second, whatever runs then, and a late report is a statement more.
  const counted: number[] = [];
  for (let turn = 0; turn < 8; turn += 1) counted.push(await statementsOf(id));
  expect(Math.min(...counted)).toBeLessThanOrEqual(3);
});
