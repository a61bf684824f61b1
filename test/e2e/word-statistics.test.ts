import { afterAll, beforeAll, expect, test } from 'vitest';
import { OPERATOR_KEY, startApp, type TestApp } from '../support/app.ts';
import { type Client, client } from '../support/client.ts';

let app: TestApp;
let ann: Client;
let eve: Client;
const operator = () => client(app.url, OPERATOR_KEY);

async function clientFor(subject: string, tenant: string): Promise<Client> {
  const { data } = await operator().request(
    'mutation($input: CreateApiKeyInput!) { createApiKey(input: $input) { secret } }',
    { input: { name: subject, subject, tenant } },
  );
  return client(app.url, data.createApiKey.secret);
}

async function add(viewer: Client, text: string): Promise<void> {
  const { data } = await viewer.request(
    'mutation($text: String!) { addDocument(input: { title: "A", text: $text }) { id } }',
    {
      text,
    },
  );
  const progress = 'subscription($id: ID!) { documentProgress(id: $id) { stage } }';
  for await (const result of viewer.sse(progress, { id: data.addDocument.id })) expect(result.errors).toBeUndefined();
}

beforeAll(async () => {
  app = await startApp({ EMBEDDING_MODEL: 'none' });
  ann = await clientFor('ann', 'a');
  eve = await clientFor('eve', 'b');
});
afterAll(() => app.remove());

test('words of another tenant’s private document change no score and no ranking of one’s own', async () => {
  await add(ann, 'The merger of the two banks was announced in May.');
  await add(ann, 'The zebra lives in Africa, where its herds move with the rain and the grass.');
  const search = async () =>
    (
      await ann.request(
        '{ search(query: "merger of banks and zebra herds") { passages { text score keywordScore vectorScore } degraded } }',
      )
    ).data.search;
  const before = await search();
  expect(before.passages).toHaveLength(2);
  for (let copy = 0; copy < 3; copy += 1)
    await add(eve, `Merger ${copy}: the secret merger of Acme, a merger like no merger of banks. Zebra is its name.`);
  expect(await search()).toEqual(before);
});

test('only operators see the counts of plugins and stores', async () => {
  const asked = '{ platform { plugins { name healthy detail } stores { name healthy detail } } }';
  const [users, operators] = [await ann.request(asked), await operator().request(asked)];
  const told = ({ data }: typeof users) =>
    [...data.platform.plugins, ...data.platform.stores].map(({ detail }) => detail);
  expect(told(users).filter((detail) => detail !== null)).toEqual([]);
  expect(told(users)).toHaveLength(told(operators).length);
  expect(told(operators).join()).toMatch(/\d+ passages/);
});
