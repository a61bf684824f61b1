/**
 * npm run bench:delivery: P2e, CPU microseconds of the server a token from end to end: read from a provider over HTTP, stored in
 * a real database, delivered over WebSocket. Beside a bare relay, which reads the same provider with fetch and writes each token
 * to bare ws, and stores nothing. --streams 200 --rate 20 --seconds 8 --rounds 3
 */
import { parseArgs } from 'node:util';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { median, startServer, table } from './support/measure.ts';

const { values } = parseArgs({
  options: {
    streams: { type: 'string', default: '200' },
    rate: { type: 'string', default: '20' },
    seconds: { type: 'string', default: '8' },
    rounds: { type: 'string', default: '3' },
  },
});
const options = { streams: Number(values.streams), rate: Number(values.rate), seconds: Number(values.seconds) };
const TOKEN_LENGTH = 'token'.length;
const NAMES = ['bare-relay', 'parley-delivery'] as const;
type Name = (typeof NAMES)[number];

interface Stream {
  /** Tokens that arrived. */
  readonly ended: Promise<number>;
  leave(): void;
}

function fromParley(url: string): Stream {
  const client = createClient({ url: `${url.replace('http', 'ws')}/graphql`, webSocketImpl: WebSocket });
  const query =
    'subscription { chat(input: { content: "Hi" }) { __typename ... on TextDelta { text } ... on TextSnapshot { snapshot: text } } }';
  const ended = new Promise<number>((resolve, reject) => {
    let characters = 0;
    client.subscribe<{ chat: { text?: string; snapshot?: string } }>(
      { query },
      {
        next: ({ data }) => {
          characters = data?.chat.snapshot?.length ?? characters + (data?.chat.text?.length ?? 0);
        },
        error: reject,
        complete: () => resolve(characters / TOKEN_LENGTH),
      },
    );
  });
  return { ended, leave: () => void client.dispose() };
}

function fromRelay(url: string): Stream {
  const socket = new WebSocket(url.replace('http', 'ws'), { perMessageDeflate: false });
  const ended = new Promise<number>((resolve, reject) => {
    let tokens = 0;
    socket.on('message', () => {
      tokens += 1;
    });
    socket.on('close', () => resolve(tokens));
    socket.on('error', reject);
  });
  return { ended, leave: () => socket.terminate() };
}

interface Figures {
  readonly cpu: number;
  /** Of it on the main thread. */
  readonly main: number;
}

async function round(name: Name): Promise<Figures> {
  const provider = await startServer('ticking-provider', options);
  const server = await startServer(name, { provider: provider.url });
  const streams = Array.from({ length: options.streams }, () =>
    name === 'bare-relay' ? fromRelay(server.url) : fromParley(server.url),
  );
  await provider.command('joined');
  const before = await server.usage();
  await provider.command('start');
  const delivered = (await Promise.all(streams.map(({ ended }) => ended))).reduce((sum, tokens) => sum + tokens, 0);
  const after = await server.usage();
  for (const stream of streams) stream.leave();
  await server.stop();
  await provider.stop();
  const expected = options.streams * options.rate * options.seconds;
  if (delivered !== expected) throw new Error(`${name}: ${delivered} tokens of ${expected} were delivered`);
  return { cpu: (after.cpu - before.cpu) / delivered, main: (after.mainCpu - before.mainCpu) / delivered };
}

const results = new Map(NAMES.map((name) => [name, [] as Figures[]]));
for (let index = 0; index < Number(values.rounds); index += 1)
  for (const name of NAMES) results.get(name)?.push(await round(name));
const of = (name: Name, figure: keyof Figures) => median((results.get(name) ?? []).map((figures) => figures[figure]));
table(
  `P2e: ${options.streams} streams of ${options.rate} tokens a second over ${options.seconds} s, provider and store real, median of ${values.rounds} interleaved rounds`,
  [
    ['', 'CPU us a token', 'of it the main thread', 'x bare relay'],
    ...NAMES.map((name) => [
      name.replace('-delivery', ''),
      of(name, 'cpu'),
      of(name, 'main'),
      of(name, 'cpu') / of('bare-relay', 'cpu'),
    ]),
  ],
);
process.exit(0);
