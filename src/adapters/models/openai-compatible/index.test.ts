import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { never, request, run } from '../../../../test/support/models.ts';
import { openAiCompatibleModel } from './index.ts';

const chunk = (content: string) => `data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\n\n`;
const END = `data: ${JSON.stringify({ choices: [{ delta: {}, finish_reason: 'stop' }] })}\n\ndata: [DONE]\n\n`;

async function providerThat(answer: (response: ServerResponse, call: number) => unknown) {
  let calls = 0;
  const server = createServer((incoming, response) => {
    calls += 1;
    incoming.resume();
    response.writeHead(200, { 'content-type': 'text/event-stream' });
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
