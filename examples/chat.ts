/**
 * Send a message, watch its answer stream in, lose the connection, and resume where it broke off. Against a running server:
 *   node examples/chat.ts "When was the bridge built?"
 * PARLEY_URL is where it runs, PARLEY_KEY an API key where it wants one.
 */
import { type Client, createClient } from 'graphql-ws';
import WebSocket from 'ws';

const url = process.env['PARLEY_URL'] ?? 'http://localhost:4000';
const key = process.env['PARLEY_KEY'];
const question = process.argv[2] ?? 'What can you tell me about my documents?';
const headers = { 'content-type': 'application/json', ...(key ? { authorization: `Bearer ${key}` } : {}) };

interface Event {
  readonly __typename: string;
  readonly cursor: string;
  readonly text?: string;
  readonly citation?: { readonly quote: string; readonly passage: { readonly document: { readonly title: string } } };
  readonly error?: { readonly code: string; readonly message: string };
}

const SEND = 'mutation($content: String!) { sendMessage(input: { content: $content }) { generation { id } } }';
const FOLLOW = `subscription($id: ID!, $after: String) { generation(id: $id, after: $after) {
  __typename cursor
  ... on TextDelta { text }
  ... on TextSnapshot { text }
  ... on CitationAdded { citation { quote passage { document { title } } } }
  ... on GenerationFailed { error { code message } }
} }`;

const response = await fetch(`${url}/graphql`, {
  method: 'POST',
  headers,
  body: JSON.stringify({ query: SEND, variables: { content: question } }),
});
const { data, errors } = (await response.json()) as {
  data?: { sendMessage: { generation: { id: string } } };
  errors?: { message: string }[];
};
if (!data) throw new Error(errors?.[0]?.message);
const { id } = data.sendMessage.generation;

let answer = '';
let cursor: string | null = null;
for (let connection = 1, ended = false; !ended; connection += 1) {
  const client = connect();
  let events = 0;
  for await (const { data: result, errors: refused } of client.iterate<{ generation: Event }>({
    query: FOLLOW,
    variables: { id, after: cursor },
  })) {
    if (!result) throw new Error(refused?.[0]?.message);
    const event: Event = result.generation;
    cursor = event.cursor; // all that has to be remembered
    if (event.__typename === 'TextDelta') answer += event.text;
    if (event.__typename === 'TextSnapshot') answer = event.text ?? ''; // replaces what was held
    if (event.citation) console.error(`“${event.citation.quote}” (${event.citation.passage.document.title})`);
    if (event.error) console.error(`failed: ${event.error.code}: ${event.error.message}`);
    ended ||= /^Generation(Completed|Failed|Cancelled)$/.test(event.__typename); // EvaluationAdded may come after it
    events += 1;
    if (connection === 1 && events === 4 && !ended) break; // the train goes into a tunnel
  }
  client.terminate();
  if (!ended)
    console.error(`(connection ${connection} lost after ${answer.length} characters; resuming after ${cursor})`);
}
console.log(answer);

function connect(): Client {
  return createClient({
    url: `${url.replace(/^http/, 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    connectionParams: key ? { authorization: `Bearer ${key}` } : {},
  });
}
