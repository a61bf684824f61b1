/** docs/operations.md, "Backing up and restoring": both kinds of database, by the commands that it names. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { OPERATOR_KEY, startApp, type TestApp } from '../support/app.ts';
import { ask, type Client, client } from '../support/client.ts';
import { describeWith } from '../support/services.ts';
import { scratchDatabase } from '../support/stores.ts';

const QUESTION = 'When was the old bridge built?';
const apps: TestApp[] = [];
afterEach(async () => {
  await Promise.all(apps.splice(0).map((app) => app.remove()));
});

async function start(environment: Readonly<Record<string, string>>): Promise<Client> {
  const app = await startApp({ EMBEDDING_MODEL: 'none', ...environment });
  apps.push(app);
  return client(app.url, OPERATOR_KEY);
}

/** A document, a conversation about it, a rating, a key. */
async function fill(asking: Client): Promise<void> {
  const text = 'The old bridge was built in 1932 by Anna Meyer. 老桥建于1932年。';
  await asking.request(
    'mutation($text: String!) { addDocument(input: { title: "Bridge", text: $text }) { id status } }',
    { text },
  );
  const { last } = await ask(asking, { content: QUESTION });
  expect(last.message?.content).toContain('1932');
  await asking.request('mutation($id: ID!) { rateMessage(input: { messageId: $id, rating: UP }) { rating } }', {
    id: last.message?.id,
  });
  await asking.request('mutation { createApiKey(input: { name: "kept" }) { apiKey { id } } }');
}

/** What a client sees of all that. */
async function contents(asking: Client): Promise<unknown> {
  const { data, errors } = await asking.request(
    `query($question: String!) {
      conversations { edges { node { id title messages { edges { node { id content status citations { quote start end } } } } } } }
      documents { edges { node { id title status passageCount } } }
      search(query: $question) { passages { text } }
      viewer { apiKeys { id name } }
    }`,
    { question: QUESTION },
  );
  expect(errors).toBeUndefined();
  return data;
}

test('the embedded database: a copy of DATA_DIR, made while Parley is stopped, is all of it', async () => {
  const copy = mkdtempSync(join(tmpdir(), 'parley-backup-'));
  const app = await startApp({ EMBEDDING_MODEL: 'none' });
  apps.push(app);
  const before = client(app.url, OPERATOR_KEY);
  await fill(before);
  const saved = await contents(before);
  await app.stop();
  cpSync(app.dataDirectory, copy, { recursive: true });

  // What came after the backup is not in it.
  const later = await start({ DATA_DIR: app.dataDirectory });
  await later.request('mutation { addDocument(input: { title: "Later", text: "Too late." }) { id } }');
  const restored = await start({ DATA_DIR: copy });
  expect(await contents(restored)).toEqual(saved);
  expect((await ask(restored, { content: QUESTION })).last.message?.content).toContain('1932');
  await apps.at(-1)?.stop();
  rmSync(copy, { recursive: true, force: true });
});

const { POSTGRES_URL = '' } = process.env;
const run = (program: string, ...args: string[]) => {
  const { status, stderr, error } = spawnSync(program, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ended with ${status}: ${stderr}`, { cause: error });
};

describeWith(
  'PostgreSQL (POSTGRES_URL)',
  POSTGRES_URL !== '',
  'set POSTGRES_URL: scripts/services/services up postgres',
  () => {
    test('a dump that pg_dump made while Parley ran is all of it, after pg_restore into an empty database', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'parley-backup-'));
      const dump = join(folder, 'parley.dump');
      const [original, empty] = [await scratchDatabase(POSTGRES_URL), await scratchDatabase(POSTGRES_URL)];
      try {
        const before = await start({ POSTGRES_URL: original.url });
        await fill(before);
        const saved = await contents(before);
        run('pg_dump', '--format', 'custom', '--file', dump, original.url);
        await before.request('mutation { addDocument(input: { title: "Later", text: "Too late." }) { id } }');

        run('pg_restore', '--dbname', empty.url, '--exit-on-error', dump);
        const restored = await start({ POSTGRES_URL: empty.url });
        expect(await contents(restored)).toEqual(saved);
        expect((await ask(restored, { content: QUESTION })).last.message?.content).toContain('1932');
      } finally {
        await Promise.all(apps.splice(0).map((app) => app.remove()));
        await Promise.all([original.drop(), empty.drop()]);
        rmSync(folder, { recursive: true, force: true });
      }
    });
  },
);
