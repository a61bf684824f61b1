/** Ways in that were left open once, and what clients find there now. */
import { chmodSync, statSync } from 'node:fs';
import { get as httpGet } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadSettings } from '#config/load.ts';
import { createApp } from '../../src/app/index.ts';
import { OPERATOR_KEY, startApp, type TestApp } from '../support/app.ts';
import { ask, type Client, client } from '../support/client.ts';
import { freshDataDirectory } from '../support/data.ts';
import { createSseParser } from '../support/sse.ts';

let app: TestApp;
let viewer: Client;
beforeAll(async () => {
  app = await startApp();
  viewer = client(app.url, OPERATOR_KEY);
});
afterAll(() => app.remove());

const authorization = `Bearer ${OPERATOR_KEY}`;
const post = (body: BodyInit, headers: Record<string, string> = {}) =>
  fetch(`${app.url}/graphql`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json', ...headers },
    body,
  });
const get = (parameters: Record<string, string>, headers: Record<string, string> = {}, url = app.url) =>
  fetch(`${url}/graphql?${new URLSearchParams(parameters)}`, { headers: { authorization, ...headers } });
const codeOf = async (response: Response) => (await response.json()).errors[0].extensions.code;
const messages = async (of: Client) =>
  (await of.request('{ conversations { edges { node { messages { edges { node { id } } } } } } }')).data.conversations
    .edges.length;

/** Not by fetch, which sets these headers itself. */
const statusOf = (url: string, headers: Record<string, string>) =>
  new Promise((resolve) => httpGet(url, { headers }, (response) => resolve(response.resume().statusCode)));

const CHAT = 'subscription { chat(input: { content: "Hi" }) { cursor } }';
const LISTEN = 'subscription($id: ID!, $after: String) { generation(id: $id, after: $after) { __typename cursor } }';

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
        post(JSON.stringify({ query, operationName }), { accept }).then((response) => response.text()),
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

describe('wrong variables', () => {
  const query =
    'query($ids: [ID!], $n: Int) { search(query: "x", first: $n, options: { documentIds: $ids }) { tookMs } }';
  const body = JSON.stringify({ query, variables: { ids: Array.from({ length: 20_000 }, () => ({})) } });
  test.each([
    ['application/graphql-response+json', 400],
    ['application/json', 200],
  ])('are answered under %s with the status %i and ten errors at most', async (accept, status) => {
    for (let time = 0; time < 4; time += 1) {
      const response = await post(body, { accept });
      expect(response.status).toBe(status);
      expect(response.headers.get('content-type')).toContain(accept);
      const text = await response.text();
      expect(text.length).toBeLessThan(10_000);
      const { errors, data } = JSON.parse(text);
      expect([errors.length, data]).toEqual([10, undefined]);
      expect(errors[0].message).toContain('"$ids"');
    }
  });

  test.each(['{', 'nonsense', '[1]', '"x"', '1'])(
    'by GET, %s is BAD_USER_INPUT, without internals',
    async (variables) => {
      for (const accept of ['application/json', 'text/event-stream', '*/*', 'application/graphql-response+json']) {
        const response = await get({ query: '{ viewer { id } }', variables }, { accept });
        expect(response.status).toBe(400);
        const text = await response.text();
        expect(JSON.parse(text).errors[0].extensions.code).toBe('BAD_USER_INPUT');
        expect(text).not.toMatch(/node_modules|node:|\bat .*:\d+:\d+|SyntaxError/);
      }
    },
  );
});

describe('a subscription over HTTP', () => {
  test.each(['application/json', 'application/graphql-response+json', 'multipart/mixed'])(
    'is 406 for a client that accepts %s',
    async (accept) => {
      for (const response of [
        await post(JSON.stringify({ query: CHAT }), { accept }),
        await get({ query: LISTEN, variables: '{"id":"x"}' }, { accept }),
      ])
        expect([response.status, await codeOf(response)]).toEqual([406, 'BAD_USER_INPUT']);
    },
  );

  test('is streamed to a client that accepts anything', async () => {
    const response = await post(JSON.stringify({ query: CHAT }), { accept: '*/*' });
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    expect(await response.text()).toContain('event: complete');
  });

  test.each([
    ['application/x-www-form-urlencoded', new URLSearchParams({ query: CHAT }).toString()],
    ['application/graphql', CHAT],
    ['text/plain', JSON.stringify({ query: CHAT })],
  ])('and anything else is 415 as %s, which a form of any page can send', async (type, body) => {
    const response = await post(body, { 'content-type': type, accept: '*/*' });
    expect([response.status, await codeOf(response)]).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE']);
  });

  test.each([
    CHAT,
    'subscription { ...f } fragment f on Subscription { ... on Subscription { chat(input: { content: "Hi" }) { cursor } } }',
    'subscription { alias: chat(input: { content: "Hi" }) { cursor } }',
  ])('that writes is 405 by GET: %s', async (query) => {
    const before = await messages(viewer);
    for (const accept of ['text/event-stream', '*/*']) {
      const response = await get({ query }, { accept });
      expect([response.status, response.headers.get('allow'), await codeOf(response)]).toEqual([
        405,
        'POST',
        'BAD_USER_INPUT',
      ]);
    }
    expect(await messages(viewer)).toBe(before);
  });
});

describe('server-sent events', () => {
  interface Event {
    readonly id: string | undefined;
    readonly data: string;
  }
  async function eventsOf(response: Response): Promise<Event[]> {
    const events: Event[] = [];
    for await (const { event, data, id } of createSseParser(response.body as ReadableStream<Uint8Array>))
      if (event === 'next') events.push({ id, data });
    return events;
  }

  test('of a generation carry their cursors as ids, and Last-Event-ID resumes after one', async () => {
    const { events } = await ask(viewer, { content: 'Hi' });
    const variables = JSON.stringify({ id: events[0]?.generationId });
    const accept = 'text/event-stream';
    const all = await eventsOf(await get({ query: LISTEN, variables }, { accept }));
    expect(all.length).toBeGreaterThan(2);
    for (const { id, data } of all) expect(id).toBe(JSON.parse(data).data.generation.cursor);
    const first = all[0]?.id ?? '';
    expect(await eventsOf(await get({ query: LISTEN, variables }, { accept, 'last-event-id': first }))).toEqual(
      all.slice(1),
    );
    // It overrides the cursor in the address, which an EventSource sends with every reconnection.
    const after = JSON.stringify({ id: events[0]?.generationId, after: first });
    const second = all[1]?.id ?? '';
    expect(await eventsOf(await get({ query: LISTEN, variables: after }, { accept, 'last-event-id': second }))).toEqual(
      all.slice(2),
    );
    const end = await get({ query: LISTEN, variables }, { accept, 'last-event-id': all.at(-1)?.id ?? '' });
    expect(end.status).toBe(204); // an EventSource does not come again
    const wrong = await eventsOf(await get({ query: LISTEN, variables }, { accept, 'last-event-id': 'nonsense' }));
    expect(wrong[0]?.data).toContain('BAD_USER_INPUT');
  });

  test('of a chat carry ids by which the same request resumes, without a second message', async () => {
    const before = await messages(viewer);
    const chat = async (headers: Record<string, string>) =>
      eventsOf(await post(JSON.stringify({ query: CHAT }), { accept: 'text/event-stream', ...headers }));
    const all = await chat({});
    const resumed = await chat({ 'last-event-id': all[0]?.id ?? '' });
    expect(resumed.at(-1)).toEqual(all.at(-1)); // deltas that have queued up come as one
    expect(resumed[0]?.id).not.toBe(all[0]?.id);
    expect(resumed.every(({ id }) => all.some((event) => event.id === id))).toBe(true);
    expect((await chat({ 'last-event-id': '1-1' }))[0]?.data).toContain('NOT_FOUND');
    expect(await messages(viewer)).toBe(before + 1);
  });
});

describe('without authentication', () => {
  let open: TestApp;
  let local: Client;
  const FRIEND = 'https://chat.example.org';
  beforeAll(async () => {
    open = await startApp({ PARLEY_ENV: 'development', CORS_ORIGINS: FRIEND });
    local = client(open.url);
  });
  afterAll(() => open.remove());
  const query = '{ viewer { subject } }';

  test.each([
    [{}, 200],
    [{ 'sec-fetch-site': 'same-origin' }, 200],
    [{ 'sec-fetch-site': 'none' }, 200],
    [{ 'sec-fetch-site': 'cross-site' }, 403],
    [{ 'sec-fetch-site': 'same-site' }, 403],
    [{ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }, 403],
    [{ origin: 'https://evil.example' }, 403],
    [{ origin: 'null' }, 403],
    [{ origin: FRIEND, 'sec-fetch-site': 'cross-site' }, 200],
  ] as [Record<string, string>, number][])('a request with %j is answered with %i', async (headers, status) => {
    expect((await get({ query }, headers, open.url)).status).toBe(status);
  });

  test('an image of a page elsewhere starts no chat', async () => {
    const image = {
      'sec-fetch-site': 'cross-site',
      'sec-fetch-mode': 'no-cors',
      'sec-fetch-dest': 'image',
      accept: 'image/*,*/*',
    };
    expect((await get({ query: CHAT }, image, open.url)).status).toBe(403);
    expect(await messages(local)).toBe(0);
  });

  test('a link leads to the page', async () => {
    const followed = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
    expect(await statusOf(open.url, followed)).toBe(200);
    expect(await statusOf(open.url, { ...followed, 'sec-fetch-dest': 'iframe' })).toBe(403);
  });

  test('a page of an origin that CORS_ORIGINS names may call', async () => {
    const asked = await fetch(`${open.url}/graphql`, {
      method: 'OPTIONS',
      headers: { origin: FRIEND, 'access-control-request-method': 'POST', 'sec-fetch-site': 'cross-site' },
    });
    expect([asked.status, asked.headers.get('access-control-allow-origin')]).toEqual([204, FRIEND]);
    const answered = await get({ query }, { origin: FRIEND }, open.url);
    expect(answered.headers.get('access-control-allow-origin')).toBe(FRIEND);
  });
});

test('an operator makes keys for the own tenant, and only the platform’s operator for another', async () => {
  const make = async (of: Client, input: string) => {
    const { data, errors } = await of.request(`mutation { createApiKey(input: { name: "n", ${input} }) { secret } }`);
    return errors?.[0]?.extensions.code ?? data.createApiKey.secret;
  };
  const acme = client(app.url, await make(viewer, 'subject: "boss", tenant: "acme", role: OPERATOR'));
  expect(await make(acme, 'subject: "jane"')).toMatch(/^parley_/);
  expect(await make(acme, 'subject: "jane", tenant: "acme", role: OPERATOR')).toMatch(/^parley_/);
  for (const tenant of ['default', 'other', 'ACME', ''])
    expect(await make(acme, `subject: "boss", tenant: "${tenant}", role: OPERATOR`)).toMatch(
      /^(FORBIDDEN|BAD_USER_INPUT)$/,
    );
});

test('the data folder is closed to other users of the machine, also where it was open', async () => {
  const data = freshDataDirectory();
  chmodSync(data.path, 0o755);
  const settings = { PARLEY_ENV: 'test', PORT: '0', LOG_LEVEL: 'silent', DATA_DIR: data.path };
  await (await createApp(loadSettings({ environment: settings }))).stop();
  expect(statSync(data.path).mode & 0o777).toBe(0o700);
  data.remove();
});

test('a revoked bootstrap key lets nobody in after a restart', async () => {
  const data = freshDataDirectory();
  const environment = {
    PARLEY_ENV: 'test',
    PORT: '0',
    LOG_LEVEL: 'silent',
    DATA_DIR: data.path,
    BOOTSTRAP_API_KEY: OPERATOR_KEY,
  };
  const first = await createApp(loadSettings({ environment }));
  const operator = client(first.url, OPERATOR_KEY);
  const { data: keys } = await operator.request('{ viewer { apiKeys { id } } }');
  await operator.request('mutation($id: ID!) { revokeApiKey(id: $id) { id } }', keys.viewer.apiKeys[0]);
  await first.stop();
  const second = await createApp(loadSettings({ environment }));
  expect((await client(second.url, OPERATOR_KEY).request('{ viewer { id } }')).status).toBe(401);
  await second.stop();
  data.remove();
});

describe('GraphiQL and metrics', () => {
  const METRICS_TOKEN = 'metrics-token-0123456789';
  const statuses = async (environment: Record<string, string>, headers: Record<string, string> = {}) => {
    const started = await startApp(environment);
    const ask = async (path: string) => (await fetch(`${started.url}${path}`, { headers })).status;
    const answers = [await ask('/graphiql'), await ask('/metrics'), await ask('/health')];
    await started.remove();
    return answers;
  };

  test.each([
    [{ PARLEY_ENV: 'test' }, {}, [200, 200, 200]],
    [{ PARLEY_ENV: 'production' }, {}, [404, 404, 200]],
    [{ PARLEY_ENV: 'production' }, { authorization: `Bearer ${OPERATOR_KEY}` }, [404, 404, 200]],
    [{ PARLEY_ENV: 'production', GRAPHIQL: 'true', METRICS_TOKEN }, {}, [200, 401, 200]],
    [{ PARLEY_ENV: 'production', METRICS_TOKEN }, { authorization: `Bearer ${METRICS_TOKEN}` }, [404, 200, 200]],
    [{ PARLEY_ENV: 'test', GRAPHIQL: 'false', METRICS_TOKEN }, { authorization: 'Bearer x' }, [404, 401, 200]],
  ] as [Record<string, string>, Record<string, string>, number[]][])(
    'with %j and %j answer %j',
    async (environment, headers, expected) => {
      expect(await statuses(environment, headers)).toEqual(expected);
    },
  );
});
