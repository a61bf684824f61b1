import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { type Behaviour, startFakeProvider } from '../support/fake-provider.ts';
import { expectNoSocketLeft, modelOf, REMOTE, run, SECRET, useFakeProvider } from '../support/models.ts';

const TEXT = 'Grüße aus 北京, 😀 and more.';
const provider = useFakeProvider();
const inAnHour = () => new Date(Date.now() + 3_000_000).toUTCString();

const UNAVAILABLE: [string, Behaviour, number | undefined][] = [
  ['429 with Retry-After in seconds', { status: 429, headers: { 'retry-after': '7' } }, 7],
  ['429 with a Retry-After that cannot be read', { status: 429, headers: { 'retry-after': 'soon' } }, undefined],
  [
    '503 with a Retry-After of a day, which is not believed',
    { status: 503, headers: { 'retry-after': '86400' } },
    3600,
  ],
  ['500', { status: 500 }, undefined],
  ['401', { status: 401 }, undefined],
  ['404', { status: 404 }, undefined],
  ['503 whose body never ends', { status: 503, headers: { 'retry-after': '2' }, stalledBody: true }, 2],
  ['a redirect', { status: 307, headers: { location: 'http://127.0.0.1:1/' } }, undefined],
];

const BROKEN: [string, Behaviour, string][] = [
  ['closing early', { closeAfter: 2, chunkSize: 1 }, 'Gr'],
  ['closing before the first token', { closeAfter: 0 }, ''],
  ['no reason for the end', { noFinish: true, noDone: true, chunkSize: 100 }, TEXT],
  ['malformed JSON', { malformedAfter: 2, chunkSize: 1 }, 'Gr'],
  ['an event that tells an error', { errorAfter: 2, chunkSize: 1 }, 'Gr'],
  ['an event that tells an error before the first token', { errorAfter: 0 }, ''],
  ['an endless line', { hugeLineAfter: 2, chunkSize: 1 }, 'Gr'],
  ['an endless event of short lines', { hugeEventAfter: 2, chunkSize: 1 }, 'Gr'],
  [
    'an endless line of another media type',
    { hugeLineAfter: 2, chunkSize: 1, headers: { 'content-type': 'text/plain' } },
    'Gr',
  ],
  ['an empty answer', { text: '' }, ''],
  ['a page', { text: '', headers: { 'content-type': 'text/html' } }, ''],
];

describe.each(REMOTE)('%s', (name) => {
  const model = (options = {}) => modelOf(provider.current, name, options);
  afterEach(() => expect(provider.current.unexpected).toEqual([]));

  const expectMasked = (error: unknown) =>
    expect(String(error)).not.toMatch(new RegExp(`${SECRET}|127\\.0\\.0\\.1|api\\.openai|as prepared`));

  test.each(UNAVAILABLE)('%s is MODEL_UNAVAILABLE', async (_title, behaviour, retryAfter) => {
    provider.current.reply({ text: TEXT, ...behaviour });
    const { text, error } = await run(model());
    expect({ text, error }).toMatchObject({ text: '', error: { name: 'AppError', code: 'MODEL_UNAVAILABLE' } });
    expect((error as { retryAfter?: number }).retryAfter).toBe(retryAfter);
    expectMasked(error);
  });

  test('Retry-After may be a date', async () => {
    provider.current.reply({ status: 429, headers: { 'retry-after': inAnHour() } });
    const { retryAfter } = (await run(model())).error as { retryAfter: number };
    expect(retryAfter).toBeGreaterThan(2_900);
    expect(retryAfter).toBeLessThanOrEqual(3_000);
  });

  test.each(BROKEN)('%s is MODEL_FAILED, and the text before it is delivered', async (_title, behaviour, before) => {
    provider.current.reply({ text: TEXT, ...behaviour });
    const { text, error } = await run(model());
    expect({ text, error }).toMatchObject({ text: before, error: { name: 'AppError', code: 'MODEL_FAILED' } });
    expectMasked(error);
    await expectNoSocketLeft(provider.current);
  });

  test('an error in place of an answer is a failure of the model, and frees the socket', async () => {
    provider.current.reply({ onlyError: true, afterwards: 'held open' });
    const { text, error } = await run(model());
    expect({ text, error }).toMatchObject({ text: '', error: { code: expect.stringMatching(/^MODEL_/) } });
    expectMasked(error);
    await expectNoSocketLeft(provider.current);
  });

  test('a stall before the first token is TIMED_OUT', async () => {
    provider.current.reply({ text: TEXT, stallAfter: 0 });
    const { text, error } = await run(model({ firstTokenTimeoutMs: 60 }));
    expect({ text, error }).toMatchObject({ text: '', error: { name: 'AppError', code: 'TIMED_OUT' } });
    await expectNoSocketLeft(provider.current);
  });

  test('a stall between two tokens is TIMED_OUT', async () => {
    provider.current.reply({ text: TEXT, stallAfter: 2, chunkSize: 1 });
    const { text, error } = await run(model({ tokenTimeoutMs: 60 }));
    expect({ text, error }).toMatchObject({ text: 'Gr', error: { name: 'AppError', code: 'TIMED_OUT' } });
    await expectNoSocketLeft(provider.current);
  });

  test('the key goes to no other host, and no other host is asked', async () => {
    let asked = 0;
    const other = createServer((_request, response) => {
      asked += 1;
      response.end();
    });
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const location = `http://127.0.0.1:${(other.address() as AddressInfo).port}/`;
    for (const status of [301, 302, 303, 307, 308]) {
      provider.current.reply({ status, headers: { location } });
      expect((await run(model())).error).toMatchObject({ code: 'MODEL_UNAVAILABLE' });
    }
    expect(asked).toBe(0);
    await new Promise((resolve) => other.close(resolve));
  });
});

describe.each(REMOTE)('%s tells', (name) => {
  const model = (options = {}) => modelOf(provider.current, name, options);
  afterEach(() => expect(provider.current.unexpected).toEqual([]));

  test.each([
    ['stop', 'STOP'],
    ['length', 'LENGTH'],
    ['content_filter', 'CONTENT_FILTER'],
  ] as const)('that its answer ended with %s', async (finish, told) => {
    provider.current.reply({ text: TEXT, finish });
    expect(await run(model())).toMatchObject({ text: TEXT, finish: told, error: undefined });
  });

  test.each([
    ['length', { code: 'MODEL_FAILED', retryable: false }],
    ['content_filter', { code: 'BAD_USER_INPUT', retryable: false }],
  ] as const)('of no answer at all for the reason %s, as no fault of its own', async (finish, error) => {
    provider.current.reply({ text: '', reasoning: 'Hm.', finish });
    expect(await run(model())).toMatchObject({ text: '', error });
  });

  test.each([
    [
      { status: 400, errorCode: 'context_length_exceeded' },
      { code: 'PAYLOAD_TOO_LARGE', retryable: false },
    ],
    [
      { status: 400, errorCode: 'content_filter' },
      { code: 'BAD_USER_INPUT', retryable: false },
    ],
    [{ status: 400 }, { code: 'MODEL_FAILED', retryable: false }],
    [{ status: 413 }, { code: 'PAYLOAD_TOO_LARGE', retryable: false }],
  ])('of a refused request with %j, as no fault of the model', async (behaviour, expected) => {
    provider.current.reply(behaviour);
    const { error } = await run(model());
    expect(error).toMatchObject(expected);
    expect(String(error)).not.toContain('as prepared');
  });

  test('its reasoning, apart from the answer', async () => {
    provider.current.reply({ text: TEXT, reasoning: 'Let me think.' });
    expect(await run(model())).toMatchObject({ text: TEXT, reasoning: 'Let me think.', error: undefined });
  });

  test('reports its reasoning if the answer has it in tags', async () => {
    provider.current.reply({ text: `<think>\nLet me think.\n</think>\n\n${TEXT}`, chunkSize: 3 });
    expect(await run(model())).toMatchObject({ text: TEXT, reasoning: 'Let me think.', error: undefined });
  });

  test('keeps the connection alive by comments, longer than the time-outs', async () => {
    provider.current.reply({ text: 'ab', chunkSize: 1, keepAlive: { comments: 9, everyMs: 100 } });
    const { text, error } = await run(model({ firstTokenTimeoutMs: 700, tokenTimeoutMs: 700 }));
    expect({ text, error }).toEqual({ text: 'ab', error: undefined });
  });
});

describe('openai-compatible:test', () => {
  const model = (options = {}) => modelOf(provider.current, 'openai-compatible:test', options);

  test('answers wholly with an end for which it gives no reason', async () => {
    provider.current.reply({ text: TEXT, noFinish: true });
    expect(await run(model())).toMatchObject({ text: TEXT, finish: 'OTHER', error: undefined });
  });

  test('may send events that no protocol knows', async () => {
    provider.current.reply({ text: TEXT, unknownEvents: true });
    expect(await run(model())).toMatchObject({ text: TEXT, error: undefined });
  });

  test.each([null, { inputTokens: 0, outputTokens: 0 }])('may tell no usage: %j', async (usage) => {
    provider.current.reply({ text: TEXT, usage });
    expect(await run(model())).toMatchObject({ text: TEXT, usage: undefined, error: undefined });
  });
});

test.each([
  [
    'a connection that is refused',
    async () => {
      const gone = await startFakeProvider();
      await gone.close();
      return gone.url;
    },
  ],
  ['a host that does not exist', async () => 'http://no-such-host.invalid/v1'],
])('%s is MODEL_UNAVAILABLE', async (_title, address) => {
  const openaiBaseUrl = await address();
  const { error } = await run(modelOf(provider.current, 'openai-compatible:test', { openaiBaseUrl }));
  expect(error).toMatchObject({ name: 'AppError', code: 'MODEL_UNAVAILABLE' });
  expect(String(error)).not.toMatch(/127\.0\.0\.1|invalid/);
});
