import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadSettings } from '#config/load.ts';
import { openQueueBoard } from '../../scripts/queue-board/open.ts';
import { OPERATOR_KEY, startApp, type TestApp } from '../support/app.ts';
import { client } from '../support/client.ts';
import { describeWith } from '../support/services.ts';
import { scratchDatabase } from '../support/stores.ts';

test('the queue board says what it needs', async () => {
  const load = (environment: Record<string, string>) =>
    openQueueBoard(loadSettings({ environment: { PARLEY_ENV: 'test', ...environment } }));
  await expect(load({})).rejects.toThrow('REDIS_URL: set it');
  await expect(load({ REDIS_URL: 'redis://127.0.0.1:1' })).rejects.toThrow('POSTGRES_URL: set it');
});

describeWith(
  'the queue board (POSTGRES_URL, REDIS_URL)',
  Boolean(process.env['POSTGRES_URL'] && process.env['REDIS_URL']),
  'set POSTGRES_URL and REDIS_URL: scripts/services/services up postgres redis',
  () => {
    let database: Awaited<ReturnType<typeof scratchDatabase>>;
    let app: TestApp;
    let board: Awaited<ReturnType<typeof openQueueBoard>>;
    let userKey: string;

    beforeAll(async () => {
      database = await scratchDatabase(process.env['POSTGRES_URL'] ?? '');
      const shared = { POSTGRES_URL: database.url, REDIS_URL: process.env['REDIS_URL'] ?? '' };
      app = await startApp(shared);
      const made = 'mutation { createApiKey(input: { name: "k", subject: "k" }) { secret } }';
      userKey = (await client(app.url, OPERATOR_KEY).request(made)).data.createApiKey.secret;
      board = await openQueueBoard(
        loadSettings({
          environment: { PARLEY_ENV: 'test', QUEUE_BOARD_PORT: '0', DATA_DIR: app.dataDirectory, ...shared },
        }),
      );
    });
    afterAll(async () => {
      await board.stop();
      await app.remove();
      await database.drop();
    });

    const basic = (key: string) => ({ authorization: `Basic ${Buffer.from(`me:${key}`).toString('base64')}` });

    test('only an operator sees it, by a browser’s password or a bearer token', async () => {
      for (const headers of [{}, basic(userKey), basic('wrong'), { authorization: 'Basic x' }])
        for (const path of ['/', '/api/queues', '/static/nothing.js'])
          expect((await fetch(board.url + path, { headers })).status).toBe(401);
      const page = await fetch(board.url, { headers: basic(OPERATOR_KEY) });
      expect([page.status, page.headers.get('x-frame-options')]).toEqual([200, 'DENY']);
      expect(await page.text()).toContain('<html');
      const queues = await fetch(`${board.url}/api/queues`, { headers: { authorization: `Bearer ${OPERATOR_KEY}` } });
      expect(await queues.json()).toMatchObject({ queues: [{ name: 'ingest' }] });
    });

    test.each([
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { origin: 'https://elsewhere.example' }, // what a browser sends to a board that is not on its machine, without https
      { origin: 'null' },
    ])('another site’s page changes nothing with an operator’s password: %j', async (said) => {
      const headers = new Headers({ ...basic(OPERATOR_KEY), ...said });
      expect((await fetch(`${board.url}/api/queues/ingest/pause`, { method: 'PUT', headers })).status).toBe(403);
    });

    test('its own page may, also where a browser names the origin alone', async () => {
      const headers = new Headers({ ...basic(OPERATOR_KEY), origin: board.url });
      for (const change of ['pause', 'resume'])
        expect((await fetch(`${board.url}/api/queues/ingest/${change}`, { method: 'PUT', headers })).status).toBe(200);
    });

    test('it listens on loopback unless it is told otherwise', () => {
      expect(new URL(board.url).hostname).toBe('127.0.0.1');
    });
  },
);
