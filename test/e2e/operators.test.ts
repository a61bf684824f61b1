/** What an operator of a tenant may do, and what only those of the platform may. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OPERATOR_KEY, startApp, type TestApp } from '../support/app.ts';
import { type Client, client } from '../support/client.ts';

const OF_THE_PLATFORM = {
  'setFeature of another tenant':
    'mutation { setFeature(input: { name: "hybrid-retrieval", rollout: 1, tenant: "c" }) { enabled } }',
  kpis: '{ platform { kpis { name value } } }',
  'createApiKey of another tenant':
    'mutation { createApiKey(input: { name: "k", subject: "x", tenant: "c", role: OPERATOR }) { apiKey { id } } }',
};

let app: TestApp;
let platform: Client;
let boss: Client;
let user: Client;
beforeAll(async () => {
  app = await startApp({ EMBEDDING_MODEL: 'none' });
  platform = client(app.url, OPERATOR_KEY);
  const of = async (subject: string, role: string) => {
    const { data } = await platform.request(
      'mutation($subject: String!, $role: Role!) { createApiKey(input: { name: "k", subject: $subject, tenant: "b", role: $role }) { secret } }',
      { subject, role },
    );
    return client(app.url, data.createApiKey.secret);
  };
  boss = await of('boss', 'OPERATOR');
  user = await of('user', 'USER');
});
afterAll(() => app.remove());

const codeOf = async (asking: Client, query: string) =>
  (await asking.request(query)).errors?.[0]?.extensions.code ?? 'OK';

test.each(Object.entries(OF_THE_PLATFORM))('%s is for the platform’s operators alone', async (_name, query) => {
  expect([await codeOf(user, query), await codeOf(boss, query), await codeOf(platform, query)]).toEqual([
    'FORBIDDEN',
    'FORBIDDEN',
    'OK',
  ]);
});

test('a tenant’s operator makes keys of the own tenant', async () => {
  const own = 'mutation { createApiKey(input: { name: "k", subject: "y" }) { apiKey { id } } }';
  expect([await codeOf(user, own), await codeOf(boss, own)]).toEqual(['FORBIDDEN', 'OK']);
});

describe('without authentication', () => {
  let alone: TestApp;
  beforeAll(async () => {
    alone = await startApp({ AUTH: 'none', PARLEY_ENV: 'development', EMBEDDING_MODEL: 'none' });
  });
  afterAll(() => alone.remove());

  test.each(Object.entries(OF_THE_PLATFORM))('the one viewer may: %s', async (_name, query) => {
    expect(await codeOf(client(alone.url), query)).toBe('OK');
  });

  test('the one viewer is told what plugins and stores count', async () => {
    const { data } = await client(alone.url).request('{ platform { stores { name detail } plugins { name detail } } }');
    const details = [...data.platform.stores, ...data.platform.plugins].map(({ detail }) => detail);
    expect(details.some((detail) => detail !== null)).toBe(true);
  });
});
