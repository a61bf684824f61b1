import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OPERATOR_KEY, startApp, type TestApp } from '../support/app.ts';
import { type Client, client } from '../support/client.ts';
import { describeWith } from '../support/services.ts';

const elasticsearch = process.env['ELASTICSEARCH_URL'];
let app: TestApp;
let ann: Client;
let eve: Client;
const operator = () => client(app.url, OPERATOR_KEY);

async function clientFor(subject: string, tenant: string, role = 'USER'): Promise<Client> {
  const { data } = await operator().request(
    'mutation($input: CreateApiKeyInput!) { createApiKey(input: $input) { secret } }',
    { input: { name: subject, subject, tenant, role } },
  );
  return client(app.url, data.createApiKey.secret);
}

async function add(viewer: Client, text: string): Promise<void> {
  const { data } = await viewer.request(
    'mutation($text: String!) { addDocument(input: { title: "A", text: $text }) { id } }',
    { text },
  );
  const progress = 'subscription($id: ID!) { documentProgress(id: $id) { stage } }';
  for await (const result of viewer.sse(progress, { id: data.addDocument.id })) expect(result.errors).toBeUndefined();
}

async function start(settings: Record<string, string>): Promise<void> {
  app = await startApp({ EMBEDDING_MODEL: 'none', ...settings });
  ann = await clientFor('ann', 'a');
  eve = await clientFor('eve', 'b');
}

function suite(settings: () => Record<string, string>): void {
  beforeAll(() => start(settings()), 60_000);
  afterAll(() => app.remove());

  test('words of another tenant’s private document change no score and no ranking of one’s own', async () => {
    await add(ann, 'The merger of the two banks was announced in May.');
    await add(ann, 'The zebra lives in Africa, where its herds move with the rain and the grass.');
    const ask =
      'query ($query: String!) { search(query: $query, options: { strategy: KEYWORD }) { passages { text score keywordScore vectorScore } degraded } }';
    /** On a busy machine a search server may answer too late: asked again. */
    const search = async (query: string, viewer = ann) => {
      for (;;) {
        const { data } = await viewer.request(ask, { query });
        if (data.search.degraded.length === 0) return data.search;
      }
    };
    await expect.poll(async () => (await search('announced')).passages).toHaveLength(1);
    const before = await search('merger of banks and zebra herds');
    expect(before.passages).toHaveLength(2);
    for (let copy = 0; copy < 3; copy += 1)
      await add(eve, `Merger ${copy}: the secret merger of Acme, a merger like no merger of banks. Zebra is its name.`);
    await expect.poll(async () => (await search('secret Acme', eve)).passages).toHaveLength(3);
    const after = await search('merger of banks and zebra herds');
    expect(after).toEqual(before);
  });
}

describe('words of others, with the built-in index', () => suite(() => ({})));
describeWith(
  'words of others, with keywords by Elasticsearch',
  elasticsearch !== undefined,
  'set ELASTICSEARCH_URL: scripts/services/services up elasticsearch',
  () => {
    // A database of its own: engines keep the passages of each apart.
    const directory = mkdtempSync(join(tmpdir(), 'parley-words-'));
    suite(() => ({ DATA_DIR: directory, ELASTICSEARCH_URL: elasticsearch as string }));
    afterAll(() => rmSync(directory, { recursive: true, force: true }));
  },
);

test('what plugins and stores count is told to the platform’s operators alone', async () => {
  await start({});
  const boss = await clientFor('boss', 'a', 'OPERATOR');
  const asked = '{ platform { plugins { name healthy detail } stores { name healthy detail } } }';
  const operators = await operator().request(asked);
  const told = ({ data }: typeof operators) =>
    [...data.platform.plugins, ...data.platform.stores].map(({ detail }) => detail);
  for (const others of [await ann.request(asked), await boss.request(asked)])
    expect(told(others)).toEqual(told(operators).map(() => null));
  expect(told(operators).join()).toMatch(/\d+ passages/);
  await app.remove();
});
