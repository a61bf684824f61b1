/** Requests that are too large, too deep or too many, and answers that stay small. */
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OPERATOR_KEY, startApp, type TestApp } from '../../support/app.ts';
import { type Client, client } from '../../support/client.ts';
import { post } from './requests.ts';

let app: TestApp;
let viewer: Client;
beforeAll(async () => {
  app = await startApp({ MAX_REQUEST_BYTES: '20000', MAX_MESSAGE_CHARACTERS: '10' });
  viewer = client(app.url, OPERATOR_KEY);
});
afterAll(() => app.remove());

describe('limits', () => {
  test('a body over the limit is 413, with or without a declared length', async () => {
    const told = await post(
      app.url,
      JSON.stringify({ query: '{ viewer { id } }', variables: { x: 'x'.repeat(30_000) } }),
    );
    expect([told.status, (await told.json()).errors[0].extensions.code]).toEqual([413, 'PAYLOAD_TOO_LARGE']);
    const { port } = new URL(app.url);
    const answer = await new Promise<string>((resolve) => {
      const socket = connect(Number(port), '127.0.0.1');
      socket.write(
        `POST /graphql HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${OPERATOR_KEY}\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n`,
      );
      for (let chunk = 0; chunk < 10; chunk += 1) socket.write(`1000\r\n${'x'.repeat(4096)}\r\n`);
      socket.once('data', (data) => {
        resolve(data.toString());
        socket.destroy();
      });
    });
    expect(answer).toContain('413');
  });

  const fanOut = `{ viewer { ...f0 } } ${Array.from({ length: 20 }, (_, index) => `fragment f${index} on Viewer { ...f${index + 1} ...f${index + 1} }`).join(' ')} fragment f20 on Viewer { id }`;
  test.each([
    [
      'depth',
      `{ conversations { edges { node { messages { edges { node { parent { parent { parent { parent { parent { parent { parent { id } } } } } } } } } } } } } }`,
    ],
    ['aliases', `{ ${Array.from({ length: 200 }, (_, index) => `a${index}: viewer { id }`).join(' ')} }`],
    ['tokens', `{ ${'viewer { id } '.repeat(600)} }`],
    ['a page', '{ conversations(first: 99999999) { edges { node { id } } } }'],
    [
      'pages in pages',
      '{ conversations(first: 100) { edges { node { messages(first: 100) { edges { node { siblings { id content } } } } } } } }',
    ],
    ['fragments that fan out', fanOut.replaceAll('id', 'id subject')],
    [
      'fragments that contain themselves',
      '{ viewer { ...a } } fragment a on Viewer { ...b } fragment b on Viewer { ...a }',
    ],
    ['directives', `{ viewer ${'@include(if: true) '.repeat(100)} { id } }`],
    [
      'introspections',
      `{ ${Array.from({ length: 20 }, (_, index) => `a${index}: __schema { types { name } }`).join(' ')} }`,
    ],
    ['deep introspection', `{ __schema { types { ${'fields { type { '.repeat(12)} name ${'} }'.repeat(12)} } } }`],
  ])('%s without end are refused', async (_title, query) => {
    const answer = await post(app.url, JSON.stringify({ query }));
    expect((await answer.json()).errors[0].extensions.code).toBe('BAD_USER_INPUT');
  });

  test('a message over its limit is refused, and nothing of it is kept', async () => {
    const answer = await viewer.request(
      'mutation { sendMessage(input: { content: "more than ten characters" }) { generation { id } } }',
    );
    expect(answer.errors?.[0]?.extensions.code).toBe('PAYLOAD_TOO_LARGE');
    expect((await viewer.request('{ conversations { edges { node { id } } } }')).data.conversations.edges).toEqual([]);
  });
});

describe('pages whose sizes are variables', () => {
  const query =
    'query($a: Int, $b: Int) { conversations(first: $a) { edges { node { messages(first: $b) { edges { node { id role content status createdAt } } } } } } }';
  test.each([
    [{ a: 10, b: 10 }, undefined],
    [{ a: 100, b: 100 }, 'BAD_USER_INPUT'],
  ])('are counted as what they are: %j', async (variables, code) => {
    for (let time = 0; time < 4; time += 1)
      expect((await viewer.request(query, variables)).errors?.[0]?.extensions.code).toBe(code);
  });
});

const LONG = 'x'.repeat(5_000);
describe('a name of thousands of characters is not echoed whole', () => {
  test.each([
    ['an unknown field', `{ ${LONG} }`],
    ['an unknown argument', `{ conversations(${LONG}: 1) { edges { cursor } } }`],
    ['an unknown type', `query($a: ${LONG}) { __typename }`],
    ['an unknown directive', `{ __typename @${LONG} }`],
    ['an unknown fragment', `{ ...${LONG} }`],
    ['an alias that conflicts', `{ ${LONG}: viewer { id } ${LONG}: __typename }`],
    ['a word out of place', `{ } ${LONG}`],
    ['an operation that is not there', `query ${LONG} { __typename } query b { __typename }`, `z${LONG}`],
  ])('%s', async (_name, query, operationName?: string) => {
    const ways = [
      ...['application/json', 'application/graphql-response+json', 'text/event-stream', '*/*'].map((accept) =>
        post(app.url, JSON.stringify({ query, operationName }), { accept }).then((response) => response.text()),
      ),
      Array.fromAsync(viewer.ws(query)).then(
        (results) => JSON.stringify(results),
        (errors) => `BAD_USER_INPUT ${JSON.stringify(errors)}${errors}`,
      ),
    ];
    for (const text of await Promise.all(ways)) {
      expect(text).toContain('BAD_USER_INPUT');
      expect(text.length).toBeLessThan(1_500);
    }
  });
});
