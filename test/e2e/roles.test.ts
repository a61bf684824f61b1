import { expect, test } from 'vitest';
import { loadSettings } from '#config/load.ts';
import { OPERATOR_KEY, startApp } from '../support/app.ts';
import { client } from '../support/client.ts';
import { describeWith } from '../support/services.ts';
import { scratchDatabase } from '../support/stores.ts';

const ADD = 'mutation { addDocument(input: { title: "Bridge", text: "The bridge was built in 1932." }) { id status } }';
const CREATE_SET = `mutation { createEvaluationSet(input: { name: "Bridge", cases: [
  { query: "When was the bridge built?", response: "The bridge was built in 1932.", context: ["The bridge was built in 1932."] },
] }) { id } }`;
const RUN_SET = 'mutation($id: ID!) { runEvaluationSet(id: $id) { id } }';
const RUN = 'query($id: ID!) { node(id: $id) { ... on EvaluationRun { status done } } }';
const JUDGED = { ENABLE_QUALITY_EVALUATION: 'true' };
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
    test('the web process ingests and evaluates nothing; the worker does, and serves health alone', async () => {
      const database = await scratchDatabase(process.env['POSTGRES_URL'] ?? '');
      const web = await startApp({ POSTGRES_URL: database.url, ROLE: 'web', DEADLINE_FACTOR: '1', ...JUDGED });
      let worker: Awaited<ReturnType<typeof startApp>> | undefined;
      try {
        const viewer = client(web.url, OPERATOR_KEY);
        const { id, status } = (await viewer.request(ADD)).data.addDocument;
        expect(status).toBe('QUEUED');
        worker = await startApp({ POSTGRES_URL: database.url, ROLE: 'worker', ...JUDGED });
        await expect.poll(async () => (await viewer.request(STATUS, { id })).data.document.status).toBe('INDEXED');
        const set = (await viewer.request(CREATE_SET)).data.createEvaluationSet;
        const run = (await viewer.request(RUN_SET, { id: set.id })).data.runEvaluationSet;
        await expect
          .poll(async () => (await viewer.request(RUN, { id: run.id })).data.node)
          .toEqual({ status: 'COMPLETE', done: 1 });
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
