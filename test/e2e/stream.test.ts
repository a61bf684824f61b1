import { EventSource } from 'eventsource';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OPERATOR_KEY, startApp, type TestApp } from '../support/app.ts';
import { type Answer, applied, ask, type Client, client, EVENT, FOLLOW, type StreamEvent } from '../support/client.ts';
import { type FakeProvider, startFakeProvider } from '../support/fake-provider.ts';

let provider: FakeProvider;
let app: TestApp;
let viewer: Client;
const TEXT = Array.from({ length: 120 }, (_, index) => `词${index} 😀 word `).join('');

beforeAll(async () => {
  provider = await startFakeProvider();
  provider.respond(() => ({ text: TEXT, chunkSize: 5, delayMs: 1 }));
  app = await startApp({ MODEL_BALANCED: 'openai-compatible:test', OPENAI_BASE_URL: provider.url });
  viewer = client(app.url, OPERATOR_KEY);
});
afterAll(async () => {
  await app.remove();
  await provider.close();
});

const SEND =
  'mutation($input: SendMessageInput!) { sendMessage(input: $input) { generation { id } assistantMessage { id } } }';

describe.each(['sse', 'ws'] as const)('a client over %s', (transport) => {
  test('that is cut at random and resumes with its last cursor holds exactly the stored content', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { data } = await viewer.request(SEND, { input: { content: 'Go on' } });
      const { generation, assistantMessage } = data.sendMessage;
      const seen = new Set<string>();
      let held = '';
      let cursor: string | null = null;
      let cuts = 0;
      for (let ended = false; !ended; cuts += 1) {
        const cut = new AbortController();
        let left = 1 + Math.floor(Math.random() * 30);
        try {
          for await (const result of viewer[transport](FOLLOW, { id: generation.id, after: cursor }, cut.signal)) {
            const event: StreamEvent = result.data.generation;
            expect(seen.has(event.cursor)).toBe(false);
            seen.add(event.cursor);
            held = applied(held, event);
            cursor = event.cursor;
            ended = event.__typename === 'GenerationCompleted';
            left -= 1;
            if (left === 0 && !ended) cut.abort();
          }
        } catch (error) {
          if (!cut.signal.aborted) throw error;
        }
      }
      const stored = await viewer.request('query($id: ID!) { node(id: $id) { ... on Message { content status } } }', {
        id: assistantMessage.id,
      });
      expect(stored.data.node).toEqual({ content: TEXT, status: 'COMPLETE' });
      expect(held).toBe(TEXT);
      expect(cuts).toBeGreaterThan(0);
    }
  });

  test('meets a typed error for a generation that is not there', async () => {
    const results: Answer[] = [];
    for await (const result of viewer[transport](FOLLOW, { id: 'R2VuZXJhdGlvbjp4' })) results.push(result);
    expect(results[0]?.errors?.[0]?.extensions.code).toBe('NOT_FOUND');
  });
});

test('a plain EventSource is cut by the server’s end of the line, and resumes with its last cursor', async () => {
  const open = await startApp({
    PARLEY_ENV: 'development',
    MODEL_BALANCED: 'openai-compatible:test',
    OPENAI_BASE_URL: provider.url,
  });
  const { data } = await client(open.url).request(SEND, { input: { content: 'Go on' } });
  const { id } = data.sendMessage.generation;
  let held = '';
  let cursor: string | null = null;
  for (let ended = false; !ended; ) {
    const query = `subscription { generation(id: "${id}"${cursor ? `, after: "${cursor}"` : ''}) { ${EVENT} } }`;
    const source = new EventSource(`${open.url}/graphql?query=${encodeURIComponent(query)}`);
    let left = 20;
    await new Promise<void>((resolve) => {
      source.addEventListener('next', ({ data: text }) => {
        if (left <= 0) return;
        const event: StreamEvent = JSON.parse(text).data.generation;
        held = applied(held, event);
        cursor = event.cursor;
        ended = event.__typename === 'GenerationCompleted';
        left -= 1;
        if (left === 0 || ended) resolve();
      });
      source.addEventListener('complete', () => resolve());
    });
    source.close();
  }
  expect(held).toBe(TEXT);
  await open.remove();
});

test('chat sends and streams in one, and its deltas join to the message', async () => {
  const { text, events, last } = await ask(viewer, { content: 'Hello' });
  expect(text).toBe(TEXT);
  expect(events[0]?.__typename).toBe('GenerationStarted');
  expect(last).toMatchObject({ __typename: 'GenerationCompleted', message: { content: TEXT, status: 'COMPLETE' } });
});

test('a cancelled generation ends with what there was', async () => {
  const events: StreamEvent[] = [];
  for await (const { data } of viewer.sse(`subscription { chat(input: { content: "stop me" }) { ${EVENT} } }`)) {
    events.push(data.chat);
    if (events.length === 10) {
      const { data: cancelled } = await viewer.request('mutation($id: ID!) { cancelGeneration(id: $id) { status } }', {
        id: data.chat.generationId,
      });
      expect(cancelled.cancelGeneration.status).toBe('CANCELLED');
    }
  }
  const text = events.reduce(applied, '');
  expect(events.at(-1)).toMatchObject({ __typename: 'GenerationCancelled', message: { content: text } });
  expect(text.length).toBeLessThan(TEXT.length);
});

test('the same clientMutationId, however often and however at once, makes one message', async () => {
  const calls = provider.calls.length;
  const input = { content: 'once', clientMutationId: 'only-once' };
  const answers = await Promise.all(Array.from({ length: 10 }, () => viewer.request(SEND, { input })));
  expect(new Set(answers.map(({ data }) => data.sendMessage.generation.id)).size).toBe(1);
  for (const other of [
    { content: 'another text' },
    { documentIds: [] },
    { parentId: answers[0]?.data.sendMessage.assistantMessage.id },
  ]) {
    const { errors } = await viewer.request(SEND, { input: { ...input, ...other } });
    expect(errors?.[0]?.extensions.code).toBe('documentIds' in other ? undefined : 'CONFLICT');
  }
  expect(provider.calls.length).toBe(calls + 1);
});

test('editing makes a branch, regenerating another answer, and both keep what was', async () => {
  const { events } = await ask(viewer, { content: 'first question' });
  const { conversationId, userMessageId, assistantMessageId } = events[0] as StreamEvent;
  const edited = await viewer.request(
    'mutation($id: ID!) { editMessage(input: { messageId: $id, content: "second question" }) { generation { id } userMessage { id siblings { content } } } }',
    { id: userMessageId },
  );
  expect(edited.data.editMessage.userMessage.siblings.map((message: { content: string }) => message.content)).toEqual([
    'first question',
    'second question',
  ]);
  const active =
    'query($id: ID!) { conversation(id: $id) { messages(first: 10) { edges { node { content role } } pageInfo { hasNextPage hasPreviousPage } } } }';
  const contents = async () =>
    (await viewer.request(active, { id: conversationId })).data.conversation.messages.edges.map(
      (edge: { node: { content: string } }) => edge.node.content,
    );
  expect((await contents())[0]).toBe('second question');
  const again = await viewer.request(
    'mutation($id: ID!) { regenerateMessage(input: { messageId: $id }) { assistantMessage { siblings { id } } } }',
    { id: assistantMessageId },
  );
  expect(again.data.regenerateMessage.assistantMessage.siblings).toHaveLength(2);
  expect((await contents())[0]).toBe('first question');
});

test('a conversation emits messages that start and end', async () => {
  const { data } = await viewer.request('mutation { createConversation(input: { title: "Events" }) { id } }');
  const { id } = data.createConversation;
  const seen: string[] = [];
  const rename = 'mutation($id: ID!) { renameConversation(id: $id, title: "Renamed") { id } }';
  let isHeard = false;
  const renamed = async () => {
    await viewer.request(rename, { id });
    return isHeard;
  };
  const sent = expect
    .poll(renamed)
    .toBe(true)
    .then(() => viewer.request(SEND, { input: { conversationId: id, content: 'Hi' } }));
  for await (const result of viewer.ws(
    'subscription($id: ID!) { conversation(id: $id) { __typename ... on MessageFinished { message { status } } } }',
    { id },
  )) {
    isHeard = true;
    if (result.data.conversation.__typename === 'ConversationRenamed') continue;
    seen.push(result.data.conversation.__typename);
    if (result.data.conversation.__typename === 'MessageFinished') break;
    if (seen.length > 5) break;
  }
  await sent;
  expect(seen).toEqual(['MessageAdded', 'MessageAdded', 'MessageFinished']);
});
