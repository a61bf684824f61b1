/**
 * npm run bench:stream: P2, CPU microseconds of the server a delivered token, P5, memory a live stream, and how late tokens are,
 * over WebSocket; beside bare ws and plain graphql-ws in the same rounds. Tokens are made in the server and the database is stubbed: this
 * is delivery, from the model's port to the socket (bench:delivery reads a provider and stores). Where Parley is behind, its model gives
 * what has come as one text, as the adapters of providers do; the yardsticks send a message a token. A token's delay is that from when it
 * was due until a client reads it, on one stream of fifty. The server is held to one core, the readers to the other.
 * --streams 5000 --rate 20 --seconds 8 --rounds 3 --only parley --node="--cpu-prof --cpu-prof-dir=/tmp/profiles"
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { median, quantile, startServer, table } from './support/measure.ts';

const { values } = parseArgs({
  options: {
    streams: { type: 'string', default: '5000' },
    rate: { type: 'string', default: '20' },
    seconds: { type: 'string', default: '8' },
    rounds: { type: 'string', default: '3' },
    node: { type: 'string', default: '' },
    only: { type: 'string', default: '' },
  },
});
const options = { streams: Number(values.streams), rate: Number(values.rate), seconds: Number(values.seconds) };
/** One stream of so many is timed. */
const TIMED = 50;
/** Milliseconds after the first token and before the last that are left out: there all turns begin and end at once. */
const EDGE = 1_000;
const QUERIES = {
  'bare-stream': '',
  'graphql-ws-stream': 'subscription($id: ID!) { generation(id: $id) { __typename cursor text offset } }',
  'parley-stream':
    'subscription($id: ID!) { generation(id: $id) { __typename cursor ... on TextDelta { text offset } } }',
};
type Name = keyof typeof QUERIES;

interface Figures {
  /** Microseconds a token. */
  readonly cpu: number;
  /** KiB a stream that waits for its first token, and while tokens flow with all that the server keeps of it. */
  readonly waiting: number;
  readonly flowing: number;
  /** Share of the core that the server had, and tokens a message. */
  readonly core: number;
  readonly merged: number;
  readonly p50: number;
  readonly p99: number;
  readonly readers: number;
}

interface Counted {
  readonly tokens: number;
  readonly messages: number;
}
interface Ended {
  readonly tokens: number;
  readonly delays: readonly number[];
  readonly late: number;
}

async function round(name: Name): Promise<Figures> {
  const server = await startServer(name, options, {
    core: 0,
    execArgv: values.node.split(' ').filter(Boolean),
  });
  const readers = await startServer('stream-readers', {}, { core: 1 });
  const empty = await server.usage();
  const { ids } = (await server.command('begin')) as { ids: string[] };
  const idle = await server.usage();
  const [from, to] = [EDGE, options.seconds * 1_000 - EDGE].map((time) => (time * options.rate) / 1_000);
  await readers.command('open', { url: server.url, query: QUERIES[name], ids, timed: TIMED, from, to });
  await server.command('joined');
  await sleep(500);
  const open = await server.usage();
  await server.command('start');
  const look = async () => {
    const counted = (await readers.command('count')) as Counted;
    return { ...counted, ...(await server.glance()), at: performance.now() };
  };
  await sleep(EDGE);
  const before = await look();
  await sleep(options.seconds * 1000 - 2 * EDGE);
  const after = await look();
  const { tokens, delays, late } = (await readers.command('ended')) as Ended;
  await readers.stop();
  await server.stop();
  const expected = options.streams * options.rate * options.seconds;
  if (tokens !== expected) throw new Error(`${name}: ${tokens} tokens of ${expected} were delivered`);
  return {
    cpu: (after.cpu - before.cpu) / (after.tokens - before.tokens),
    waiting: (open.rss - idle.rss) / 1024 / options.streams,
    flowing: (after.rss - empty.rss) / 1024 / options.streams,
    core: (after.cpu - before.cpu) / 1000 / (after.at - before.at),
    merged: (after.tokens - before.tokens) / (after.messages - before.messages),
    p50: quantile(delays, 0.5),
    p99: quantile(delays, 0.99),
    readers: late,
  };
}

const names = (Object.keys(QUERIES) as Name[]).filter((name) => name.startsWith(values.only));
const results = new Map(names.map((name) => [name, [] as Figures[]]));
for (let index = 0; index < Number(values.rounds); index += 1)
  for (const name of names) results.get(name)?.push(await round(name));
const of = (name: Name, figure: keyof Figures) => median((results.get(name) ?? []).map((figures) => figures[figure]));
table(
  `P2 and P5: ${options.streams} streams of ${options.rate} tokens a second over ${options.seconds} s, every token delivered, median of ${values.rounds} interleaved rounds`,
  [
    [
      ...['', 'CPU us a token', 'x bare ws', 'of its core', 'tokens a message', 'delay p50 ms', 'delay p99 ms'],
      ...['KiB a waiting stream', 'KiB a flowing stream', 'readers late by p99 ms'],
    ],
    ...names.map((name) => [
      name.replace('-stream', ''),
      of(name, 'cpu'),
      of(name, 'cpu') / of('bare-stream', 'cpu'),
      ...(['core', 'merged', 'p50', 'p99', 'waiting', 'flowing', 'readers'] as const).map((figure) => of(name, figure)),
    ]),
  ],
);
process.exit(0);
