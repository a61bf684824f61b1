import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { buildRequest } from '#core/turn/prompt.ts';
import type { Turn } from '#core/turn.ts';
import { never, request, run } from '../../../../test/support/models.ts';
import { openAiCompatibleModel } from './index.ts';

const chunk = (content: string) => `data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\n\n`;
const END = `data: ${JSON.stringify({ choices: [{ delta: {}, finish_reason: 'stop' }] })}\n\ndata: [DONE]\n\n`;

async function providerThat(
  answer: (response: ServerResponse, call: number) => unknown,
  { status = 200, type = 'text/event-stream' } = {},
) {
  let calls = 0;
  const server = createServer((incoming, response) => {
    calls += 1;
    incoming.resume();
    response.writeHead(status, { 'content-type': type });
    answer(response, calls);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const model = openAiCompatibleModel('openai-compatible:test', 'test', {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/`,
    apiKey: undefined,
    firstTokenTimeoutMs: 5_000,
    tokenTimeoutMs: 5_000,
  });
  const close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { server, model, close, calls: () => calls };
}

test('a connection that the provider closes while it is taken for a call costs no answer', async () => {
  const { server, model, close, calls } = await providerThat((response) => response.end(`${chunk('Hi')}${END}`));
  expect((await run(model)).text).toBe('Hi');
  // The next request over the connection meets its end.
  server.once('request', (_incoming, response) => response.socket?.destroy());
  server.prependOnceListener('request', (incoming) => incoming.socket.resetAndDestroy());
  expect(await run(model)).toMatchObject({ text: 'Hi', error: undefined });
  expect(calls()).toBeGreaterThanOrEqual(2);
  await close();
});

test.each([
  ['begins with a byte order mark', `\ufeff${chunk('Hi')}${END}`],
  ['has other choices between', `data: {"choices":[{"index":1,"delta":{"content":"No"}}]}\n\n${chunk('Hi')}${END}`],
  ['has events that are no objects', `data: null\n\ndata: "x"\n\n${chunk('Hi')}${END}`],
])('an answer is read that %s', async (_what, body) => {
  const { model, close } = await providerThat((response) => response.end(body));
  expect(await run(model)).toMatchObject({ text: 'Hi', error: undefined });
  await close();
});

test.each([
  ['an answer', { choices: [{ message: { content: 'Hi' }, finish_reason: 'stop' }] }, { text: 'Hi', error: undefined }],
  [
    'an error',
    { error: { message: 'too long', code: 'context_length_exceeded' } },
    { text: '', error: { code: 'PAYLOAD_TOO_LARGE' } },
  ],
  ['nothing', {}, { text: '', error: { code: 'MODEL_FAILED' } }],
])('JSON in place of events is read as %s', async (_what, body, expected) => {
  const { server, model, close } = await providerThat(() => undefined);
  server.removeAllListeners('request').on('request', (_incoming, response) => {
    response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body));
  });
  expect(await run(model)).toMatchObject(expected);
  await close();
});

test('a provider is read no further than a slow reader needs it', async () => {
  let written = 0;
  const piece = chunk('x'.repeat(60_000));
  const { model, close } = await providerThat(async (response) => {
    for (let index = 0; index < 400 && !response.destroyed; index += 1) {
      written += piece.length;
      if (!response.write(piece)) await once(response, 'drain').catch(() => undefined);
    }
    response.end(END);
  });
  const parts = model.stream(request, never())[Symbol.asyncIterator]();
  await parts.next();
  await sleep(300);
  // The buffers of the sockets, and the text that waits for the reader.
  expect(written).toBeLessThan(16_000_000);
  let length = 60_000;
  for (let part = await parts.next(); !part.done; part = await parts.next())
    if (part.value.type === 'text-delta') length += part.value.text.length;
  expect(length).toBe(400 * 60_000);
  await close();
});

interface Said {
  readonly role: string;
  readonly content: string;
}

/** A server whose chat template raises an error where it is given other roles than it takes. */
async function strictProvider(problemOf: (messages: readonly Said[]) => string | null, status: number) {
  const calls: (readonly Said[])[] = [];
  const server = createServer(async (incoming, response) => {
    const chunks: Buffer[] = [];
    for await (const piece of incoming) chunks.push(piece as Buffer);
    const { messages } = JSON.parse(Buffer.concat(chunks).toString()) as { messages: readonly Said[] };
    calls.push(messages);
    const message = problemOf(messages);
    if (message !== null) response.writeHead(status).end(JSON.stringify({ error: { message } }));
    else response.writeHead(200, { 'content-type': 'text/event-stream' }).end(`${chunk('Hi')}${END}`);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const model = openAiCompatibleModel('openai-compatible:test', 'test', {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/`,
    ...{ apiKey: undefined, firstTokenTimeoutMs: 5_000, tokenTimeoutMs: 5_000 },
  });
  return { model, calls, close: () => new Promise((resolve) => server.close(resolve)) };
}

const alternates = (messages: readonly Said[]) =>
  messages.every(({ role }, place) => role === (place % 2 === 0 ? 'user' : 'assistant'));
const turn = {
  ...{ systemPrompt: 'Be brief.', content: 'How tall is it?', query: 'How tall?', revision: null },
  history: [{ role: 'USER', content: 'Hi' }],
  passages: [{ documentTitle: 'Towers', heading: null, text: 'The tower is 330 m tall.' }],
} as unknown as Turn;
const grounded = buildRequest(turn, { messages: turn.history, summary: null, tokens: 0 });

test('a template that demands alternating roles takes passages and question', async () => {
  const mistral =
    'After the optional system message, conversation roles must alternate user/assistant/user/assistant/...';
  const { model, calls, close } = await strictProvider(
    (messages) => (alternates(messages.slice(1)) ? null : mistral),
    400,
  );
  expect(await run(model, never(), grounded)).toMatchObject({ text: 'Hi', error: undefined });
  expect(calls).toHaveLength(1);
  await close();
});

test.each([
  ['Gemma on vLLM', 400, 'System role not supported'],
  ['Mistral 7B on vLLM', 400, 'Conversation roles must alternate user/assistant/user/assistant/...'],
  ['llama.cpp', 500, 'Only user and assistant roles are supported!'],
])(
  'a template without system messages gets what one says as the user’s first message: %s',
  async (_name, status, problem) => {
    const { model, calls, close } = await strictProvider((messages) => (alternates(messages) ? null : problem), status);
    for (let time = 0; time < 2; time += 1)
      expect(await run(model, never(), grounded)).toMatchObject({ text: 'Hi', error: undefined });
    expect(calls).toHaveLength(3); // the second answer needed no try
    const said = calls.at(-1) ?? [];
    expect(said[0]?.content).toMatch(/^Be brief\./);
    // Passages stay in a message of their own.
    expect(said.filter(({ content }) => content.includes('330 m'))).toHaveLength(1);
    expect(said.find(({ content }) => content.includes('330 m'))?.content).toMatch(/^<documents-/);
    await close();
  },
);

test('what came together is one delta, reasoning and answer apart', async () => {
  const reasoning = `data: ${JSON.stringify({ choices: [{ delta: { reasoning: 'Hm' } }] })}\n\n`;
  const body = `${reasoning}${reasoning}${chunk('a')}${chunk('b')}${chunk('c')}${END}`;
  const { model, close } = await providerThat((response) => response.end(body));
  const parts = await Array.fromAsync(model.stream(request, never()));
  expect(parts.slice(0, -1)).toEqual([
    { type: 'reasoning-delta', text: 'HmHm' },
    { type: 'text-delta', text: 'abc' },
  ]);
  await close();
});

test('another refusal is no reason to leave the system message out', async () => {
  const { model, calls, close } = await strictProvider(() => 'nothing like it', 400);
  expect((await run(model, never(), grounded)).error).toMatchObject({ code: 'MODEL_FAILED' });
  expect(calls).toHaveLength(1);
  await close();
});

test('an address that is none, or of another scheme, is MODEL_UNAVAILABLE', async () => {
  for (const baseUrl of ['', 'nonsense', 'file:///etc'])
    expect(
      (
        await run(
          openAiCompatibleModel('openai-compatible:test', 'test', {
            baseUrl,
            apiKey: undefined,
            firstTokenTimeoutMs: 1_000,
            tokenTimeoutMs: 1_000,
          }),
        )
      ).error,
    ).toMatchObject({ code: 'MODEL_UNAVAILABLE' });
});

test.each([
  [{ status: 401 }, 'refused: HTTP 401; is its API key right?'],
  [{ status: 404 }, 'refused: HTTP 404; is the name of the model right, and its address?'],
  [{ type: 'text/html; charset=utf-8' }, 'has a web page at its address; does the address end in /v1?'],
])('a provider that is set up wrongly says what to look at: %j', async (response, remedy) => {
  const { model, close } = await providerThat((to) => to.end('<!doctype html><p>Welcome'), response);
  expect((await run(model)).error).toMatchObject({
    code: 'MODEL_UNAVAILABLE',
    message: `openai-compatible:test ${remedy}`,
  });
  await close();
});

test('a provider that is not there says what to look at', async () => {
  const { model, close } = await providerThat(() => undefined);
  await close();
  expect((await run(model)).error).toMatchObject({
    message: 'openai-compatible:test cannot be reached; is its server up, and its address right?',
  });
});

test('a stream that its server calls text/html is read all the same', async () => {
  const { model, close } = await providerThat((to) => to.end(`${chunk('Hi')}${END}`), { type: 'text/html' });
  expect(await run(model)).toMatchObject({ text: 'Hi', error: undefined });
  await close();
});
