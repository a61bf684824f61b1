/** The log in Elasticsearch: found by its level in any case, with the ids that lead from it to a request and to a trace. */
import { spawn } from 'node:child_process';
import { hostname } from 'node:os';
import { afterEach, expect, test } from 'vitest';
import { OPERATOR_KEY } from '../support/app.ts';
import { client } from '../support/client.ts';
import { freshDataDirectory } from '../support/data.ts';
import { killProcesses, startProcess } from '../support/process.ts';
import { startServiceProcess } from '../support/service.ts';
import { describeWith } from '../support/services.ts';

// Processes start, and what they send is waited for.
const { ELASTICSEARCH_URL } = process.env;
const ROOT = new URL('../..', import.meta.url);
afterEach(killProcesses);

interface Line {
  readonly level: string;
  readonly msg: string;
  readonly requestId?: string;
  readonly '@timestamp': string;
}

async function found(query: string): Promise<Line[]> {
  await fetch(`${ELASTICSEARCH_URL}/parley-logs-*/_refresh`, { method: 'POST' });
  const response = await fetch(`${ELASTICSEARCH_URL}/parley-logs-*/_search?size=100&ignore_unavailable=true`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    // What Kibana makes of a line in its search bar.
    body: JSON.stringify({ query: { query_string: { query } } }),
  });
  const { hits } = (await response.json()) as { hits?: { hits: { _source: Line }[] } };
  return hits?.hits.map(({ _source }) => _source) ?? [];
}

describeWith(
  'with Elasticsearch',
  ELASTICSEARCH_URL !== undefined,
  'start it: scripts/services/services up elasticsearch, and set the line that it prints',
  () => {
    test('an internal error is found by level:ERROR in any case, and nothing of what was asked is in it', async () => {
      const data = freshDataDirectory();
      const running = await startProcess({
        DATA_DIR: data.path,
        BOOTSTRAP_API_KEY: OPERATOR_KEY,
        LOG_ELASTICSEARCH_URL: ELASTICSEARCH_URL as string,
        LOG_LEVEL: 'info',
        PARLEY_PLUGINS: new URL('../fixtures/failing-field/index.ts', import.meta.url).href,
      });
      const answer = await client(running.url, OPERATOR_KEY).request('{ fails(text: "planted-question of a person") }');
      const requestId = String(Object(answer.errors?.[0]?.extensions).requestId);
      expect(requestId).toMatch(/^[\w-]{8,}$/);
      await running.terminate();
      for (const level of ['ERROR', 'error', 'Error'])
        await expect.poll(async () => (await found(`level:${level} AND requestId:"${requestId}"`)).length).toBe(1);
      const [line] = await found(`level:ERROR AND requestId:"${requestId}"`);
      expect(line).toMatchObject({ level: 'error', msg: 'a request failed unexpectedly' });
      expect(Math.abs(Date.now() - Date.parse(line?.['@timestamp'] ?? ''))).toBeLessThan(120_000);
      for (const planted of ['planted-', 'hunter2', OPERATOR_KEY])
        expect(JSON.stringify(await found(`requestId:"${requestId}"`)) + running.output()).not.toContain(planted);
      data.remove();
    });

    test('npm run logs:ship sends lines of standard input and hands them on', async () => {
      const id = `shipped-${process.pid}-${Date.now()}`;
      const lines = [
        `{"level":"error","requestId":"${id}","msg":"one"}`,
        'no JSON',
        `{"level":"info","requestId":"${id}","msg":"two"}`,
      ];
      const child = spawn(process.execPath, ['scripts/logs-ship.ts'], {
        cwd: ROOT,
        env: { PATH: process.env['PATH'], PARLEY_ENV: 'test', LOG_ELASTICSEARCH_URL: ELASTICSEARCH_URL },
        stdio: ['pipe', 'pipe', 'inherit'],
      });
      let output = '';
      child.stdout.on('data', (chunk) => {
        output += chunk;
      });
      child.stdin.end(`${lines.join('\n')}\n`);
      const code = await new Promise((resolve) => child.on('exit', resolve));
      expect(code).toBe(0);
      expect(output.trim().split('\n')).toEqual(lines);
      await expect.poll(async () => (await found(`requestId:"${id}"`)).length).toBe(2);
      expect((await found(`level:ERROR AND requestId:"${id}"`)).map(({ msg }) => msg)).toEqual(['one']);
    });
  },
);

test('a plugin that fails with what was asked and answered is named in the log, without either', async () => {
  const data = freshDataDirectory();
  const running = await startProcess({
    DATA_DIR: data.path,
    BOOTSTRAP_API_KEY: OPERATOR_KEY,
    LOG_LEVEL: 'info',
    PARLEY_PLUGINS: new URL('../fixtures/failing-field/index.ts', import.meta.url).href,
  });
  const chat = 'subscription { chat(input: { content: "planted-question of a person" }) { __typename } }';
  for await (const _ of client(running.url, OPERATOR_KEY).ws(chat));
  await expect.poll(() => running.output()).toContain('failed in remember');
  await running.terminate();
  const line = running
    .output()
    .split('\n')
    .find((each) => each.includes('failed in remember'));
  expect(JSON.parse(line ?? '{}')).toMatchObject({
    level: 'warn',
    ...{ service: 'parley', instance: hostname() },
    source: 'plugin failing-field',
    generationId: expect.any(String),
    err: { message: 'cannot keep … with …' },
  });
  expect(running.output()).not.toContain('planted-');
  data.remove();
});

test('an Elasticsearch that is away costs no answer, and is reported once on standard output', async () => {
  const data = freshDataDirectory();
  const running = await startProcess({
    DATA_DIR: data.path,
    BOOTSTRAP_API_KEY: OPERATOR_KEY,
    LOG_ELASTICSEARCH_URL: 'http://127.0.0.1:1',
    LOG_LEVEL: 'info',
  });
  await expect.poll(() => running.output()).toContain('the template of the log could not be stored');
  const { data: answered } = await client(running.url, OPERATOR_KEY).request('{ platform { version } }');
  expect(answered.platform.version).toMatch(/^\d/);
  expect(await running.terminate()).toBe(0);
  expect(running.output().match(/template of the log/g)).toHaveLength(1);
  data.remove();
});

test('a plugin that runs as a service ships its log too, and names itself in each line', async () => {
  const data = freshDataDirectory();
  const settings = { DATA_DIR: data.path, LOG_ELASTICSEARCH_URL: 'http://127.0.0.1:1', OTEL_SERVICE_NAME: 'intents' };
  const service = await startServiceProcess('intent-tracker', settings);
  const told = () =>
    service
      .output()
      .split('\n')
      .find((line) => line.includes('template of the log'));
  await expect.poll(told).toBeDefined();
  expect(JSON.parse(told() ?? '{}')).toMatchObject({ level: 'warn', service: 'intents', instance: hostname() });
  await service.terminate();
  data.remove();
});
