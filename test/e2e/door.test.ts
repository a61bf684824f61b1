/** Requests of strangers and hostile clients, which other clients do not notice. */
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import WebSocket from 'ws';
import { ERROR_CATALOGUE } from '#core/errors.ts';
import { listen } from '#core/runtime/diagnostics.ts';
import { OPERATOR_KEY, startApp, type TestApp } from '../support/app.ts';
import { type Client, client } from '../support/client.ts';

let app: TestApp;
let viewer: Client;
beforeAll(async () => {
  app = await startApp();
  viewer = client(app.url, OPERATOR_KEY);
});
afterAll(() => app.remove());

const AUTHORIZATION = `authorization: Bearer ${OPERATOR_KEY}\r\n`;
const WEBSOCKET =
  'connection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n';

/** A socket's answer to these bytes, until it closes or is silent after its first byte. A busy machine may be slow. */
function answerTo(text: string, url = app.url): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    let answer = '';
    let silent = setTimeout(() => socket.destroy(), 10_000);
    socket.on('data', (data) => {
      answer += data;
      clearTimeout(silent);
      silent = setTimeout(() => socket.destroy(), 300);
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearTimeout(silent);
      resolve(answer);
    });
    socket.write(text);
  });
}

describe('requests that are out of order', () => {
  test.each([
    ['an upgrade to //', `GET // HTTP/1.1\r\nhost: x\r\n${WEBSOCKET}\r\n`, '404'],
    ['an upgrade to half a URL', `GET http://[ HTTP/1.1\r\nhost: x\r\n${WEBSOCKET}\r\n`, '404'],
    ['an upgrade to something else', `GET /metrics HTTP/1.1\r\nhost: x\r\n${WEBSOCKET}\r\n`, '404'],
    [
      'an upgrade of a version that never was',
      `GET /graphql HTTP/1.1\r\nhost: x\r\n${WEBSOCKET.replace('13', '99')}\r\n`,
      '400',
    ],
    ['half a URL', 'GET http://[ HTTP/1.1\r\nhost: x\r\n\r\n', '404'],
    ['a host that is none', `PUT /graphql HTTP/1.1\r\nhost: [\r\n${AUTHORIZATION}content-length: 0\r\n\r\n`, '405'],
    [
      'a batch',
      `POST /graphql HTTP/1.1\r\nhost: x\r\n${AUTHORIZATION}content-type: application/json\r\ncontent-length: 26\r\n\r\n[{"query":"{__typename}"}]`,
      '400',
    ],
    [
      'an empty form',
      `POST /graphql HTTP/1.1\r\nhost: x\r\n${AUTHORIZATION}content-type: multipart/form-data; boundary=x\r\ncontent-length: 5\r\n\r\n--x--`,
      '400',
    ],
  ])('%s is refused, without internals', async (_title, text, status) => {
    const answer = await answerTo(text);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(answer).not.toMatch(/node_modules|node:internal|\bat .*:\d+:\d+/);
    expect((await fetch(`${app.url}/health`)).status).toBe(200);
  });
});

describe('errors', () => {
  const DOCUMENTS = [
    '{ nothing }',
    '{',
    '{ conversations(first: "x") { edges { cursor } } }',
    '{ viewer { usage(since: "nonsense") { turns } } }',
    'query($d: DateTime) { viewer { usage(since: $d) { turns } } }',
    'query($n: Int!) { conversations(first: $n) { edges { cursor } } }',
    'mutation { renameConversation(id: "x", title: "y") { id } }',
    'query A { __typename } query B { __typename }',
    `{ ${'viewer { id } '.repeat(150)} }`,
    'subscription { generation(id: "x") { cursor } }',
  ];
  test.each(DOCUMENTS)('carry a code of the catalogue: %s', async (query) => {
    const ways = ['application/json', 'application/graphql-response+json', 'text/event-stream'];
    const asks = ways.flatMap((accept) => [
      { method: 'POST', accept, url: `${app.url}/graphql` },
      {
        method: 'GET',
        accept,
        url: `${app.url}/graphql?query=${encodeURIComponent(query)}&variables=%7B%22d%22%3A%22x%22%7D`,
      },
    ]);
    // The fourth time a document is compiled.
    for (let time = 0; time < 4; time += 1)
      for (const { method, accept, url } of asks) {
        const response = await fetch(url, {
          method,
          headers: {
            accept,
            authorization: `Bearer ${OPERATOR_KEY}`,
            ...(method === 'POST' && { 'content-type': 'application/json' }),
          },
          ...(method === 'POST' && { body: JSON.stringify({ query, variables: { d: 'x' } }) }),
        });
        const text = await response.text();
        if (response.status === 405 || response.status === 406) continue; // not by this way at all
        const [, code] = /"code":"(\w+)"/.exec(text) ?? [];
        expect(Object.keys(ERROR_CATALOGUE), `${method} ${accept} ${text}`).toContain(code);
        expect(code).not.toBe('INTERNAL_SERVER_ERROR');
      }
  });

  test('are the same the first time and when the document has been compiled', async () => {
    const query = 'query($n: Int! = 20) { conversations(first: $n) { edges { cursor } } }';
    for (let time = 0; time < 5; time += 1) expect((await viewer.request(query)).errors).toBeUndefined();
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

describe('a subscription', () => {
  const LISTEN =
    'subscription($id: ID!) { conversation(id: $id) { conversation { title } ... on MessageAdded { message { conversation { title } } } } }';
  const open = async () =>
    (await viewer.request('mutation { createConversation(input: { title: "Before" }) { id } }')).data
      .createConversation;

  test.each(['sse', 'ws'] as const)('a subscription over %s reads current data, not its cache', async (transport) => {
    const { id } = await open();
    const titles: string[] = [];
    const heard = (async () => {
      for await (const { data } of viewer[transport](LISTEN, { id })) {
        const { message } = data.conversation;
        if (!message) continue; // MessageFinished
        titles.push(message.conversation.title);
        if (titles.length === 4) return;
      }
    })();
    await new Promise((resolve) => setTimeout(resolve, 300));
    const send = () =>
      viewer.request(
        'mutation($id: ID!) { sendMessage(input: { conversationId: $id, content: "Hi" }) { generation { id } } }',
        { id },
      );
    await send();
    await expect.poll(() => titles.length, { timeout: 10_000 }).toBe(2);
    await viewer.request('mutation($id: ID!) { renameConversation(id: $id, title: "After") { id } }', { id });
    await send();
    await heard;
    expect(titles).toEqual(['Before', 'Before', 'After', 'After']);
  });

  test('accepts a subscription by GET, as EventSource sends it', async () => {
    const variables = encodeURIComponent(JSON.stringify({ id: (await open()).id }));
    const gone = new AbortController();
    const response = await fetch(`${app.url}/graphql?query=${encodeURIComponent(LISTEN)}&variables=${variables}`, {
      headers: { accept: 'text/event-stream', authorization: `Bearer ${OPERATOR_KEY}` },
      signal: gone.signal,
    });
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    expect(response.headers.get('x-accel-buffering')).toBe('no');
    gone.abort();
  });

  test('refuses an unknown client', async () => {
    const response = await fetch(`${app.url}/graphql?query=${encodeURIComponent(LISTEN)}`, {
      headers: { accept: 'text/event-stream' },
    });
    expect([response.status, (await response.json()).errors[0].extensions.code]).toEqual([401, 'UNAUTHENTICATED']);
  });
});

test('a client that does not answer the closing handshake does not hold the end back', async () => {
  const closing = await startApp();
  const warnings: string[] = [];
  const stop = listen('parley:warning', ({ source, message }) => warnings.push(`${source}: ${message}`));
  const socket = connect(Number(new URL(closing.url).port), '127.0.0.1').on('error', () => undefined);
  const opened = new Promise((resolve) => socket.once('data', resolve)); // and then reads on, and answers nothing
  socket.write(`GET /graphql HTTP/1.1\r\nhost: x\r\n${WEBSOCKET}sec-websocket-protocol: graphql-transport-ws\r\n\r\n`);
  expect(String(await opened)).toContain('101');
  await closing.remove();
  stop();
  expect(warnings).toEqual([]); // 'server did not stop cleanly'
  socket.destroy();
});

test('sockets are closed with 1001 when the server ends', async () => {
  const closing = await startApp();
  const socket = new WebSocket(`${closing.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  await new Promise((resolve) => socket.once('open', resolve));
  const code = new Promise<number>((resolve) => socket.once('close', resolve));
  await closing.remove();
  expect(await code).toBe(1001);
});

describe('one socket with many operations', () => {
  interface Message {
    readonly id?: string;
    readonly type: string;
    readonly payload?: unknown;
  }
  /** An accepted socket. `heard` holds all messages, `closed` the close code. */
  async function opened() {
    const socket = new WebSocket(`${app.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    const heard: Message[] = [];
    const waiting = new Set<() => void>();
    socket.on('message', (data) => {
      heard.push(JSON.parse(String(data)));
      for (const look of waiting) look();
    });
    const closed = new Promise<number>((resolve) => socket.once('close', resolve));
    const until = (what: (message: Message) => boolean) =>
      new Promise<Message>((resolve) => {
        const look = () => {
          const found = heard.find(what);
          if (found) resolve(found);
        };
        waiting.add(look);
        look();
      });
    const send = (message: object) => socket.send(JSON.stringify(message));
    await new Promise((resolve) => socket.once('open', resolve));
    send({ type: 'connection_init', payload: { authorization: `Bearer ${OPERATOR_KEY}` } });
    await until(({ type }) => type === 'connection_ack');
    const subscribe = (id: string, query: string) => send({ id, type: 'subscribe', payload: { query } });
    return { socket, heard, closed, until, send, subscribe };
  }

  test.each([
    ['cannot be parsed', '{'],
    ['is not valid', '{ nothing }'],
    ['is over a limit', '{ conversations(first: 99999999) { edges { node { id } } } }'],
    ['names no operation', 'query A { __typename } query B { __typename }'],
  ])('keeps the others when a document %s', async (_title, query) => {
    const { socket, until, subscribe } = await opened();
    subscribe('wrong', query);
    const { payload } = await until(({ id, type }) => id === 'wrong' && type === 'error');
    expect((payload as { extensions: { code: string } }[])[0]?.extensions.code).toBe('BAD_USER_INPUT');
    subscribe('right', '{ viewer { subject } }');
    expect((await until(({ id, type }) => id === 'right' && type === 'next')).payload).toEqual({
      data: { viewer: { subject: 'operator' } },
    });
    socket.close();
  });

  test('refuses those past its limit, and keeps the others', async () => {
    const { data } = await viewer.request('mutation { createConversation(input: {}) { id } }');
    const { socket, heard, until, subscribe } = await opened();
    for (let index = 0; index < 110; index += 1)
      subscribe(`${index}`, `subscription { conversation(id: "${data.createConversation.id}") { at } }`);
    const { payload } = await until(({ id, type }) => id === '109' && type === 'error');
    expect((payload as { extensions: object }[])[0]?.extensions).toEqual({ code: 'RATE_LIMITED', retryAfter: 1 });
    expect(heard.filter(({ type }) => type === 'error')).toHaveLength(10);
    expect(socket.readyState).toBe(socket.OPEN);
    socket.close();
  });

  test.each([
    ['too large', 'x'.repeat(2_000_000), 1009],
    ['no JSON', '{', 4400],
    ['of no known type', '{"type":"nonsense"}', 4400],
  ])('is closed by a message that is %s', async (_title, message, code) => {
    const { socket, closed } = await opened();
    socket.on('error', () => undefined);
    socket.send(message);
    expect(await closed).toBe(code);
  });
});

describe('tokens signed with keys that are fetched', () => {
  test('accepts tokens by the public key and never by it as a secret; without the key server nobody is unauthenticated', async () => {
    const { publicKey, privateKey } = await generateKeyPair('RS256');
    const jwk = { ...(await exportJWK(publicKey)), kid: 'k', alg: 'RS256', use: 'sig' };
    let away = false;
    const keys = createServer((_request, response) =>
      away ? response.writeHead(500).end() : response.end(JSON.stringify({ keys: [jwk] })),
    );
    await new Promise<void>((resolve) => keys.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(keys.address() as AddressInfo).port}/jwks`;
    const sign = (algorithm: string, key: Parameters<SignJWT['sign']>[0]) =>
      new SignJWT({ sub: 'jane' }).setProtectedHeader({ alg: algorithm, kid: 'k' }).setExpirationTime('1h').sign(key);
    const token = await sign('RS256', privateKey);
    const ask = async (of: TestApp, credential: string) =>
      (await client(of.url, credential).request('{ viewer { subject } }')).status;

    const trusting = await startApp({ JWT_JWKS_URL: url });
    expect(await ask(trusting, token)).toBe(200);
    expect(await ask(trusting, await sign('HS256', new TextEncoder().encode(JSON.stringify(jwk))))).toBe(401);
    expect(await ask(trusting, await sign('RS256', (await generateKeyPair('RS256')).privateKey))).toBe(401);
    await trusting.remove();

    away = true;
    const waiting = await startApp({ JWT_JWKS_URL: url });
    expect(await ask(waiting, token)).toBe(500);
    expect(await ask(waiting, OPERATOR_KEY)).toBe(200);
    await waiting.remove();
    keys.close();
    keys.closeAllConnections();
  });
});
