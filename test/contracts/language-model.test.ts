import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import type { Behaviour } from '../support/fake-provider.ts';
import {
  expectNoSocketLeft,
  modelOf,
  never,
  REMOTE,
  request,
  run,
  SECRET,
  useFakeProvider,
} from '../support/models.ts';

const TEXT = 'Grüße aus 北京, 😀 and more.';
const provider = useFakeProvider();

describe.each([...REMOTE, 'built-in:extractive'])('%s', (name) => {
  const model = () => modelOf(provider.current, name);

  test('answers in deltas of whole characters, then reports usage and finish reason once', async () => {
    if (REMOTE.includes(name)) provider.current.reply({ text: TEXT, chunkSize: 1, delayMs: 2 });
    const parts = await Array.fromAsync(model().stream(request, never()));
    const deltas = parts.flatMap((part) => (part.type === 'text-delta' ? part.text : []));
    expect(deltas.length).toBeGreaterThan(1);
    expect(deltas.every((delta) => delta !== '' && delta.isWellFormed())).toBe(true);
    expect(parts.map(({ type }) => type)).toEqual([...deltas.map(() => 'text-delta'), 'usage', 'finish']);
  });

  test('does not start if the signal has aborted', async () => {
    const calls = provider.current.calls.length;
    const { text, error } = await run(model(), AbortSignal.abort(new Error('cancelled')));
    expect({ text, error }).toMatchObject({ text: '', error: { message: 'cancelled' } });
    expect(provider.current.calls).toHaveLength(calls);
  });

  test('a call that is aborted midway ends with the reason', async () => {
    if (REMOTE.includes(name)) provider.current.reply({ text: TEXT, stallAfter: 2 });
    const controller = new AbortController();
    const reading = async () => {
      for await (const _part of model().stream(request, controller.signal)) controller.abort(new Error('cancelled'));
    };
    await expect(reading()).rejects.toThrow('cancelled');
  });
});

describe.each(REMOTE)('%s', (name) => {
  const model = (options = {}) => modelOf(provider.current, name, options);
  afterEach(() => expect(provider.current.unexpected).toEqual([]));

  test('sends the system prompt, the messages and the key, and reports the provider’s usage', async () => {
    provider.current.reply({ text: TEXT, usage: { inputTokens: 7, outputTokens: 3 } });
    const { text, usage, error } = await run(model());
    expect({ text, usage, error }).toEqual({
      text: TEXT,
      usage: { type: 'usage', inputTokens: 7, outputTokens: 3 },
      error: undefined,
    });
    const call = provider.current.calls.at(-1);
    expect(call?.body).toMatchObject({ model: 'test', stream: true });
    expect(JSON.stringify(call?.body)).toMatch(/Be brief\..*Hi/);
    expect(call?.headers['authorization'] ?? call?.headers['x-api-key']).toContain(SECRET);
  });

  test('reports the input tokens that came from the provider’s cache', async () => {
    provider.current.reply({ text: TEXT, usage: { inputTokens: 900, outputTokens: 3, cached: 800 } });
    const { usage } = await run(model());
    expect(usage).toEqual({
      ...{ type: 'usage', inputTokens: 900, outputTokens: 3 },
      cached: { read: 800, written: 0 },
    });
  });

  test.each<[string, Behaviour]>([
    ['UTF-8 in single bytes', { splitBytes: true }],
    ['surrogates in two deltas', { splitSurrogates: true }],
    ['CRLF', { crlf: true }],
    ['CRLF in single bytes', { crlf: true, splitBytes: true }],
    ['comments', { comments: true }],
    ['reasoning, which is no text', { reasoning: 'Let me think.' }],
    ['a connection that stays open after the last event', { afterwards: 'held open' }],
    ['a connection that is reset after the last event', { afterwards: 'reset' }],
  ])('survives %s', async (_title, behaviour) => {
    provider.current.reply({ text: TEXT, ...behaviour });
    const { text, deltas, error } = await run(model({ tokenTimeoutMs: 900 }));
    expect({ text, error }).toEqual({ text: TEXT, error: undefined });
    expect(deltas.every((delta) => delta.isWellFormed())).toBe(true);
  });

  test('replaces malformed characters by U+FFFD', async () => {
    provider.current.reply({ text: 'a\0b\ud83d', chunkSize: 1 });
    expect(await run(model())).toMatchObject({ text: 'a\ufffdb\ufffd', error: undefined });
  });

  test('a reader that takes its time is no stall', async () => {
    provider.current.reply({ text: TEXT, chunkSize: 1, delayMs: 10 });
    let text = '';
    for await (const part of model({ firstTokenTimeoutMs: 10_000, tokenTimeoutMs: 600 }).stream(request, never())) {
      if (text.length === 1) await sleep(800);
      if (part.type === 'text-delta') text += part.text;
    }
    expect(text).toBe(TEXT);
  });

  test('calls one after the other share a connection', async () => {
    const isOver = async () => {
      await expect.poll(() => provider.current.openCalls()).toBe(0);
      await sleep(60); // what was written last arrives
    };
    const slow: Behaviour = { text: TEXT, chunkSize: 1, delayMs: 1, afterwards: 'closed late' };
    provider.current.reply(slow);
    await run(model());
    await isOver();
    const before = provider.current.openSockets();
    for (let call = 0; call < 5; call += 1) {
      provider.current.reply(slow);
      await run(model());
      await isOver();
    }
    // Without sharing there are five more. On a busy machine a call may find that the former connection is not free yet.
    expect(provider.current.openSockets()).toBeLessThan(before + 3);
  });

  test('an aborted call, and a reader that leaves, free the socket at once', async () => {
    const controller = new AbortController();
    provider.current.reply({ text: TEXT, stallAfter: 2, chunkSize: 1 });
    let text = '';
    const reading = async () => {
      for await (const part of model().stream(request, controller.signal)) {
        if (part.type === 'text-delta') text += part.text;
        if (text === 'Gr') setTimeout(() => controller.abort(new Error('cancelled')), 50);
      }
    };
    await expect(reading()).rejects.toThrow('cancelled');
    expect(text).toBe('Gr');
    provider.current.reply({ text: TEXT, stallAfter: 2, chunkSize: 1 });
    for await (const _part of model().stream(request, never())) break;
    await expectNoSocketLeft(provider.current);
  });
});

test.each<[string, Behaviour]>([
  ['closed', {}],
  ['reset', { afterwards: 'reset' }],
  ['held open', { afterwards: 'held open' }],
])('an answer with a reason for its end is whole without [DONE], its connection %s', async (_title, behaviour) => {
  provider.current.reply({ text: 'whole', noDone: true, ...behaviour });
  const { text, error } = await run(modelOf(provider.current, 'openai-compatible:test', { tokenTimeoutMs: 100 }));
  expect({ text, error }).toEqual({ text: 'whole', error: undefined });
});

test('an abort counts as long as the stream has not ended', async () => {
  provider.current.reply({ text: 'whole', noDone: true, afterwards: 'held open' });
  const { error } = await run(modelOf(provider.current, 'openai-compatible:test'), AbortSignal.timeout(100));
  expect(error).toMatchObject({ name: 'TimeoutError' });
});

test('reports no usage if the provider reports none', async () => {
  provider.current.reply({ text: TEXT, usage: null });
  const { text, usage } = await run(modelOf(provider.current, 'openai-compatible:test'));
  expect({ text, usage }).toEqual({ text: TEXT, usage: undefined });
});

test('openai-compatible needs no key', async () => {
  provider.current.reply({ text: TEXT });
  await run(modelOf(provider.current, 'openai-compatible:test', { openaiApiKey: undefined }));
  expect(provider.current.calls.at(-1)?.headers['authorization']).toBeUndefined();
});

test('tells OpenAI to store nothing of a conversation', async () => {
  provider.current.reply({ text: TEXT });
  await run(modelOf(provider.current, 'openai:test'));
  expect(provider.current.calls.at(-1)?.body).toMatchObject({ store: false });
});
