import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { OPERATOR_KEY } from '../support/app.ts';
import { applied, client, EVENT, FOLLOW, type StreamEvent } from '../support/client.ts';
import { freshDataDirectory } from '../support/data.ts';
import { type FakeProvider, startFakeProvider } from '../support/fake-provider.ts';
import { killProcesses, startProcess } from '../support/process.ts';
import { describeWith } from '../support/services.ts';
import { scratchDatabase } from '../support/stores.ts';

/** Number of kills; more in CI. */
const ROUNDS = Number(process.env['CHAOS_ROUNDS'] ?? 4);
const TEXT = Array.from({ length: 300 }, (_, index) => `word${index} 词😀 `).join('');

let provider: FakeProvider;
beforeAll(async () => {
  provider = await startFakeProvider();
  provider.respond(() => ({ text: TEXT, chunkSize: 6, delayMs: 4 }));
});
afterEach(killProcesses);
afterAll(() => provider.close());

test('what a reasoning model thought before a kill is kept', async () => {
  const data = freshDataDirectory();
  const settings = {
    ...{ BOOTSTRAP_API_KEY: OPERATOR_KEY, DATA_DIR: data.path },
    ...{ MODEL_BALANCED: 'openai-compatible:slow', OPENAI_BASE_URL: provider.url },
  };
  provider.reply({ text: `<think>${TEXT}`, chunkSize: 6, delayMs: 4 });
  const before = await startProcess(settings);
  const { data: sent } = await client(before.url, OPERATOR_KEY).request(
    'mutation { sendMessage(input: { content: "Think" }) { assistantMessage { id } } }',
  );
  const read = 'query($id: ID!) { node(id: $id) { ... on Message { status reasoning content } } }';
  const messageOf = async (url: string) =>
    (await client(url, OPERATOR_KEY).request(read, { id: sent.sendMessage.assistantMessage.id })).data.node;
  await expect.poll(async () => (await messageOf(before.url)).reasoning?.length ?? 0).toBeGreaterThan(100);
  const { reasoning: stored } = await messageOf(before.url);
  await before.kill();
  const after = await startProcess(settings);
  const { status, reasoning, content } = await messageOf(after.url);
  expect(['INTERRUPTED', 'STREAMING', 'COMPLETE']).toContain(status);
  expect(reasoning.startsWith(stored)).toBe(true);
  expect(content).toBe('');
  await after.kill();
  data.remove();
});

async function killInMidStream(environment: Readonly<Record<string, string>>): Promise<void> {
  const settings = {
    BOOTSTRAP_API_KEY: OPERATOR_KEY,
    MODEL_BALANCED: 'openai-compatible:slow',
    OPENAI_BASE_URL: provider.url,
    ...environment,
  };
  const acknowledged: {
    readonly userMessage: { readonly id: string; readonly content: string };
    readonly generation: { readonly id: string };
  }[] = [];
  let server = await startProcess(settings);
  for (let round = 0; round < ROUNDS; round += 1) {
    const before = client(server.url, OPERATOR_KEY);
    const content = `question ${round}`;
    const { data } = await before.request(
      'mutation($content: String!) { sendMessage(input: { content: $content }) { userMessage { id content } generation { id } } }',
      { content },
    );
    acknowledged.push(data.sendMessage);
    let held = '';
    let cursor: string | null = null;
    const reading = (async () => {
      for await (const result of before.sse(FOLLOW, {
        id: data.sendMessage.generation.id,
      })) {
        held = applied(held, result.data.generation);
        cursor = result.data.generation.cursor;
      }
    })().catch(() => undefined);
    await sleep(Math.random() * 1_500);
    await server.kill();
    await reading;

    server = await startProcess(settings);
    const after = client(server.url, OPERATOR_KEY);
    const resumed: StreamEvent[] = [];
    for await (const result of after.sse(FOLLOW, { id: data.sendMessage.generation.id, after: cursor }))
      resumed.push(result.data.generation);
    for (const { userMessage, generation } of acknowledged) {
      const found = await after.request(
        'query($message: ID!, $generation: ID!) { message: node(id: $message) { ... on Message { id content } } generation: node(id: $generation) { ... on Generation { status error { code } message { content } } } }',
        { message: userMessage.id, generation: generation.id },
      );
      expect(found.data.message).toEqual(userMessage);
      expect(['INTERRUPTED', 'COMPLETE', 'FAILED', 'CANCELLED']).toContain(found.data.generation.status);
      expect(TEXT.startsWith(found.data.generation.message.content)).toBe(true);
    }
    const stored = await after.request(
      'query($id: ID!) { node(id: $id) { ... on Generation { status message { content } } } }',
      { id: data.sendMessage.generation.id },
    );
    expect(resumed.reduce(applied, held)).toBe(stored.data.node.message.content);
    expect(resumed.at(-1)?.__typename).toBe(
      stored.data.node.status === 'COMPLETE' ? 'GenerationCompleted' : 'GenerationFailed',
    );
    // Text is stored twice a second; on a busy machine a reader has seen more by then.
    expect(stored.data.node.message.content.length).toBeGreaterThanOrEqual(held.length - 2_000);
  }
  expect(await server.terminate()).toBe(0);
}

test('kill -9 in mid-stream on the embedded database loses no acknowledged message, and every generation ends', async () => {
  const data = freshDataDirectory();
  await killInMidStream({ DATA_DIR: data.path });
  data.remove();
}, 300_000);

describeWith(
  'PostgreSQL (POSTGRES_URL)',
  Boolean(process.env['POSTGRES_URL']),
  'set POSTGRES_URL: scripts/services/services up postgres',
  () => {
    test('kill -9 in mid-stream loses no acknowledged message, and every generation ends', async () => {
      const data = freshDataDirectory();
      const scratch = await scratchDatabase(process.env['POSTGRES_URL'] ?? '');
      await killInMidStream({ DATA_DIR: data.path, POSTGRES_URL: scratch.url });
      await scratch.drop();
      data.remove();
    }, 300_000);
  },
);

test('SIGTERM lets a running answer come to its end, and takes no new turn', async () => {
  const data = freshDataDirectory();
  const server = await startProcess({
    BOOTSTRAP_API_KEY: OPERATOR_KEY,
    MODEL_BALANCED: 'openai-compatible:slow',
    OPENAI_BASE_URL: provider.url,
    DATA_DIR: data.path,
    SHUTDOWN_TIMEOUT: '120000',
  });
  const asking = client(server.url, OPERATOR_KEY);
  const events: StreamEvent[] = [];
  let exit: Promise<number | null> | undefined;
  for await (const result of asking.sse(`subscription { chat(input: { content: "Hi" }) { ${EVENT} } }`)) {
    events.push(result.data.chat);
    if (events.length === 5) {
      exit = server.terminate();
      const late = async () =>
        (await asking.request('mutation { sendMessage(input: { content: "too late" }) { generation { id } } }'))
          .errors?.[0]?.extensions.code;
      await expect.poll(late).toBe('OVERLOADED');
    }
  }
  expect(events.at(-1)).toMatchObject({ __typename: 'GenerationCompleted', message: { content: TEXT } });
  expect(await exit).toBe(0);
  data.remove();
});
