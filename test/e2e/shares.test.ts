/** One viewer's load does not shut other viewers out. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import WebSocket from 'ws';
import { OPERATOR_KEY, startApp, type TestApp } from '../support/app.ts';
import { type Client, client } from '../support/client.ts';
import { type FakeProvider, startFakeProvider } from '../support/fake-provider.ts';

let provider: FakeProvider;
let app: TestApp;
const keys: Record<string, string> = {};
let greedy: Client;
let modest: Client;
beforeAll(async () => {
  provider = await startFakeProvider();
  provider.respond(() => ({ text: 'a slow answer of some length', chunkSize: 1, delayMs: 100 }));
  app = await startApp({
    MODEL_BALANCED: 'openai-compatible:slow',
    OPENAI_BASE_URL: provider.url,
    MAX_CONCURRENT_REQUESTS: '4',
    MAX_QUEUED_REQUESTS: '4',
    MAX_CONNECTIONS: '8',
    MAX_RESPONSE_BYTES: '100000',
    MAX_MESSAGE_CHARACTERS: '200000',
  });
  const operator = client(app.url, OPERATOR_KEY);
  for (const subject of ['greedy', 'modest']) {
    const { data } = await operator.request(
      `mutation { createApiKey(input: { name: "n", subject: "${subject}" }) { secret } }`,
    );
    keys[subject] = data.createApiKey.secret;
  }
  greedy = client(app.url, keys['greedy']);
  modest = client(app.url, keys['modest']);
});
afterAll(async () => {
  await app.remove();
  await provider.close();
});

const SEND = 'mutation { sendMessage(input: { content: "Hi" }) { generation { id } } }';

test('generations: one viewer has half of the places and of the queue, and another gets in at once', async () => {
  const answers = await Promise.all(Array.from({ length: 10 }, () => greedy.request(SEND)));
  const codes = answers.map(({ errors }) => errors?.[0]?.extensions.code ?? 'OK').sort();
  expect(codes).toEqual([...Array(4).fill('OK'), ...Array(6).fill('RATE_LIMITED')]);
  const refused = answers.find(({ errors }) => errors);
  expect([refused?.errors?.[0]?.extensions.retryAfter, refused?.headers.get('retry-after')]).toEqual([1, '1']);
  for await (const { data, errors } of modest.sse(
    'subscription { chat(input: { content: "Hi" }) { __typename ... on TextDelta { text } } }',
  )) {
    expect(errors).toBeUndefined();
    if (data.chat.__typename === 'TextDelta') break; // while those of the other still run
  }
});

describe('connections', () => {
  const LISTEN = 'subscription { conversation(id: "x") { at } }';
  const open = (key: string) =>
    new Promise<WebSocket | number>((resolve) => {
      const socket = new WebSocket(`${app.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
      socket.on('open', () =>
        socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${key}` } })),
      );
      socket.on('error', () => undefined);
      socket.on('unexpected-response', (_request, { statusCode = 0 }) => resolve(statusCode));
      socket.on('message', () => resolve(socket));
      socket.on('close', (code) => resolve(code));
    });

  /** What ended before is released soon. Were one counted on, no socket would get in after a few rounds. */
  const opened = async (key: string): Promise<WebSocket> => {
    for (;;) {
      const socket = await open(key);
      if (socket instanceof WebSocket) return socket;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };

  test('one viewer has half of the connections, and another gets in', async () => {
    const sockets: (WebSocket | number)[] = [];
    for (let one = 0; one < 6; one += 1) sockets.push(await open(keys['greedy'] ?? ''));
    expect(sockets.filter((socket) => socket === 1013)).toHaveLength(2);
    for await (const { errors } of greedy.sse(LISTEN)) expect(errors?.[0]?.extensions.code).toBe('RATE_LIMITED');
    const other = await open(keys['modest'] ?? '');
    expect(other).toBeInstanceOf(WebSocket);
    for (const socket of [...sockets, other]) if (socket instanceof WebSocket) socket.close();
    // Ended connections are released.
    await expect
      .poll(async () => {
        for await (const { errors } of greedy.sse(LISTEN)) return errors?.[0]?.extensions.code;
      })
      .toBe('NOT_FOUND');
  });

  test('sockets that do not say whose they are take half of one viewer’s share, and known viewers get in', async () => {
    const silent = () =>
      new Promise<WebSocket | number>((resolve) => {
        const socket = new WebSocket(`${app.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
        socket.on('open', () => resolve(socket));
        socket.on('unexpected-response', (_request, { statusCode = 0 }) => resolve(statusCode));
        socket.on('error', () => undefined);
      });
    const sockets = await Promise.all(Array.from({ length: 20 }, silent));
    expect(sockets.filter((socket) => socket === 429)).toHaveLength(18);
    for await (const { errors } of modest.sse(LISTEN)) expect(errors?.[0]?.extensions.code).toBe('NOT_FOUND');
    for (const socket of sockets) if (socket instanceof WebSocket) socket.terminate();
    // A place is given back, also by one that says who it is.
    await expect.poll(() => open(keys['modest'] ?? '')).toBeInstanceOf(WebSocket);
    for (let time = 0; time < 6; time += 1) {
      const socket = await opened(keys['modest'] ?? '');
      const closed = new Promise((resolve) => socket.on('close', resolve));
      socket.close();
      await closed;
    }
  });

  test('a subscription that ends is counted no more, whatever ends it', async () => {
    const { data } = await greedy.request('mutation { createConversation(input: {}) { id } }');
    const query = `subscription { conversation(id: "${data.createConversation.id}") { at } }`;
    for (let time = 0; time < 12; time += 1) {
      const gone = new AbortController();
      const response = await fetch(`${app.url}/graphql`, {
        method: 'POST',
        headers: { authorization: `Bearer ${keys['greedy']}`, 'content-type': 'application/json', accept: '*/*' },
        body: JSON.stringify({ query }),
        signal: gone.signal,
      });
      const reader = response.body?.getReader();
      expect(new TextDecoder().decode((await reader?.read())?.value)).toBe(':\n\n');
      gone.abort();
      const socket = await opened(keys['greedy'] ?? '');
      socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query } }));
      if (time % 2 === 0) socket.send(JSON.stringify({ id: '1', type: 'complete' }));
      await new Promise((resolve) => setTimeout(resolve, 20));
      if (time % 3 === 0) socket.terminate();
      else socket.close();
    }
  });
});

describe('an answer over MAX_RESPONSE_BYTES', () => {
  const QUERY = '{ conversations(first: 100) { edges { node { systemPrompt } } } }';
  const refusal = {
    data: null,
    errors: [{ message: expect.stringContaining('MAX_RESPONSE_BYTES'), extensions: { code: 'PAYLOAD_TOO_LARGE' } }],
  };
  beforeAll(async () => {
    for (let time = 0; time < 4; time += 1)
      await greedy.request('mutation($text: String!) { createConversation(input: { systemPrompt: $text }) { id } }', {
        text: '桥'.repeat(10_000),
      });
  });

  test.each(['application/json', 'application/graphql-response+json', 'text/event-stream', '*/*'])(
    'is an error in its place, for a client that accepts %s',
    async (accept) => {
      const response = await fetch(`${app.url}/graphql`, {
        method: 'POST',
        headers: { authorization: `Bearer ${keys['greedy']}`, 'content-type': 'application/json', accept },
        body: JSON.stringify({ query: QUERY }),
      });
      const text = await response.text();
      expect(response.status).toBe(200);
      expect(text.length).toBeLessThan(1_000);
      expect(JSON.parse(/\{.*\}/.exec(text)?.[0] ?? '')).toEqual(refusal);
    },
  );

  test('is one over WebSocket too', async () => {
    for await (const { data, errors } of greedy.ws(QUERY)) expect({ data, errors }).toEqual(refusal);
  });

  test('with fewer items it is answered', async () => {
    expect((await greedy.request(QUERY.replace('100', '1'))).errors).toBeUndefined();
  });
});
