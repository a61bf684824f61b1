import { connect } from 'node:net';
import { auditServer } from 'graphql-http';
import { createClient } from 'graphql-ws';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import WebSocket from 'ws';
import { OPERATOR_KEY, startApp, type TestApp } from '../support/app.ts';
import { client } from '../support/client.ts';

const SECRET = 'a secret of more than thirty-two characters';
let app: TestApp;
beforeAll(async () => {
  app = await startApp({
    JWT_SECRET: SECRET,
    JWT_ISSUER: 'issuer',
    JWT_AUDIENCE: 'parley',
    MAX_REQUEST_BYTES: '20000',
  });
});
afterAll(() => app.remove());

const token = (
  claims: Record<string, unknown> = {},
  { secret = SECRET, issuer = 'issuer', audience = 'parley', expires = '1h' } = {},
) =>
  new SignJWT({ sub: 'jane', tenant: 'acme', ...claims })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer(issuer)
    .setAudience(audience)
    .setExpirationTime(expires)
    .sign(new TextEncoder().encode(secret));

test('the audits of GraphQL over HTTP pass', async () => {
  const results = await auditServer({
    url: `${app.url}/graphql`,
    fetchFn: (url: string, init: RequestInit = {}) =>
      fetch(url, { ...init, headers: { ...(init.headers as object), authorization: `Bearer ${OPERATOR_KEY}` } }),
  });
  expect(results.filter(({ status }) => status !== 'ok').map(({ id, name }) => `${id} ${name}`)).toEqual([]);
  expect(results.length).toBeGreaterThan(60);
});

describe('who asks', () => {
  const closeCode = (key: string | undefined) =>
    new Promise<number>((resolve) => {
      const socket = createClient({
        url: `${app.url.replace('http', 'ws')}/graphql`,
        webSocketImpl: WebSocket,
        lazy: false,
        retryAttempts: 0,
        onNonLazyError: () => undefined,
        connectionParams: key === undefined ? {} : { authorization: `Bearer ${key}` },
      });
      socket.on('closed', (event) => resolve((event as { code: number }).code));
      socket.on('connected', () => {
        resolve(0);
        void socket.dispose();
      });
    });

  const cases: [string, () => Promise<string | undefined>, boolean][] = [
    ['an API key', async () => OPERATOR_KEY, true],
    ['a token', () => token(), true],
    ['no credential', async () => undefined, false],
    ['a key that never was', async () => 'parley_nonsense', false],
    ['a token of another secret', () => token({}, { secret: 'x'.repeat(40) }), false],
    ['a token of another issuer', () => token({}, { issuer: 'other' }), false],
    ['a token for another audience', () => token({}, { audience: 'other' }), false],
    ['a token that is over', () => token({}, { expires: '-1h' }), false],
    [
      'a token without a signature',
      async () =>
        `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from('{"sub":"jane"}').toString('base64url')}.`,
      false,
    ],
    ['a token with a role that does not exist', () => token({ role: 'ROOT' }), false],
  ];
  test.each(cases)('%s is treated alike over HTTP, SSE and WebSocket', async (_title, make, accepted) => {
    const key = await make();
    const http = await client(app.url, key).request('{ viewer { subject } }');
    expect(http.status).toBe(accepted ? 200 : 401);
    if (!accepted) expect(http.errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
    for await (const { status, errors } of client(app.url, key).sse(
      'subscription { generation(id: "x") { cursor } }',
    )) {
      expect(status).toBe(accepted ? 200 : 401);
      expect(errors?.[0]?.extensions.code).toBe(accepted ? 'NOT_FOUND' : 'UNAUTHENTICATED');
    }
    expect(await closeCode(key)).toBe(accepted ? 0 : 4403);
  });

  test("a token's claims say who asks, and operators alone may do operators' work", async () => {
    const { data } = await client(app.url, await token()).request('{ viewer { subject tenant role } }');
    expect(data.viewer).toEqual({ subject: 'jane', tenant: 'acme', role: 'USER' });
    const feature =
      'mutation { setFeature(input: { name: "hybrid-retrieval", rollout: 0.5 }) { enabled rollout source } }';
    expect((await client(app.url, await token()).request(feature)).errors?.[0]?.extensions.code).toBe('FORBIDDEN');
    expect((await client(app.url, await token({ role: 'OPERATOR' })).request(feature)).data.setFeature).toEqual({
      enabled: true,
      rollout: 0.5,
      source: 'OVERRIDE',
    });
    await client(app.url, OPERATOR_KEY).request(
      'mutation { setFeature(input: { name: "ENABLE_HYBRID_RETRIEVAL", enabled: true }) { enabled } }',
    );
    const foreign = 'mutation { createApiKey(input: { name: "n", subject: "other" }) { secret } }';
    expect((await client(app.url, await token()).request(foreign)).errors?.[0]?.extensions.code).toBe('FORBIDDEN');
  });

  test('a revoked key ends its live subscriptions within 15 s, and lets nobody in', async () => {
    const operator = client(app.url, OPERATOR_KEY);
    const { data } = await operator.request(
      'mutation { createApiKey(input: { name: "short", subject: "short" }) { secret apiKey { id prefix } } }',
    );
    const short = client(app.url, data.createApiKey.secret);
    const made = await short.request('mutation { createConversation(input: {}) { id } }');
    const listen = 'subscription($id: ID!) { conversation(id: $id) { at } }';
    const url = `${app.url}/graphql`;
    const authorization = `Bearer ${data.createApiKey.secret}`;
    const variables = JSON.stringify(made.data.createConversation);
    const byAnything = [
      fetch(url, {
        method: 'POST',
        headers: { authorization, accept: '*/*', 'content-type': 'application/json' },
        body: JSON.stringify({ query: listen, variables: made.data.createConversation }),
      }),
      fetch(`${url}?${new URLSearchParams({ query: listen, variables })}`, { headers: { authorization } }),
    ].map(async (response) => await (await response).text());
    const over = Promise.all(
      (['sse', 'ws'] as const).map(async (transport) => {
        try {
          for await (const { errors } of short[transport](listen, made.data.createConversation))
            return errors?.[0]?.extensions.code;
        } catch (error) {
          return (error as { code?: number }).code;
        }
      }),
    );
    await new Promise((resolve) => setTimeout(resolve, 300));
    await operator.request('mutation($id: ID!) { revokeApiKey(id: $id) { revokedAt } }', {
      id: data.createApiKey.apiKey.id,
    });
    expect(await over).toEqual(['UNAUTHENTICATED', 4403]);
    for (const text of await Promise.all(byAnything)) expect(text).toMatch(/UNAUTHENTICATED.*\n\nevent: complete/);
    expect((await short.request('{ viewer { id } }')).status).toBe(401);
  });
});

describe('limits', () => {
  const post = (body: string, headers: Record<string, string> = {}) =>
    fetch(`${app.url}/graphql`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', authorization: `Bearer ${OPERATOR_KEY}`, ...headers },
    });

  test('a body over the limit is 413, with or without a declared length', async () => {
    const told = await post(JSON.stringify({ query: '{ viewer { id } }', variables: { x: 'x'.repeat(30_000) } }));
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
    ['deep introspection', `{ __schema { types { ${'fields { type { '.repeat(12)} name ${'} }'.repeat(12)} } } }`],
  ])('%s without end are refused', async (_title, query) => {
    const answer = await post(JSON.stringify({ query }));
    expect((await answer.json()).errors[0].extensions.code).toBe('BAD_USER_INPUT');
  });

  test('a message over its limit is refused, and nothing of it is kept', async () => {
    const small = await startApp({ MAX_MESSAGE_CHARACTERS: '10' });
    const answer = await client(small.url, OPERATOR_KEY).request(
      'mutation { sendMessage(input: { content: "more than ten characters" }) { generation { id } } }',
    );
    expect(answer.errors?.[0]?.extensions.code).toBe('PAYLOAD_TOO_LARGE');
    expect(
      (await client(small.url, OPERATOR_KEY).request('{ conversations { edges { node { id } } } }')).data.conversations
        .edges,
    ).toEqual([]);
    await small.remove();
  });
});

describe('pages', () => {
  test('go forward and back, each thing once', async () => {
    const viewer = client(app.url, await token({ sub: 'pager' }));
    for (let index = 0; index < 7; index += 1)
      await viewer.request('mutation($title: String) { createConversation(input: { title: $title }) { id } }', {
        title: `C${index}`,
      });
    const list =
      'query($first: Int, $after: String, $last: Int, $before: String) { conversations(first: $first, after: $after, last: $last, before: $before) { edges { cursor node { title } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }';
    const forward: string[] = [];
    let after: string | null = null;
    for (let more = true; more; ) {
      const { data } = await viewer.request(list, { first: 3, after });
      forward.push(...data.conversations.edges.map((edge: { node: { title: string } }) => edge.node.title));
      more = data.conversations.pageInfo.hasNextPage;
      after = data.conversations.pageInfo.endCursor;
    }
    expect(forward).toEqual(['C6', 'C5', 'C4', 'C3', 'C2', 'C1', 'C0']);
    const back = await viewer.request(list, { last: 3 });
    expect(back.data.conversations.edges.map((edge: { node: { title: string } }) => edge.node.title)).toEqual([
      'C2',
      'C1',
      'C0',
    ]);
    expect(back.data.conversations.pageInfo).toMatchObject({ hasPreviousPage: true, hasNextPage: false });
    for (const wrong of [
      { first: 0 },
      { first: 101 },
      { first: -1 },
      { first: 1, last: 1 },
      { first: 1, after: 'nonsense' },
    ])
      expect((await viewer.request(list, wrong)).errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
  });
});

test('pages of the named origins may call, and no others', async () => {
  const shared = await startApp({ CORS_ORIGINS: 'https://chat.example.org' });
  const preflight = (origin: string) =>
    fetch(`${shared.url}/graphql`, { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'POST' } });
  const friend = await preflight('https://chat.example.org');
  expect([friend.status, friend.headers.get('access-control-allow-origin')]).toEqual([204, 'https://chat.example.org']);
  expect((await preflight('https://evil.example')).headers.get('access-control-allow-origin')).toBeNull();
  const plain = await fetch(`${app.url}/graphql`, {
    method: 'OPTIONS',
    headers: { origin: 'https://chat.example.org' },
  });
  expect(plain.headers.get('access-control-allow-origin')).toBeNull();
  await shared.remove();
});

describe('the door', () => {
  test('reports liveness, readiness and health', async () => {
    expect((await fetch(`${app.url}/health`)).status).toBe(200);
    expect(await (await fetch(`${app.url}/ready`)).json()).toEqual({ status: 'ready', reasons: [] });
    const metrics = await (await fetch(`${app.url}/metrics`)).text();
    for (const name of ['http_request_duration_seconds', 'parley_generations_total', 'parley_first_token_seconds'])
      expect(metrics).toContain(name);
    expect(await (await fetch(`${app.url}/graphiql`)).text()).toContain('/graphql');
    expect((await fetch(`${app.url}/../package.json`)).status).toBe(404);
    expect((await fetch(`${app.url}/assets/..%2findex.html`)).status).toBe(404);
  });

  test('shows no stack and no cause of what it did not expect', async () => {
    const broken = await startApp({}, { plugins: [] });
    const { parley } = broken;
    Object.assign(parley.conversations, { list: () => Promise.reject(new Error('password=hunter2')) });
    const answer = await client(broken.url, OPERATOR_KEY).request('{ conversations { edges { node { id } } } }');
    expect(answer.errors?.[0]).toMatchObject({
      message: 'Unexpected error',
      extensions: { code: 'INTERNAL_SERVER_ERROR' },
    });
    expect(JSON.stringify(answer)).not.toContain('hunter2');
    await broken.remove();
  });
});

test('without authentication only pages of this machine are served', async () => {
  const open = await startApp({ PARLEY_ENV: 'development' });
  const ask = (headers: Record<string, string>) =>
    new Promise<string>((resolve) => {
      const socket = connect(Number(new URL(open.url).port), '127.0.0.1');
      const fields = Object.entries({ host: 'localhost', connection: 'close', ...headers }).map(
        ([name, value]) => `${name}: ${value}\r\n`,
      );
      socket.write(`GET /graphql?query=%7Bviewer%7Bsubject%7D%7D HTTP/1.1\r\n${fields.join('')}\r\n`);
      let text = '';
      socket.on('data', (data) => {
        text += data;
      });
      socket.on('close', () => resolve(text));
    });
  expect(await ask({})).toContain('"local"');
  expect(await ask({ host: 'evil.example' })).toContain('403');
  expect(await ask({ origin: 'https://evil.example' })).toContain('403');
  await open.remove();
});
