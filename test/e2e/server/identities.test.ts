/** Who is let in: API keys, tokens, operators of a tenant, revoked keys, and other users of the machine. */
import { chmodSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createClient } from 'graphql-ws';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import WebSocket from 'ws';
import { loadSettings } from '#config/load.ts';
import { createApp } from '../../../src/app/index.ts';
import { OPERATOR_KEY, startApp, type TestApp } from '../../support/app.ts';
import { type Client, client } from '../../support/client.ts';
import { freshDataDirectory } from '../../support/data.ts';

const SECRET = 'a secret of more than thirty-two characters';
let app: TestApp;
beforeAll(async () => {
  app = await startApp({ JWT_SECRET: SECRET, JWT_ISSUER: 'issuer', JWT_AUDIENCE: 'parley' });
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
    ];
    const texts = (await Promise.all(byAnything)).map((response) => response.text()); // each listens now
    const listening = new Set<string>();
    const over = Promise.all(
      (['sse', 'ws'] as const).map(async (transport) => {
        try {
          for await (const { errors } of short[transport](listen, made.data.createConversation)) {
            if (errors) return errors[0]?.extensions.code;
            listening.add(transport);
          }
        } catch (error) {
          return (error as { code?: number }).code;
        }
      }),
    );
    const rename = 'mutation($id: ID!) { renameConversation(id: $id, title: "Renamed") { id } }';
    const renamed = async () => {
      await short.request(rename, made.data.createConversation);
      return listening.size;
    };
    await expect.poll(renamed).toBe(2);
    await operator.request('mutation($id: ID!) { revokeApiKey(id: $id) { revokedAt } }', {
      id: data.createApiKey.apiKey.id,
    });
    expect(await over).toEqual(['UNAUTHENTICATED', 4403]);
    for (const text of await Promise.all(texts)) expect(text).toMatch(/UNAUTHENTICATED.*\n\nevent: complete/);
    expect((await short.request('{ viewer { id } }')).status).toBe(401);
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

test('an operator makes keys for the own tenant, and only the platform’s operator for another', async () => {
  const make = async (of: Client, input: string) => {
    const { data, errors } = await of.request(`mutation { createApiKey(input: { name: "n", ${input} }) { secret } }`);
    return errors?.[0]?.extensions.code ?? data.createApiKey.secret;
  };
  const acme = client(
    app.url,
    await make(client(app.url, OPERATOR_KEY), 'subject: "boss", tenant: "acme", role: OPERATOR'),
  );
  expect(await make(acme, 'subject: "jane"')).toMatch(/^parley_/);
  expect(await make(acme, 'subject: "jane", tenant: "acme", role: OPERATOR')).toMatch(/^parley_/);
  for (const tenant of ['default', 'other', 'ACME', ''])
    expect(await make(acme, `subject: "boss", tenant: "${tenant}", role: OPERATOR`)).toMatch(
      /^(FORBIDDEN|BAD_USER_INPUT)$/,
    );
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

test('the data folder is closed to other users of the machine, also where it was open', async () => {
  const data = freshDataDirectory();
  chmodSync(data.path, 0o755);
  const settings = { PARLEY_ENV: 'test', PORT: '0', LOG_LEVEL: 'silent', DATA_DIR: data.path };
  await (await createApp(loadSettings({ environment: settings }))).stop();
  expect(statSync(data.path).mode & 0o777).toBe(0o700);
  data.remove();
});
