/** `npm run kpi` over a running server and over its store: the same five figures, null where nothing was measured. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sinceOf } from '../../scripts/kpi/since.ts';
import { OPERATOR_KEY, startApp, type TestApp } from '../support/app.ts';
import { client } from '../support/client.ts';
import { freshDataDirectory } from '../support/data.ts';

// Processes start, and what they send is waited for.
const NAMES = ['response_time_p95_ms', 'quality', 'satisfaction', 'availability', 'error_rate'];

let app: TestApp;
beforeAll(async () => {
  app = await startApp({ ENABLE_QUALITY_EVALUATION: 'true' });
});
afterAll(() => app.remove());

interface Ran {
  readonly code: number;
  readonly output: string;
  readonly error: string;
}
function kpi(environment: Readonly<Record<string, string>>, ...given: string[]): Promise<Ran> {
  const env = { PATH: process.env['PATH'], PARLEY_ENV: 'test', ...environment };
  return new Promise((resolve) =>
    execFile(process.execPath, ['scripts/kpi.ts', ...given], { env }, (failure, output, error) =>
      resolve({ code: failure ? 1 : 0, output, error }),
    ),
  );
}
const asked = () => ({ PARLEY_URL: app.url, PARLEY_KEY: OPERATOR_KEY });

test('where nothing was measured the figures are null', async () => {
  const kpis = JSON.parse((await kpi(asked(), '--json')).output);
  expect(kpis.map(({ name }: { name: string }) => name)).toEqual(NAMES);
  for (const { value, target, met } of kpis) expect([value, met, typeof target]).toEqual([null, null, 'number']);
});

test('a running server and its store tell the same, and the store is not opened under the server', async () => {
  const chat =
    'subscription { chat(input: { content: "Hello" }) { __typename ... on GenerationCompleted { message { id } } } }';
  let id = '';
  for await (const { data } of client(app.url, OPERATOR_KEY).ws(chat)) id = data.chat.message?.id ?? id;
  await client(app.url, OPERATOR_KEY).request(
    'mutation($id: ID!) { rateMessage(input: { messageId: $id, rating: UP }) { rating } }',
    { id },
  );
  const fromServer = JSON.parse((await kpi(asked(), '--json', '--since', '1h')).output);
  expect(fromServer[0].value).toBeGreaterThan(0);
  expect(fromServer.slice(2)).toEqual([
    { name: 'satisfaction', value: 1, target: 0.85, met: true },
    { name: 'availability', value: 1, target: 0.999, met: true },
    { name: 'error_rate', value: 0, target: 0.01, met: true },
  ]);
  const locked = await kpi({ DATA_DIR: app.dataDirectory });
  expect(locked).toMatchObject({ code: 1, error: expect.stringContaining('PARLEY_URL') });
  await app.stop();
  const { output } = await kpi({ DATA_DIR: app.dataDirectory }, '--json', '--since', '1h');
  expect(JSON.parse(output)).toEqual(fromServer);
  expect((await kpi({ DATA_DIR: app.dataDirectory })).output).toMatch(/availability +1 +target +0.999 +met/);
});

test('a window is 30m, 12h, 7d, 4w or a date in the past; anything else is told with these forms', async () => {
  const now = new Date('2026-11-28T12:00:00Z');
  expect(sinceOf('30m', now).toISOString()).toBe('2026-11-28T11:30:00.000Z');
  expect(sinceOf('7d', now).toISOString()).toBe('2026-11-21T12:00:00.000Z');
  expect(sinceOf('2026-11-01', now).toISOString()).toBe('2026-11-01T00:00:00.000Z');
  for (const wrong of [
    '7',
    '-1d',
    'soon',
    '2030-01-01',
    '',
    '999999w',
    '2026-02-30',
    '2026-02-30T10:00:00Z',
    '0001-01-01',
  ])
    expect(() => sinceOf(wrong, now), wrong).toThrow('30m, 12h');
  const data = freshDataDirectory();
  expect(await kpi({ DATA_DIR: data.path }, '--since', 'soon')).toMatchObject({ code: 1 });
  data.remove();
});

test('a server that is not Parley is named', async () => {
  const server = createServer((_request, response) => response.end('<!DOCTYPE html>')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const { code, error } = await kpi({ PARLEY_URL: url });
  expect([code, error.trim()]).toEqual([1, `What answers at ${url} is not Parley (HTTP 200)`]);
  server.close();
});
