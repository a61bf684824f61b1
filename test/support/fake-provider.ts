/**
 * A model provider for tests: a real HTTP server that speaks OpenAI's chat completions and embeddings and Anthropic's
 * messages, and misbehaves on demand. It answers only calls that were prepared; any other is HTTP 501, and is kept.
 *
 * By itself: node test/support/fake-provider.ts --port 5555 --tokens 200 --delay 50
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';

export interface Behaviour {
  /** The answer. */
  readonly text?: string;
  /** UTF-16 code units a token; whole characters. */
  readonly chunkSize?: number;
  /** Milliseconds before each token. */
  readonly delayMs?: number;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly usage?: { readonly inputTokens: number; readonly outputTokens: number } | null;
  /** After so many tokens. */
  readonly stallAfter?: number;
  readonly closeAfter?: number;
  readonly malformedAfter?: number;
  readonly errorAfter?: number;
  readonly hugeLineAfter?: number;
  /** Each byte in a packet of its own. */
  readonly splitBytes?: boolean;
  readonly crlf?: boolean;
  /** Without [DONE], or message_stop. */
  readonly noDone?: boolean;
  /** Without a reason for the end. */
  readonly noFinish?: boolean;
}
export interface Call {
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: {
    readonly model?: string;
    readonly messages?: readonly { readonly role: string; readonly content: unknown }[];
    readonly input?: readonly string[];
    readonly stream?: boolean;
  };
}
export interface FakeProvider {
  /** With its /v1. */
  readonly url: string;
  readonly calls: Call[];
  readonly unexpected: Call[];
  /** For the next call; in order. */
  reply(behaviour: Behaviour): void;
  /** For every call that has no reply of its own. */
  respond(answer: (call: Call) => Behaviour): void;
  /** Calls whose response is under way. */
  openCalls(): number;
  close(): Promise<void>;
}

export async function startFakeProvider({ port = 0 }: { readonly port?: number } = {}): Promise<FakeProvider> {
  const replies: Behaviour[] = [];
  const calls: Call[] = [];
  const unexpected: Call[] = [];
  const closing = new AbortController();
  let fallback: ((call: Call) => Behaviour) | undefined;

  const server = createServer(async (request, response) => {
    const call = { path: request.url ?? '', headers: request.headers, body: JSON.parse(await bodyOf(request)) } as Call;
    calls.push(call);
    const behaviour = replies.shift() ?? fallback?.(call);
    if (!behaviour) {
      unexpected.push(call);
      response.writeHead(501).end('{"error":{"message":"not prepared"}}');
      return;
    }
    await answer(call, behaviour, response, closing.signal).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  let open = 0;
  server.on('request', (_request, response) => {
    open += 1;
    response.on('close', () => {
      open -= 1;
    });
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    calls,
    unexpected,
    reply: (behaviour) => void replies.push(behaviour),
    respond: (answerTo) => {
      fallback = answerTo;
    },
    openCalls: () => open,
    close: () => {
      closing.abort();
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString() || '{}';
}

async function answer(call: Call, behaviour: Behaviour, response: ServerResponse, signal: AbortSignal): Promise<void> {
  const { status = 200, headers = {} } = behaviour;
  if (status !== 200) {
    response
      .writeHead(status, { 'content-type': 'application/json', ...headers })
      .end('{"error":{"message":"as prepared","type":"error"}}');
    return;
  }
  if (call.path.endsWith('/embeddings')) {
    const data = (call.body.input ?? []).map((text, index) => ({
      object: 'embedding',
      index,
      embedding: vectorOf(text),
    }));
    response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify({ object: 'list', data, usage: { prompt_tokens: 1 } }));
    return;
  }
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', ...headers });
  response.flushHeaders();
  const frames = call.path.endsWith('/messages') ? anthropicFrames : openaiFrames;
  await stream(frames(call, behaviour), behaviour, response, signal);
}

/** Letters counted in eight dimensions: the same text, the same vector. */
function vectorOf(text: string): number[] {
  const vector = Array.from({ length: 8 }, () => 0.01);
  for (const character of text)
    vector[(character.codePointAt(0) ?? 0) % 8] = (vector[(character.codePointAt(0) ?? 0) % 8] ?? 0) + 1;
  return vector;
}

interface Frame {
  readonly event?: string;
  readonly data: string;
  readonly token?: boolean;
}

async function stream(
  frames: Iterable<Frame>,
  behaviour: Behaviour,
  response: ServerResponse,
  signal: AbortSignal,
): Promise<void> {
  const newline = behaviour.crlf ? '\r\n' : '\n';
  const write = async (text: string) => {
    if (!behaviour.splitBytes) {
      response.write(text);
      return;
    }
    for (const byte of Buffer.from(text)) {
      response.write(Buffer.of(byte));
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  let tokens = 0;
  for (const { event, data, token } of frames) {
    if (token) {
      if (tokens === behaviour.stallAfter) await sleep(600_000, undefined, { signal, ref: false });
      if (tokens === behaviour.closeAfter) {
        await sleep(30, undefined, { signal }); // what was written arrives first
        response.destroy();
        return;
      }
      if (tokens === behaviour.malformedAfter) await write(`data: {"choices": [${newline}${newline}`);
      if (tokens === behaviour.errorAfter)
        await write(`data: {"error":{"message":"as prepared","type":"server_error"}}${newline}${newline}`);
      if (tokens === behaviour.hugeLineAfter)
        for (let megabyte = 0; megabyte < 8; megabyte += 1) response.write('x'.repeat(1_048_576));
      if (behaviour.delayMs) await sleep(behaviour.delayMs, undefined, { signal });
      tokens += 1;
    }
    if (response.destroyed) return;
    await write(`${event ? `event: ${event}${newline}` : ''}data: ${data}${newline}${newline}`);
  }
  response.end();
}

function tokensOf({ text = 'Hello from the fake provider.', chunkSize = 4 }: Behaviour): string[] {
  const characters = [...text];
  const tokens: string[] = [];
  for (let start = 0; start < characters.length; start += chunkSize)
    tokens.push(characters.slice(start, start + chunkSize).join(''));
  return tokens;
}

function* openaiFrames({ body }: Call, behaviour: Behaviour): Iterable<Frame> {
  const { usage = { inputTokens: 10, outputTokens: 5 }, noDone, noFinish } = behaviour;
  const chunk = (delta: object, finish: string | null) =>
    JSON.stringify({
      id: 'c',
      object: 'chat.completion.chunk',
      created: 1,
      model: body.model,
      choices: [{ index: 0, delta, finish_reason: finish }],
    });
  yield { data: chunk({ role: 'assistant', content: '' }, null) };
  for (const content of tokensOf(behaviour)) yield { data: chunk({ content }, null), token: true };
  if (!noFinish) yield { data: chunk({}, 'stop') };
  if (usage)
    yield {
      data: JSON.stringify({
        id: 'c',
        object: 'chat.completion.chunk',
        created: 1,
        model: body.model,
        choices: [],
        usage: { prompt_tokens: usage.inputTokens, completion_tokens: usage.outputTokens, total_tokens: 0 },
      }),
    };
  if (!noDone) yield { data: '[DONE]' };
}

function* anthropicFrames({ body }: Call, behaviour: Behaviour): Iterable<Frame> {
  const { usage = { inputTokens: 10, outputTokens: 5 }, noDone, noFinish } = behaviour;
  const frame = (event: string, value: object, token = false): Frame => ({
    event,
    data: JSON.stringify({ type: event, ...value }),
    token,
  });
  yield frame('message_start', {
    message: {
      id: 'm',
      type: 'message',
      role: 'assistant',
      model: body.model,
      content: [],
      stop_reason: null,
      usage: { input_tokens: usage?.inputTokens ?? 0, output_tokens: 0 },
    },
  });
  yield frame('content_block_start', { index: 0, content_block: { type: 'text', text: '' } });
  for (const text of tokensOf(behaviour))
    yield frame('content_block_delta', { index: 0, delta: { type: 'text_delta', text } }, true);
  yield frame('content_block_stop', { index: 0 });
  if (!noFinish)
    yield frame('message_delta', {
      delta: { stop_reason: 'end_turn', stop_sequence: null },
      usage: { output_tokens: usage?.outputTokens ?? 0 },
    });
  if (!noDone) yield frame('message_stop', {});
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '5555' },
      tokens: { type: 'string', default: '100' },
      delay: { type: 'string', default: '20' },
    },
  });
  const provider = await startFakeProvider({ port: Number(values.port) });
  const text = Array.from({ length: Number(values.tokens) }, (_, index) => `word${index} `).join('');
  provider.respond(() => ({ text, chunkSize: 8, delayMs: Number(values.delay) }));
  console.log(provider.url);
}
