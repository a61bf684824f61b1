import { afterAll, beforeAll, expect, test } from 'vitest';
import { OPERATOR_KEY, startApp, type TestApp } from '../support/app.ts';
import { ask, type Client, client } from '../support/client.ts';

let app: TestApp;
let platform: Client;
const viewers: Record<string, Client> = {};
beforeAll(async () => {
  app = await startApp({ FEATURE_GUARD: 'on' });
  platform = client(app.url, OPERATOR_KEY);
  for (const [tenant, subject, role] of [
    ['acme', 'ann', 'USER'],
    ['acme', 'bob', 'USER'],
    ['acme', 'boss', 'OPERATOR'],
    ['other', 'carl', 'USER'],
  ] as const) {
    const { data } = await platform.request(
      'mutation($input: CreateApiKeyInput!) { createApiKey(input: $input) { secret } }',
      { input: { name: 'k', tenant, subject, role } },
    );
    viewers[subject] = client(app.url, data.createApiKey.secret);
  }
});
afterAll(() => app.remove());

const as = (subject: string): Client => viewers[subject] as Client;
const set = (asking: Client, input: object) =>
  asking.request(
    'mutation($input: SetFeatureInput!) { setFeature(input: $input) { name enabled rollout source guard } }',
    { input: { name: 'intent-tracking', ...input } },
  );
/** Whether a turn of each has the switch on. */
async function having(...subjects: string[]) {
  const features = subjects.map(async (subject) => {
    const { last } = await ask(as(subject), { content: 'Hello' });
    const { data } = await as(subject).request('query($id: ID!) { node(id: $id) { ... on Generation { features } } }', {
      id: last.generationId,
    });
    return data.node.features.includes('intent-tracking');
  });
  return Promise.all(features);
}
const shown = async (asking: Client) =>
  (await asking.request('{ platform { features { name enabled source guard } } }')).data.platform.features.find(
    ({ name }: { name: string }) => name === 'intent-tracking',
  );

test('a switch is set for everybody, a tenant and one viewer; the narrowest decides the turn', async () => {
  expect(await having('ann', 'bob', 'carl')).toEqual([true, true, true]);
  await set(platform, { enabled: false });
  await set(platform, { enabled: true, tenant: 'acme' });
  await set(as('boss'), { enabled: false, subject: 'ann' });
  expect(await having('ann', 'bob', 'carl')).toEqual([false, true, false]);
  expect(await shown(as('ann'))).toMatchObject({ enabled: false, source: 'OVERRIDE' });
  expect(await shown(as('bob'))).toMatchObject({ enabled: true, source: 'OVERRIDE' });
  expect((await set(as('boss'), { subject: 'ann', reset: true })).data.setFeature).toMatchObject({ enabled: true });
  await set(platform, { tenant: 'acme', reset: true });
  expect(await having('ann', 'bob')).toEqual([false, false]);
  await set(platform, { reset: true });
  expect(await having('ann', 'carl')).toEqual([true, true]);
});

test("a tenant's operator sets switches of the own tenant alone, and users none", async () => {
  for (const input of [
    { enabled: true, tenant: 'other' },
    { enabled: true, tenant: 'default' },
    { reset: true, tenant: 'other' },
  ])
    expect((await set(as('boss'), input)).errors?.[0]?.extensions.code).toBe('FORBIDDEN');
  for (const input of [{ enabled: false }, { reset: true, subject: 'ann' }])
    expect((await set(as('ann'), input)).errors?.[0]?.extensions.code).toBe('FORBIDDEN');
  await set(as('boss'), { enabled: false });
  expect(await having('ann', 'carl')).toEqual([false, true]);
  await set(as('boss'), { reset: true });
});

test('input that makes no sense is refused with a reason', async () => {
  const code = async (input: object) => (await set(platform, input)).errors?.[0]?.extensions.code;
  expect(await code({})).toBe('BAD_USER_INPUT');
  expect(await code({ rollout: 2 })).toBe('BAD_USER_INPUT');
  expect(await code({ enabled: true, tenant: '' })).toBe('BAD_USER_INPUT');
  expect(await code({ enabled: true, tenant: 'x'.repeat(201) })).toBe('PAYLOAD_TOO_LARGE');
  expect(await code({ enabled: true, name: 'nothing' })).toBe('NOT_FOUND');
  const { data } = await set(platform, {
    enabled: true,
    tenant: "o'; DROP TABLE x; -- \u{1f600}",
    subject: '\u0000 y',
  });
  expect(data.setFeature.enabled).toBe(true);
});
