import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import hello from '../../examples/plugin-hello/index.ts';
import { OPERATOR_KEY, startApp } from '../support/app.ts';
import { ask, client } from '../support/client.ts';

test('examples/chat.ts sends, streams, loses the connection and resumes with nothing lost', async () => {
  const app = await startApp({ ENABLE_QUALITY_EVALUATION: 'true' }); // an event comes after the last one of the answer
  const viewer = client(app.url, OPERATOR_KEY);
  await viewer.request(
    'mutation { addDocument(input: { title: "Bridge", text: "The old bridge was built in 1932 by Anna Meyer of Bern." }) { id } }',
  );
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    ['examples/chat.ts', 'When was the old bridge built?'],
    {
      timeout: 60_000,
      env: { PATH: process.env['PATH'] ?? '', PARLEY_URL: app.url, PARLEY_KEY: OPERATOR_KEY },
    },
  );
  const stored = await viewer.request(
    '{ conversations { edges { node { messages(last: 1) { edges { node { content } } } } } } }',
  );
  expect(stdout.trimEnd()).toBe(stored.data.conversations.edges[0].node.messages.edges[0].node.content);
  expect(stdout).toContain('The old bridge was built in 1932 by Anna Meyer of Bern.');
  expect(stderr).toContain('resuming after');
  expect(stderr).toContain('(Bridge)');
  await app.remove();
});

test('examples/documents.ts uploads files, shows how far they are, says why one cannot be read, and searches', async () => {
  const app = await startApp();
  const folder = mkdtempSync(join(tmpdir(), 'parley-files-'));
  const paths = ['bridge.md', '茶馆.txt', 'broken.pdf'].map((name) => join(folder, name));
  const contents = [
    '# Bridge\n\nThe old bridge was built by Anna Meyer of Bern.',
    '茶馆在老桥旁边。',
    '%PDF-1.7 and no more',
  ];
  for (const [place, path] of paths.entries()) writeFileSync(path, contents[place] as string);
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    ['examples/documents.ts', 'Who built the old bridge?', ...paths],
    { env: { PATH: process.env['PATH'] ?? '', PARLEY_URL: app.url, PARLEY_KEY: OPERATOR_KEY } },
  );
  expect(stdout).toMatch(/^Bridge: .*Anna Meyer/s);
  expect(stderr).toContain('bridge.md: INDEXED 100 %');
  expect(stderr).toContain('茶馆.txt: INDEXED 100 %');
  expect(stderr).toMatch(/broken\.pdf: FAILED .*PDF/);
  rmSync(folder, { recursive: true });
  await app.remove();
});

test('examples/plugin-hello adds a hook, a field and a setting in under 60 lines', async () => {
  expect(
    readFileSync(new URL('../../examples/plugin-hello/index.ts', import.meta.url), 'utf8').split('\n').length,
  ).toBeLessThan(60);
  const app = await startApp({
    PARLEY_PLUGINS: './examples/plugin-hello/index.ts',
    HELLO_NAME: 'Ada',
    // The built-in plugin would be asked first.
    ENABLE_INTENT_TRACKING: 'false',
  });
  const viewer = client(app.url, OPERATOR_KEY);
  expect((await viewer.request('{ hello }')).data).toEqual({ hello: 'Hello, Ada!' });
  const { events } = await ask(viewer, { content: '你好' });
  const intent = await viewer.request(
    'query($id: ID!) { node(id: $id) { ... on Message { intent { type signals } } } }',
    { id: events[0]?.['userMessageId'] },
  );
  expect(intent.data.node.intent).toEqual({ type: 'small_talk', signals: ['greeting'] });
  expect(events.map((event) => event.__typename)).toContain('IntentTracked');

  await viewer.request('mutation { setFeature(input: { name: "hello", enabled: false }) { enabled } }');
  expect((await viewer.request('{ hello }')).data).toEqual({ hello: null });
  const { events: without } = await ask(viewer, { content: '你好' });
  expect(without.map((event) => event.__typename)).not.toContain('IntentTracked');
  await app.remove();
});

test('examples/plugin-favourites remembers answers in the shared cache, and counts them in a metric', async () => {
  const app = await startApp({ PARLEY_PLUGINS: './examples/plugin-favourites/index.ts' });
  const viewer = client(app.url, OPERATOR_KEY);
  const count = async () => (await viewer.request('{ answersToday }')).data.answersToday;
  expect(await count()).toBe(0);
  await ask(viewer, { content: 'Hello' });
  await expect.poll(count).toBe(1);
  const figures = await (await fetch(`${app.url}/metrics`)).text();
  expect(figures).toContain('favourites_answers_total{origin="model"} 1');
  await app.remove();
});

test('a plugin with a wrong setting stops the start, and says what is wrong', async () => {
  await expect(startApp({ HELLO_NAME: 'x'.repeat(51) }, { plugins: [hello] })).rejects.toThrow(
    /HELLO_NAME \(plugin hello\)/,
  );
  await expect(startApp({ PARLEY_PLUGINS: './examples/no-such-plugin.ts' })).rejects.toThrow(/no-such-plugin/);
});
