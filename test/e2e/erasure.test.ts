import { expect, test } from 'vitest';
import { OPERATOR_KEY, startApp } from '../support/app.ts';
import { ask, client } from '../support/client.ts';

test('erasing a viewer removes all its data, with proof, and no other viewer’s', async () => {
  const app = await startApp({ ENABLE_CACHING: 'true' });
  const operator = client(app.url, OPERATOR_KEY);
  const keyOf = async (subject: string) =>
    (
      await operator.request('mutation($s: String!) { createApiKey(input: { name: "k", subject: $s }) { secret } }', {
        s: subject,
      })
    ).data.createApiKey.secret;
  const [ann, bob] = [client(app.url, await keyOf('ann')), client(app.url, await keyOf('bob'))];
  const add =
    'mutation { addDocument(input: { title: "Bridge", text: "The bridge was built in 1932.", shared: true }) { id } }';
  for (const viewer of [ann, bob]) {
    await viewer.request(add);
    await ask(viewer, { content: 'When was the bridge built?' });
    await viewer.request(
      'mutation { createEvaluationSet(input: { name: "s", cases: [{ query: "q", response: "r" }] }) { id } }',
    );
  }
  const erase =
    'mutation($confirm: String!) { eraseViewer(confirm: $confirm) { receipt stores { name removed verifiedEmpty } } }';
  expect((await ann.request(erase, { confirm: 'bob' })).errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
  const { data } = await ann.request(erase, { confirm: 'ann' });
  expect(data.eraseViewer.stores).toEqual([
    { name: 'store', removed: expect.any(Number), verifiedEmpty: true },
    { name: 'plugins', removed: expect.any(Number), verifiedEmpty: true },
  ]);
  // A conversation, a document, a set and a key. A call of a model beside an answer may be one more.
  expect(data.eraseViewer.stores[0].removed).toBe(4);
  // Her key is deleted too. Bob's data remains.
  expect((await ann.request('{ viewer { id } }')).errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
  const left = await bob.request(
    '{ conversations { edges { node { id } } } documents { edges { node { title } } } evaluationSets { edges { node { id } } } }',
  );
  expect(left.data.conversations.edges).toHaveLength(1);
  expect(left.data.documents.edges).toHaveLength(1);
  expect(left.data.evaluationSets.edges).toHaveLength(1);
  await app.remove();
});

test('operators read five figures of the platform against their targets', async () => {
  const app = await startApp();
  const operator = client(app.url, OPERATOR_KEY);
  const read = '{ platform { kpis { name value target met } models { name contextTokens inputUsdPerMillion } } }';
  const before = (await operator.request(read)).data.platform.kpis;
  expect(before.map(({ name }: { name: string }) => name)).toEqual([
    ...['response_time_p95_ms', 'quality', 'satisfaction', 'availability', 'error_rate'],
  ]);
  expect(before.every(({ value, met }: { value: unknown; met: unknown }) => value === null && met === null)).toBe(true);
  const { events } = await ask(operator, { content: 'Hello' });
  const id = events.find(({ __typename }) => __typename === 'GenerationCompleted')?.message?.id;
  await operator.request('mutation($id: ID!) { rateMessage(input: { messageId: $id, rating: UP }) { rating } }', {
    id,
  });
  const after = (await operator.request(read)).data.platform.kpis;
  expect(after[0]).toMatchObject({ value: expect.any(Number), target: 2_000 });
  expect(after.slice(2)).toMatchObject([
    { value: 1, met: true },
    { value: 1, met: true },
    { value: 0, met: true },
  ]);
  const key = await operator.request('mutation { createApiKey(input: { name: "b", subject: "bob" }) { secret } }');
  const refused = await client(app.url, key.data.createApiKey.secret).request(read);
  expect(refused.errors?.[0]?.extensions.code).toBe('FORBIDDEN');
  await app.remove();
});
