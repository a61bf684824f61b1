import { request as httpRequest } from 'node:http';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OPERATOR_KEY, startApp, type TestApp } from '../support/app.ts';

/** Transport features: compression, headers of other clients, persisted queries. */
let app: TestApp;
beforeAll(async () => {
  app = await startApp({ CORS_ORIGINS: 'https://app.example' });
});
afterAll(() => app.remove());

interface Raw {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}
/** The raw bytes: `fetch` would decompress them. */
const raw = (path: string, headers: Record<string, string>, body?: object): Promise<Raw> =>
  new Promise((resolve, reject) => {
    const options = { method: body ? 'POST' : 'GET', headers: { authorization: `Bearer ${OPERATOR_KEY}`, ...headers } };
    const asked = httpRequest(`${app.url}${path}`, options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) }),
      );
    });
    asked.on('error', reject);
    asked.end(body && JSON.stringify(body));
  });
const graphql = (body: object, headers: Record<string, string> = {}) =>
  raw('/graphql', { 'content-type': 'application/json', ...headers }, body);

describe('compression', () => {
  const LARGE = { query: '{ __schema { types { name description } } }' };

  test.each([
    ['br, gzip', 'br', brotliDecompressSync],
    ['gzip', 'gzip', gunzipSync],
  ] as const)('a large answer is compressed for a client that takes %s', async (accepted, encoding, decompress) => {
    const plain = await graphql(LARGE);
    const { headers, body } = await graphql(LARGE, { 'accept-encoding': accepted });
    expect(headers).toMatchObject({ 'content-encoding': encoding, 'content-length': String(body.length) });
    expect(headers['vary']).toBe('Origin, Accept-Encoding');
    expect(decompress(body)).toEqual(plain.body);
    expect(body.length).toBeLessThan(plain.body.length / 2);
    expect(plain.headers).toMatchObject({ 'content-length': String(plain.body.length) });
    expect(plain.headers['content-encoding']).toBeUndefined();
  });

  test('a small answer and a stream of events are not compressed', async () => {
    const small = await graphql({ query: '{ viewer { id } }' }, { 'accept-encoding': 'br, gzip' });
    const stream = await graphql(
      { query: 'subscription { chat(input: { content: "Hi" }) { __typename } }' },
      { 'accept-encoding': 'br, gzip', accept: 'text/event-stream' },
    );
    expect(stream.body.toString()).toContain('GenerationCompleted');
    for (const { headers } of [small, stream]) expect(headers['content-encoding']).toBeUndefined();
  });

  test('the page is compressed, and known again by its tag', async () => {
    for (const path of ['/', '/assets/page.css']) {
      const plain = await raw(path, {});
      const { headers, body } = await raw(path, { 'accept-encoding': 'gzip' });
      expect(headers['content-encoding']).toBe('gzip');
      expect(gunzipSync(body)).toEqual(plain.body);
      expect(headers['etag']).not.toBe(plain.headers['etag']);
      const again = await raw(path, { 'accept-encoding': 'gzip', 'if-none-match': String(headers['etag']) });
      expect([again.status, again.body.length]).toEqual([304, 0]);
    }
  });
});

describe('a query by its hash', () => {
  const extensions = { persistedQuery: { version: 1, sha256Hash: 'a'.repeat(64) } };
  const refused = { errors: [{ message: 'PersistedQueryNotSupported', extensions: { code: 'BAD_USER_INPUT' } }] };

  test.each(['application/json', 'application/graphql-response+json, application/json;q=0.9', '*/*'])(
    'is refused in the words that clients know, accepting %s',
    async (accept) => {
      for (const query of [undefined, null, '']) {
        const { status, body } = await graphql({ query, operationName: 'A', variables: {}, extensions }, { accept });
        expect([status, JSON.parse(body.toString())]).toEqual([200, refused]);
      }
      const given = `?operationName=A&extensions=${encodeURIComponent(JSON.stringify(extensions))}`;
      const { status, body } = await raw(`/graphql${given}`, { accept });
      expect([status, JSON.parse(body.toString())]).toEqual([200, refused]);
    },
  );

  test('is answered where the query comes with it', async () => {
    const { body } = await graphql({ query: '{ viewer { subject } }', extensions });
    expect(JSON.parse(body.toString()).data.viewer.subject).toBeTypeOf('string');
  });
});

test('a page of a named origin may send the headers of Apollo’s clients', async () => {
  const { status, headers } = await fetch(`${app.url}/graphql`, {
    method: 'OPTIONS',
    headers: {
      origin: 'https://app.example',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'apollo-require-preflight, content-type, authorization',
    },
  });
  expect([status, headers.get('access-control-allow-origin')]).toEqual([204, 'https://app.example']);
  expect(headers.get('access-control-allow-headers')).toContain('apollo-require-preflight');
});
