/** Pages of a browser: which origins may call, and to whom the server shows GraphiQL, metrics and health. */
import { get as httpGet } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OPERATOR_KEY, startApp, type TestApp } from '../../support/app.ts';
import { client } from '../../support/client.ts';
import { answerTo, CHAT, countConversations, get } from './requests.ts';

const FRIEND = 'https://chat.example.org';
let app: TestApp;
/** Without authentication. */
let open: TestApp;
beforeAll(async () => {
  app = await startApp({ PARLEY_ENV: 'test' });
  open = await startApp({ PARLEY_ENV: 'development', CORS_ORIGINS: FRIEND });
});
afterAll(() => Promise.all([app.remove(), open.remove()]));

/** Not by fetch, which sets these headers itself. */
const statusOf = (url: string, headers: Record<string, string>) =>
  new Promise((resolve) => httpGet(url, { headers }, (response) => resolve(response.resume().statusCode)));

test('pages of the named origins may call, and no others', async () => {
  const shared = await startApp({ CORS_ORIGINS: FRIEND });
  const preflight = (origin: string) =>
    fetch(`${shared.url}/graphql`, { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'POST' } });
  const friend = await preflight(FRIEND);
  expect([friend.status, friend.headers.get('access-control-allow-origin')]).toEqual([204, FRIEND]);
  expect((await preflight('https://evil.example')).headers.get('access-control-allow-origin')).toBeNull();
  const plain = await fetch(`${app.url}/graphql`, {
    method: 'OPTIONS',
    headers: { origin: FRIEND },
  });
  expect(plain.headers.get('access-control-allow-origin')).toBeNull();
  await shared.remove();
});

describe('without authentication', () => {
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
    expect((await get(open.url, { query }, headers)).status).toBe(status);
  });

  test('an image of a page elsewhere starts no chat', async () => {
    const image = {
      'sec-fetch-site': 'cross-site',
      'sec-fetch-mode': 'no-cors',
      'sec-fetch-dest': 'image',
      accept: 'image/*,*/*',
    };
    expect((await get(open.url, { query: CHAT }, image)).status).toBe(403);
    expect(await countConversations(client(open.url))).toBe(0);
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
    const answered = await get(open.url, { query }, { origin: FRIEND });
    expect(answered.headers.get('access-control-allow-origin')).toBe(FRIEND);
  });
});

test('without authentication only pages of this machine are served', async () => {
  const ask = (headers: Record<string, string>) => {
    const fields = Object.entries({ host: 'localhost', connection: 'close', ...headers });
    const lines = fields.map(([name, value]) => `${name}: ${value}\r\n`).join('');
    return answerTo(open.url, `GET /graphql?query=%7Bviewer%7Bsubject%7D%7D HTTP/1.1\r\n${lines}\r\n`);
  };
  expect(await ask({})).toContain('"local"');
  expect(await ask({ host: 'evil.example' })).toContain('403');
  expect(await ask({ origin: 'https://evil.example' })).toContain('403');
});

describe('the door', () => {
  test('reports liveness, readiness and health', async () => {
    expect((await fetch(`${app.url}/health`)).status).toBe(200);
    await expect.poll(async () => (await fetch(`${app.url}/ready`)).json()).toEqual({ status: 'ready', reasons: [] });
    const metrics = await (await fetch(`${app.url}/metrics`)).text();
    for (const name of ['http_request_duration_seconds', 'parley_generations_total', 'parley_first_token_seconds'])
      expect(metrics).toContain(name);
    expect(await (await fetch(`${app.url}/graphiql`)).text()).toContain('/graphql');
    expect((await fetch(`${app.url}/../package.json`)).status).toBe(404);
    expect((await fetch(`${app.url}/assets/..%2findex.html`)).status).toBe(404);
  });
});

describe('GraphiQL and metrics', () => {
  const METRICS_TOKEN = 'metrics-token-0123456789';
  /** Rows of equal settings stand together and ask one server. */
  let last: { readonly settings: string; readonly app: TestApp } | undefined;
  async function serverOf(environment: Record<string, string>): Promise<TestApp> {
    const settings = JSON.stringify(environment);
    if (settings === JSON.stringify({ PARLEY_ENV: 'test' })) return app;
    if (last?.settings !== settings) {
      await last?.app.remove();
      last = undefined;
      last = { settings, app: await startApp(environment) };
    }
    return last.app;
  }
  afterAll(() => last?.app.remove());
  const statuses = async (environment: Record<string, string>, headers: Record<string, string> = {}) => {
    const { url } = await serverOf(environment);
    const ask = async (path: string) => (await fetch(`${url}${path}`, { headers })).status;
    return [await ask('/graphiql'), await ask('/metrics'), await ask('/health')];
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
