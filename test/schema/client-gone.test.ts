import { expect, test } from 'vitest';
import { listen } from '#core/runtime/diagnostics.ts';
import type { Parley } from '#core/services/index.ts';
import type { Viewer } from '#core/viewer.ts';
import { buildSchema, type Context, loaders } from '#schema/index.ts';
import { engine } from '../../src/server/engine.ts';

const VIEWER = { id: 'v' } as Viewer;
const conversations = Array.from({ length: 100 }, (_, index) => ({ node: { id: `${index}` }, cursor: `${index}` }));

/** A store whose pages of messages wait until the test lets them go. */
function slowPages(count: number) {
  const waiting: (() => void)[] = [];
  let started = 0;
  const message = (id: string) => ({ id: `m${id}`, conversationId: id, parentId: null, role: 'USER', citations: [] });
  const parley = {
    conversations: { list: async () => ({ edges: conversations.slice(0, count) }), getMany: async () => new Map() },
    messages: {
      following: async (_viewer: Viewer, points: readonly unknown[]) => {
        started += 1;
        return points.map(() => Array.from({ length: 100 }, (_, index) => message(`${index}`)));
      },
      list: async (_viewer: Viewer, id: string) => {
        started += 1;
        await new Promise<void>((resolve) => waiting.push(resolve));
        return { edges: [{ node: message(id), cursor: '0' }] };
      },
    },
    documents: {},
  } as unknown as Parley;
  return { parley, waiting, started: () => started };
}

async function run(parley: Parley, text: string, signal: AbortSignal, viewer = VIEWER) {
  const { prepare, execute } = engine(buildSchema([]));
  const { document, errors } = prepare(text);
  if (!document || errors.length > 0) throw new Error(String(errors));
  const context: Context = { viewer, parley, requestId: 'r', signal, loaders: loaders(parley, viewer, { signal }) };
  return execute({ document, context });
}

test('pages in pages are read a few at once, and no further when the client is gone', async () => {
  const { parley, waiting, started } = slowPages(100);
  const client = new AbortController();
  const over = run(
    parley,
    '{ conversations(first: 100) { edges { node { messages(first: 20) { edges { node { id } } } } } } }',
    client.signal,
  );
  await expect.poll(() => waiting.length).toBe(2);
  for (const go of waiting.splice(0)) go();
  await expect.poll(() => waiting.length).toBe(2);
  expect(started()).toBe(4);
  client.abort();
  for (const go of waiting.splice(0)) go();
  await over;
  expect(started()).toBe(4);
});

test('nothing below a resolver is read when the client has gone', async () => {
  const { parley, waiting, started } = slowPages(1);
  const client = new AbortController();
  const over = run(
    parley,
    '{ conversations(first: 1) { edges { node { messages(first: 1) { edges { node { siblings { siblings { id } } } } } } } } }',
    client.signal,
  );
  await expect.poll(() => waiting.length).toBe(1);
  client.abort();
  waiting[0]?.();
  await over;
  expect(started()).toBe(1);
});

test('siblings of siblings are one read for each level', async () => {
  const { parley, waiting, started } = slowPages(1);
  const over = run(
    parley,
    '{ conversations(first: 1) { edges { node { messages(first: 1) { edges { node { siblings { children { id } } } } } } } } }',
    new AbortController().signal,
  );
  await expect.poll(() => waiting.length).toBe(1);
  waiting[0]?.();
  expect((await over).errors).toBeUndefined();
  expect(started()).toBe(3);
});

test('a search ends when the client is gone', async () => {
  const client = new AbortController();
  const parley = {
    conversations: {},
    messages: {},
    documents: {
      search: (_viewer: Viewer, _query: string, _limit: number, _options: object, signal: AbortSignal) =>
        new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    },
  } as unknown as Parley;
  const over = run(parley, '{ search(query: "x") { tookMs } }', client.signal);
  const warnings: string[] = [];
  const ignore = listen('parley:warning', ({ message }) => warnings.push(message));
  client.abort();
  expect((await over).errors).toHaveLength(1);
  ignore();
  expect(warnings).toEqual([]); // leaving is no failure of the server
});

test.each([
  'conversations { edges { cursor } }',
  'documents { edges { cursor } }',
  'evaluations { edges { cursor } }',
  'evaluationSets { edges { cursor } }',
  'evaluationSummary { key }',
  'viewer { usage { turns } }',
  'viewer { apiKeys { id } }',
  'platform { version }',
  'conversation(id: "Q29udmVyc2F0aW9uOjE=") { id }',
  'document(id: "RG9jdW1lbnQ6MQ==") { id }',
  'node(id: "TWVzc2FnZTox") { id }',
])('many documents of one viewer with many a { %s } wait for each other, and nobody else for them', async (field) => {
  let reading: string[] = [];
  const read = (viewer: Viewer = VIEWER) => {
    reading.push(viewer.id);
    return new Promise<never>(() => undefined);
  };
  const reads = { list: read, getMany: read, summary: read };
  const parley = {
    ...{ conversations: reads, documents: reads, messages: reads, evaluations: reads, evaluationSets: reads },
    ...{ apiKeys: reads, usage: read, platform: () => read(), plugin: () => undefined },
  } as unknown as Parley;
  const document = `{ ${Array.from({ length: 20 }, (_, index) => `a${index}: ${field}`).join(' ')} }`;
  const { signal } = new AbortController();
  for (let time = 0; time < 5; time += 1) void run(parley, document, signal);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(reading.length).toBeGreaterThan(0);
  expect(reading.length).toBeLessThanOrEqual(2);
  reading = [];
  void run(parley, document, signal, { id: 'other' } as Viewer);
  await expect.poll(() => reading.length).toBeGreaterThan(0);
});
