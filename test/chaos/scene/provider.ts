/** A model's server whose every answer tells which question it belongs to, and which notes how each of its calls ended. */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { TOKENS_OF_A_CALL } from '../checker/i4-usage-once.ts';
import { nameOf, WORDS, words } from '../history/words.ts';

export interface Provider {
  /** Includes /v1. */
  readonly url: string;
  /** Calls that are under way. */
  openCalls(): number;
  /** Called at the end of each call. `whole`: it was sent to its last byte. */
  onEnd: (question: string, whole: boolean) => void;
  close(): Promise<void>;
}

const event = (value: object) => `data: ${JSON.stringify(value)}\n\n`;
const usage = {
  prompt_tokens: TOKENS_OF_A_CALL,
  completion_tokens: WORDS,
  total_tokens: TOKENS_OF_A_CALL + WORDS,
};

/** `delayMs`: before each word. */
export async function startProvider(delayMs: number): Promise<Provider> {
  let open = 0;
  const server = createServer(async (request, response) => {
    open += 1;
    response.once('close', () => {
      open -= 1;
    });
    let body = '';
    for await (const part of request) body += part;
    const { messages = [] } = JSON.parse(body) as { readonly messages?: readonly { readonly content: unknown }[] };
    const name = nameOf(String(messages.findLast(({ content }) => nameOf(String(content)))?.content)) ?? 'unknown';
    const whole = await answerTo(name, response, delayMs).catch(() => false);
    provider.onEnd(name, whole);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const provider: Provider = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    openCalls: () => open,
    onEnd: () => undefined,
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return provider;
}

async function answerTo(name: string, response: ServerResponse, delayMs: number): Promise<boolean> {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const content of words(name)) {
    if (response.destroyed) return false;
    response.write(event({ choices: [{ index: 0, delta: { content } }] }));
    await sleep(delayMs);
  }
  if (response.destroyed) return false;
  response.write(event({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }));
  response.write(event({ choices: [], usage }));
  response.end('data: [DONE]\n\n');
  return true;
}
