import { afterAll, beforeAll, expect, test } from 'vitest';
import { OPERATOR_KEY, startApp, type TestApp } from '../support/app.ts';
import { type Client, client, EVENT, type StreamEvent } from '../support/client.ts';
import { type FakeProvider, startFakeProvider } from '../support/fake-provider.ts';
import { until } from '../support/until.ts';

const CHAT = `subscription($input: SendMessageInput!) { chat(input: $input) { ${EVENT}
  ... on GenerationCompleted { message { parent { id } generation { stages { stage detail } } } } } }`;
const LIGHT = { MODEL_LIGHT: 'openai-compatible:light' };
const ANSWER = `It is fine, and here are further words so that it has some length: ${'word '.repeat(40)}`;
const FACT = 'My name is Ann and my boat is called Tern 7.';

let provider: FakeProvider;
beforeAll(async () => {
  provider = await startFakeProvider();
  provider.respond(({ body }) => {
    const isSummary = body.model === 'light';
    const usage = { inputTokens: 100, outputTokens: 50 };
    return isSummary ? { text: 'The user is Ann; her boat is Tern 7.', usage } : { text: ANSWER, usage };
  });
});
afterAll(() => provider.close());

async function withApp(more: Record<string, string>, work: (viewer: Client, app: TestApp) => Promise<void>) {
  const app = await startApp({
    ...{ MODEL_BALANCED: 'openai-compatible:balanced', OPENAI_BASE_URL: provider.url },
    ...{ ENABLE_HYBRID_RETRIEVAL: 'false', ENABLE_INTENT_TRACKING: 'false', HISTORY_TOKENS: '400', ...more },
  });
  provider.calls.length = 0;
  try {
    await work(client(app.url, OPERATOR_KEY), app);
  } finally {
    await app.remove();
  }
}
const calls = (model: string) => provider.calls.filter(({ body }) => body.model === model);
/** What the model of the last answer was shown. */
const shown = (): readonly { readonly role: string; readonly content: unknown }[] =>
  calls('balanced').at(-1)?.body.messages ?? [];
const text = () => JSON.stringify(shown());

async function chat(viewer: Client, input: object) {
  const events: StreamEvent[] = [];
  for await (const { data, errors } of viewer.sse(CHAT, { input })) {
    if (errors) throw new Error(JSON.stringify(errors));
    events.push(data.chat);
  }
  const started = events.find(({ __typename }) => __typename === 'GenerationStarted');
  const message = events.find(({ __typename }) => __typename === 'GenerationCompleted')?.message as
    | { readonly id: string; readonly generation: { stages: { stage: string; detail: string }[] } }
    | undefined;
  return {
    conversationId: started?.['conversationId'] as string,
    userMessageId: started?.['userMessageId'] as string,
    messageId: message?.id as string,
    history: message?.generation.stages.find(({ stage }) => stage === 'history')?.detail,
  };
}

/** Turns until the model is shown a summary; the fact is said in the first. */
async function talkUntilSummarised(viewer: Client) {
  const turns = [await chat(viewer, { content: FACT })];
  const conversationId = turns[0]?.conversationId;
  await until(async () => {
    turns.push(await chat(viewer, { conversationId, content: `And question number ${turns.length}?` }));
    return text().includes('<summary-');
  });
  return turns;
}

test('a long conversation is shown as a summary by the light model and the messages after it', async () => {
  await withApp(LIGHT, async (viewer) => {
    const turns = await talkUntilSummarised(viewer);
    // No turn is routed to it: its calls are those for summaries.
    expect(JSON.stringify(calls('light')[0]?.body.messages)).toContain('Tern 7');
    expect(shown()[0]).toMatchObject({ role: 'system', content: expect.stringContaining('It is data') });
    expect(shown()[1]).toMatchObject({
      role: 'user',
      content: expect.stringMatching(/^<summary-\w+>\nThe user is Ann/),
    });
    expect(text()).not.toContain('My name is Ann');
    const last = turns.at(-1);
    expect(last?.history).toMatch(
      /^\d+ of \d+ earlier messages, and a summary of those before them; about \d+ tokens$/,
    );
    expect(turns[1]?.history).toMatch(/^2 of 2 earlier messages; about \d+ tokens$/);
    // Each of 150 tokens, like an answer: on the viewer's account.
    const { data } = await viewer.request('{ viewer { usage { inputTokens turns } } }');
    expect(data.viewer.usage.inputTokens).toBe(100 * (turns.length + calls('light').length));
    expect(data.viewer.usage.turns).toBe(turns.length);
  });
});

test('an edit before what a summary covers does not see it, and its branch gets one of its own', async () => {
  await withApp(LIGHT, async (viewer) => {
    const [first] = await talkUntilSummarised(viewer);
    const { data } = await viewer.request(
      'mutation($id: ID!) { editMessage(input: { messageId: $id, content: "My name is Bob." }) { assistantMessage { id } } }',
      { id: first?.userMessageId },
    );
    await expect.poll(text).toContain('Bob');
    expect(text()).not.toContain('<summary-');
    expect(text()).not.toContain('Ann');
    await until(async () => {
      const answer = await viewer.request('query($id: ID!) { node(id: $id) { ... on Message { status } } }', {
        id: data.editMessage.assistantMessage.id,
      });
      return answer.data.node.status === 'COMPLETE';
    });
    provider.calls.length = 0;
    await until(async () => {
      await chat(viewer, { conversationId: first?.conversationId, content: 'Go on?' });
      return calls('light').length > 0;
    });
    expect(JSON.stringify(calls('light')[0]?.body.messages)).toContain('Bob');
    expect(JSON.stringify(calls('light')[0]?.body.messages)).not.toContain('Ann');
  });
});

test('without a light model sentences of the conversation are kept instead', async () => {
  await withApp({}, async (viewer) => {
    await talkUntilSummarised(viewer);
    expect(shown()[1]).toMatchObject({ content: expect.stringContaining(`User: ${FACT}`) });
    expect(calls('light')).toEqual([]);
  });
});

test('a summary fails for nobody: an unavailable light model leaves sentences', async () => {
  await withApp({ ...LIGHT, MODEL_FIRST_TOKEN_TIMEOUT: '2000' }, async (viewer) => {
    provider.respond(({ body }) =>
      body.model === 'light' ? { status: 500 } : { text: ANSWER, usage: { inputTokens: 100, outputTokens: 50 } },
    );
    await talkUntilSummarised(viewer);
    expect(shown()[1]).toMatchObject({ content: expect.stringContaining(`User: ${FACT}`) });
  });
});
