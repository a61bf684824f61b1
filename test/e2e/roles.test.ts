import { expect, test } from 'vitest';
import { loadSettings } from '#config/load.ts';
import { OPERATOR_KEY, startApp } from '../support/app.ts';
import { client } from '../support/client.ts';
import { describeWith } from '../support/services.ts';
import { scratchDatabase } from '../support/stores.ts';

const ADD = 'mutation { addDocument(input: { title: "Bridge", text: "The bridge was built in 1932." }) { id status } }';
const STATUS = 'query($id: ID!) { document(id: $id) { status } }';

test('a role that is not all needs a database that processes share', () => {
  const load = () => loadSettings({ environment: { PARLEY_ENV: 'test', ROLE: 'web' } });
  expect(load).toThrow(/ROLE: web shares a database with other processes; set POSTGRES_URL too/);
});

describeWith(
  'a web and a worker process on one PostgreSQL (POSTGRES_URL)',
  Boolean(process.env['POSTGRES_URL']),
  'set POSTGRES_URL: scripts/services/services up postgres',
  () => {
    test('the web process ingests nothing; the worker does, and serves health alone', { timeout: 60_000 }, async () => {
      const database = await scratchDatabase(process.env['POSTGRES_URL'] ?? '');
      const web = await startApp({ POSTGRES_URL: database.url, ROLE: 'web' });
      let worker: Awaited<ReturnType<typeof startApp>> | undefined;
      try {
        const viewer = client(web.url, OPERATOR_KEY);
        const { id, status } = (await viewer.request(ADD)).data.addDocument;
        expect(status).toBe('QUEUED');
        worker = await startApp({ POSTGRES_URL: database.url, ROLE: 'worker' });
        await expect
          .poll(async () => (await viewer.request(STATUS, { id })).data.document.status, { timeout: 30_000 })
          .toBe('INDEXED');
        expect((await fetch(`${worker.url}/health`)).status).toBe(200);
        expect((await fetch(`${worker.url}/graphql?query={__typename}`)).status).toBe(404);
        expect((await fetch(`${worker.url}/`)).status).toBe(404);
      } finally {
        await worker?.remove();
        await web.remove();
        await database.drop();
      }
    });
  },
);
