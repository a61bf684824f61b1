/**
 * A model provider for tests: a real HTTP server that speaks OpenAI's chat completions, responses and embeddings and
 * Anthropic's messages, streamed or whole, and misbehaves on demand. It answers only calls that were prepared; any other is
 * HTTP 501, and is recorded.
 *
 * Alone: node test/support/fake-provider.ts --port 5555 --tokens 200 --delay 50
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { dialectOf, type Frame } from './provider-frames.ts';

export interface Behaviour {
  /** The answer. */
  readonly text?: string;
  /** Characters (code points) a token. */
  readonly chunkSize?: number;
  /** Milliseconds before each token. */
  readonly delayMs?: number;
  /** Each token waits until this resolves; it gets the number of those before. */
  readonly gate?: (tokens: number) => Promise<unknown>;
  /** Said before the answer, as reasoning. */
  readonly reasoning?: string;
  /** Null: the provider reports none. */
  readonly usage?: {
    readonly inputTokens: number;
    readonly outputTokens: number;
    /** Input tokens that came from the provider's cache. */
    readonly cached?: number;
  } | null;
  /** Why the answer ends, in OpenAI's word of chat completions. */
  readonly finish?: 'stop' | 'length' | 'content_filter';
  /** Any status but 200 is an error, with its own body. */
  readonly status?: number;
  /** The error's code, as OpenAI has it. */
  readonly errorCode?: string;
  /** The error's body never ends. */
  readonly stalledBody?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
  /** Stalls after this many tokens. */
  readonly stallAfter?: number;
  readonly closeAfter?: number;
  readonly malformedAfter?: number;
  /** An event that says that there was an error; the connection stays as it is. */
  readonly errorAfter?: number;
  /** The same, in place of all others. */
  readonly onlyError?: boolean;
  /** A line of 8 MiB. */
  readonly hugeLineAfter?: number;
  /** An event of 8 MiB in short lines. */
  readonly hugeEventAfter?: number;
  /** Sends each byte in its own packet. */
  readonly splitBytes?: boolean;
  /** Each pair of surrogates in two tokens. */
  readonly splitSurrogates?: boolean;
  readonly crlf?: boolean;
  /** Comments between the events. */
  readonly comments?: boolean;
  /** Sends comments before each token, each after this many milliseconds. */
  readonly keepAlive?: { readonly comments: number; readonly everyMs: number };
  /** Events between the others that no protocol knows. */
  readonly unknownEvents?: boolean;
  /** Without [DONE], or message_stop. */
  readonly noDone?: boolean;
  /** Without a reason for the end. */
  readonly noFinish?: boolean;
  /** The connection after the last event. Default: closed in order. */
  readonly afterwards?: 'held open' | 'reset' | 'closed late';
  /** Replaces the vectors made from the texts. */
  readonly vectors?: readonly (readonly number[])[];
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
  /** Includes /v1. */
  readonly url: string;
  readonly calls: Call[];
  readonly unexpected: Call[];
  /** Prepares the answer of the next call, in order. */
  reply(behaviour: Behaviour): void;
  /** Prepares the answer of every call without one of its own. */
  always(behaviour: Behaviour): void;
  /** The same, as the call has it. */
  respond(answer: (call: Call) => Behaviour): void;
  /** Calls whose response is under way. */
  openCalls(): number;
  /**
   * Connections that calls came over, those included that wait for a next call; without the spare one that Node's fetch
   * opens after it has closed another.
   */
  openSockets(): number;
  closeIdleConnections(): void;
  close(): Promise<void>;
}

export async function startFakeProvider({ port = 0 }: { readonly port?: number } = {}): Promise<FakeProvider> {
  const replies: Behaviour[] = [];
  const calls: Call[] = [];
  const unexpected: Call[] = [];
  let fallback: ((call: Call) => Behaviour) | undefined;
  let open = 0;
  const sockets = new Set<Socket>();

  const server = createServer(async (request, response) => {
    open += 1;
    const { socket } = request;
    if (!sockets.has(socket)) socket.once('close', () => sockets.delete(socket));
    sockets.add(socket);
    const gone = new AbortController();
    response.on('close', () => {
      open -= 1;
      gone.abort();
    });
    try {
      const call = { path: request.url ?? '', headers: request.headers, body: await bodyOf(request) };
      calls.push(call);
      const behaviour = replies.shift() ?? fallback?.(call);
      if (behaviour) await answer(call, behaviour, response, gone.signal);
      else {
        unexpected.push(call);
        response.writeHead(501).end('{"error":{"message":"not prepared"}}');
      }
    } catch (error) {
      if (!gone.signal.aborted) response.destroy(error as Error);
    }
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    calls,
    unexpected,
    reply: (behaviour) => void replies.push(behaviour),
    always: (behaviour) => {
      fallback = () => behaviour;
    },
    respond: (answerTo) => {
      fallback = answerTo;
    },
    openCalls: () => open,
    openSockets: () => sockets.size,
    closeIdleConnections: () => server.closeIdleConnections(),
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<Call['body']> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString() || '{}');
}

async function answer(call: Call, behaviour: Behaviour, response: ServerResponse, signal: AbortSignal): Promise<void> {
  const { status = 200, headers = {} } = behaviour;
  const json = (value: unknown) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).write(JSON.stringify(value));
  if (behaviour.stallAfter === 0 && !call.body.stream) await stall(signal);
  if (status !== 200) {
    json({ type: 'error', error: { message: 'as prepared', type: 'error', code: behaviour.errorCode } });
    if (behaviour.stalledBody) await stall(signal);
    response.end();
    return;
  }
  if (call.path.endsWith('/embeddings')) {
    const vectors = behaviour.vectors ?? (call.body.input ?? []).map(vectorOf);
    const data = vectors.map((embedding, index) => ({ object: 'embedding', index, embedding }));
    json({ object: 'list', data, usage: { prompt_tokens: 1 } });
    response.end();
    return;
  }
  const dialect = dialectOf(call.path);
  if (!call.body.stream) {
    json(dialect.whole(call, behaviour));
    response.end();
    return;
  }
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', ...headers });
  response.flushHeaders();
  const frames = behaviour.onlyError ? [dialect.error] : dialect.frames(call, behaviour);
  await stream(frames, dialect.error, behaviour, response, signal);
}

const stall = (signal: AbortSignal) => sleep(600_000, undefined, { signal, ref: false });

/** Letters counted in eight dimensions: the same text, the same vector. */
function vectorOf(text: string): number[] {
  const vector = Array.from({ length: 8 }, () => 0.01);
  for (const character of text)
    vector[(character.codePointAt(0) ?? 0) % 8] = (vector[(character.codePointAt(0) ?? 0) % 8] ?? 0) + 1;
  return vector;
}

const MEBIBYTE = 1_048_576;
const LINES_OF_A_MEBIBYTE = `data: ${'x'.repeat(1_017)}\n`.repeat(1_024);

async function stream(
  frames: Iterable<Frame>,
  errorFrame: Frame,
  behaviour: Behaviour,
  response: ServerResponse,
  signal: AbortSignal,
): Promise<void> {
  const newline = behaviour.crlf ? '\r\n' : '\n';
  const write = (text: string) => (behaviour.splitBytes ? writeBytes(response, text) : response.write(text));
  const writeFrame = ({ event, data }: Frame) =>
    write(`${event ? `event: ${event}${newline}` : ''}data: ${data}${newline}${newline}`);
  let tokens = 0;
  for (const frame of frames) {
    if (frame.token) {
      if (tokens === behaviour.stallAfter) await stall(signal);
      if (tokens === behaviour.closeAfter) return await reset(response, signal);
      if (tokens === behaviour.malformedAfter) await write(`data: {"choices": [${newline}${newline}`);
      if (tokens === behaviour.errorAfter) await writeFrame(errorFrame);
      if (tokens === behaviour.hugeLineAfter) await writeMuch(response, 'x'.repeat(MEBIBYTE), signal);
      if (tokens === behaviour.hugeEventAfter) await writeMuch(response, LINES_OF_A_MEBIBYTE, signal);
      for (let count = 0; count < (behaviour.keepAlive?.comments ?? 0); count += 1) {
        await sleep(behaviour.keepAlive?.everyMs, undefined, { signal });
        await write(`: still here${newline}${newline}`);
      }
      if (behaviour.delayMs) await sleep(behaviour.delayMs, undefined, { signal });
      await behaviour.gate?.(tokens);
      tokens += 1;
    }
    if (response.destroyed) return;
    if (behaviour.comments) await write(`: still here${newline}${newline}`);
    if (behaviour.unknownEvents)
      await write(
        `event: keep-alive${newline}data: not JSON${newline}${newline}data: {"type":"ping"}${newline}${newline}`,
      );
    await writeFrame(frame);
  }
  if (behaviour.afterwards === 'reset') await reset(response, signal);
  else if (behaviour.afterwards === 'held open') await stall(signal);
  else {
    if (behaviour.afterwards === 'closed late') await sleep(30, undefined, { signal });
    response.end();
  }
}

async function reset(response: ServerResponse, signal: AbortSignal): Promise<void> {
  await sleep(30, undefined, { signal }); // what was written arrives first
  response.destroy();
}

async function writeBytes(response: ServerResponse, text: string): Promise<void> {
  for (const byte of Buffer.from(text)) {
    response.write(Buffer.of(byte));
    await new Promise((resolve) => setImmediate(resolve));
  }
}

async function writeMuch(response: ServerResponse, mebibyte: string, signal: AbortSignal): Promise<void> {
  for (let written = 0; written < 8; written += 1)
    if (!response.write(mebibyte)) await Promise.race([sleep(50, undefined, { signal }), drained(response)]);
}

const drained = (response: ServerResponse) => new Promise((resolve) => response.once('drain', resolve));

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
  provider.always({ text, chunkSize: 8, delayMs: Number(values.delay) });
  console.log(provider.url);
}
