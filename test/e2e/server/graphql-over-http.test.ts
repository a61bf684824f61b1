/** The protocol, GraphQL over HTTP: its audits, requests out of order, wrong variables, the codes of errors, and pages of lists. */
import { auditServer } from 'graphql-http';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { ERROR_CATALOGUE } from '#core/errors.ts';
import { OPERATOR_KEY, startApp, type TestApp } from '../../support/app.ts';
import { type Client, client } from '../../support/client.ts';
import { AUTHORIZATION, answerTo, get, post, WEBSOCKET } from './requests.ts';

let app: TestApp;
let viewer: Client;
beforeAll(async () => {
  app = await startApp();
  viewer = client(app.url, OPERATOR_KEY);
});
afterAll(() => app.remove());

test('the audits of GraphQL over HTTP pass', async () => {
  const results = await auditServer({
    url: `${app.url}/graphql`,
    fetchFn: (url: string, init: RequestInit = {}) =>
      fetch(url, { ...init, headers: { ...(init.headers as object), authorization: `Bearer ${OPERATOR_KEY}` } }),
  });
  expect(results.filter(({ status }) => status !== 'ok').map(({ id, name }) => `${id} ${name}`)).toEqual([]);
  expect(results.length).toBeGreaterThan(60);
});

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
    const answer = await answerTo(app.url, text);
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

describe('wrong variables', () => {
  const query =
    'query($ids: [ID!], $n: Int) { search(query: "x", first: $n, options: { documentIds: $ids }) { tookMs } }';
  const body = JSON.stringify({ query, variables: { ids: Array.from({ length: 20_000 }, () => ({})) } });
  test.each([
    ['application/graphql-response+json', 400],
    ['application/json', 200],
  ])('are answered under %s with the status %i and ten errors at most', async (accept, status) => {
    for (let time = 0; time < 4; time += 1) {
      const response = await post(app.url, body, { accept });
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
        const response = await get(app.url, { query: '{ viewer { id } }', variables }, { accept });
        expect(response.status).toBe(400);
        const text = await response.text();
        expect(JSON.parse(text).errors[0].extensions.code).toBe('BAD_USER_INPUT');
        expect(text).not.toMatch(/node_modules|node:|\bat .*:\d+:\d+|SyntaxError/);
      }
    },
  );
});

describe('pages', () => {
  test('go forward and back, each thing once', async () => {
    const { data } = await viewer.request(
      'mutation { createApiKey(input: { name: "pager", subject: "pager" }) { secret } }',
    );
    const pager = client(app.url, data.createApiKey.secret);
    for (let index = 0; index < 7; index += 1)
      await pager.request('mutation($title: String) { createConversation(input: { title: $title }) { id } }', {
        title: `C${index}`,
      });
    const list =
      'query($first: Int, $after: String, $last: Int, $before: String) { conversations(first: $first, after: $after, last: $last, before: $before) { edges { cursor node { title } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }';
    const forward: string[] = [];
    let after: string | null = null;
    for (let more = true; more; ) {
      const { data } = await pager.request(list, { first: 3, after });
      forward.push(...data.conversations.edges.map((edge: { node: { title: string } }) => edge.node.title));
      more = data.conversations.pageInfo.hasNextPage;
      after = data.conversations.pageInfo.endCursor;
    }
    expect(forward).toEqual(['C6', 'C5', 'C4', 'C3', 'C2', 'C1', 'C0']);
    const back = await pager.request(list, { last: 3 });
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
      expect((await pager.request(list, wrong)).errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
  });
});

describe('the door', () => {
  test('shows no stack and no cause of what it did not expect', async () => {
    const list = vi.spyOn(app.parley.conversations, 'list').mockRejectedValue(new Error('password=hunter2'));
    const answer = await viewer.request('{ conversations { edges { node { id } } } }');
    list.mockRestore();
    expect(answer.errors?.[0]).toMatchObject({
      message: 'Unexpected error',
      extensions: { code: 'INTERNAL_SERVER_ERROR' },
    });
    expect(JSON.stringify(answer)).not.toContain('hunter2');
  });
});
