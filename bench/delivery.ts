/**
 * npm run bench:delivery: P2e, CPU microseconds of the server a token from end to end: read from a provider over HTTP, stored in
 * a real database, delivered over WebSocket. Beside a bare relay, which reads the same provider with fetch and writes each token
 * to bare ws, and stores nothing. A token is measured while tokens flow. The other cost of a turn (its end, its judgement) is
 * printed separately. --streams 200 --rate 20 --seconds 8 --rounds 3
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { median, startServer, table } from './support/measure.ts';
import { TOKEN_LENGTH } from './support/ticker.ts';

const { values } = parseArgs({
  options: {
    streams: { type: 'string', default: '200' },
    rate: { type: 'string', default: '20' },
    seconds: { type: 'string', default: '8' },
    rounds: { type: 'string', default: '3' },
  },
});
const options = { streams: Number(values.streams), rate: Number(values.rate), seconds: Number(values.seconds) };

const NAMES = ['bare-relay', 'parley-delivery'] as const;
type Name = (typeof NAMES)[number];

interface Stream {
  /** Tokens that have arrived, and the messages that they came in: fewer where the machine is behind, and tokens are merged. */
  tokens(): number;
  messages(): number;
  readonly ended: Promise<unknown>;
  leave(): void;
}

function fromParley(url: string): Stream {
  const client = createClient({ url: `${url.replace('http', 'ws')}/graphql`, webSocketImpl: WebSocket });
  const query =
    'subscription { chat(input: { content: "Hi" }) { __typename ... on TextDelta { text } ... on TextSnapshot { snapshot: text } } }';
  let characters = 0;
  let messages = 0;
  const ended = new Promise<void>((resolve, reject) => {
    client.subscribe<{ chat: { text?: string; snapshot?: string } }>(
      { query },
      {
        next: ({ data }) => {
          if (data?.chat.text ?? data?.chat.snapshot) messages += 1;
          characters = data?.chat.snapshot?.length ?? characters + (data?.chat.text?.length ?? 0);
        },
        error: reject,
        complete: resolve,
      },
    );
  });
  return {
    tokens: () => characters / TOKEN_LENGTH,
    messages: () => messages,
    ended,
    leave: () => void client.dispose(),
  };
}

function fromRelay(url: string): Stream {
  const socket = new WebSocket(url.replace('http', 'ws'), { perMessageDeflate: false });
  let tokens = 0;
  const ended = new Promise<void>((resolve, reject) => {
    socket.on('message', () => {
      tokens += 1;
    });
    socket.on('close', () => resolve());
    socket.on('error', reject);
  });
  return { tokens: () => tokens, messages: () => tokens, ended, leave: () => socket.terminate() };
}

interface Figures {
  readonly cpu: number;
  /** The part on the main thread. */
  readonly main: number;
  /** Messages a token. */
  readonly messages: number;
  /** Milliseconds a turn besides its tokens. */
  readonly turn: number;
}

/** Milliseconds after the first and before the last tokens that are left out. */
const EDGE = 1_000;

async function round(name: Name): Promise<Figures> {
  const provider = await startServer('ticking-provider', options);
  const server = await startServer(name, { provider: provider.url });
  const streams = Array.from({ length: options.streams }, () =>
    name === 'bare-relay' ? fromRelay(server.url) : fromParley(server.url),
  );
  const look = async () => {
    const { cpu, mainCpu } = await server.look();
    const sum = (figure: 'tokens' | 'messages') => streams.reduce((total, stream) => total + stream[figure](), 0);
    return { cpu, mainCpu, tokens: sum('tokens'), messages: sum('messages') };
  };
  await provider.command('joined');
  const start = await look();
  await provider.command('start');
  await sleep(EDGE);
  const from = await look();
  await sleep(options.seconds * 1_000 - 2 * EDGE);
  const to = await look();
  await Promise.all(streams.map(({ ended }) => ended));
  const end = await look();
  for (const stream of streams) stream.leave();
  await server.stop();
  await provider.stop();
  const expected = options.streams * options.rate * options.seconds;
  if (end.tokens !== expected) throw new Error(`${name}: ${end.tokens} tokens of ${expected} were delivered`);
  const cpu = (to.cpu - from.cpu) / (to.tokens - from.tokens);
  return {
    cpu,
    main: (to.mainCpu - from.mainCpu) / (to.tokens - from.tokens),
    messages: (to.messages - from.messages) / (to.tokens - from.tokens),
    turn: (end.cpu - start.cpu - cpu * end.tokens) / options.streams / 1_000,
  };
}

const results = new Map(NAMES.map((name) => [name, [] as Figures[]]));
for (let index = 0; index < Number(values.rounds); index += 1)
  for (const name of NAMES) results.get(name)?.push(await round(name));
const of = (name: Name, figure: keyof Figures) => median((results.get(name) ?? []).map((figures) => figures[figure]));
table(
  `P2e: ${options.streams} streams of ${options.rate} tokens a second over ${options.seconds} s, provider and store real, median of ${values.rounds} interleaved rounds`,
  [
    ['', 'CPU us a token', 'of it the main thread', 'x bare relay', 'messages a token', 'CPU ms a turn besides'],
    ...NAMES.map((name) => [
      name.replace('-delivery', ''),
      of(name, 'cpu'),
      of(name, 'main'),
      of(name, 'cpu') / of('bare-relay', 'cpu'),
      of(name, 'messages'),
      of(name, 'turn'),
    ]),
  ],
);
process.exit(0);
