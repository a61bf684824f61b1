/**
 * npm run bench:stream: P2, CPU microseconds of the server a delivered token, P5, memory a live stream, and how late tokens are,
 * over WebSocket; beside bare ws and plain graphql-ws in the same rounds. The database is stubbed. A token's delay is that from when the
 * provider's was due until a client reads it, on one stream of fifty. --streams 5000 --rate 20 --seconds 8 --rounds 3
 */
import { parseArgs } from 'node:util';
import WebSocket from 'ws';
import { median, quantile, startServer, table } from './support/measure.ts';
import { delayOf, TOKEN_LENGTH } from './support/ticker.ts';

const { values } = parseArgs({
  options: {
    streams: { type: 'string', default: '5000' },
    rate: { type: 'string', default: '20' },
    seconds: { type: 'string', default: '6' },
    rounds: { type: 'string', default: '3' },
  },
});
const options = { streams: Number(values.streams), rate: Number(values.rate), seconds: Number(values.seconds) };
/** One stream of so many is timed. */
const TIMED = 50;
const QUERIES = {
  'bare-stream': '',
  'graphql-ws-stream': 'subscription($id: ID!) { generation(id: $id) { __typename cursor text offset } }',
  'parley-stream':
    'subscription($id: ID!) { generation(id: $id) { __typename cursor ... on TextDelta { text offset } } }',
};
type Name = keyof typeof QUERIES;

interface Client {
  readonly socket: WebSocket;
  readonly ended: Promise<number>;
}

/** Opens a subscription and counts the text that arrives. */
function subscribe(url: string, query: string, id: string, delays: number[] | null): Promise<Client> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', {
    perMessageDeflate: false,
  });
  return new Promise((resolve, reject) => {
    let characters = 0;
    const ended = new Promise<number>((finish) => {
      socket.on('message', (data) => {
        const text = String(data);
        if (text.includes('"connection_ack"')) {
          socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query, variables: { id } } }));
          resolve({ socket, ended });
        } else if (text.includes('"complete"')) finish(characters / TOKEN_LENGTH);
        else {
          const delta = /"text":"([^"]*)"/.exec(text)?.[1];
          if (!delta) return;
          characters += delta.length;
          for (let place = 0; delays && place < delta.length; place += TOKEN_LENGTH)
            delays.push(delayOf(delta.slice(place, place + TOKEN_LENGTH)));
        }
      });
    });
    socket.on('open', () => socket.send('{"type":"connection_init"}'));
    socket.on('error', reject);
  });
}

interface Figures {
  readonly cpu: number;
  readonly memory: number;
  readonly p50: number;
  readonly p99: number;
}

async function round(name: Name): Promise<Figures> {
  const server = await startServer(name, options);
  const { ids } = (await server.command('begin')) as { ids: string[] };
  const idle = await server.usage();
  const clients: Client[] = [];
  const delays: number[] = [];
  for (let start = 0; start < ids.length; start += 100)
    clients.push(
      ...(await Promise.all(
        ids
          .slice(start, start + 100)
          .map((id, place) => subscribe(server.url, QUERIES[name], id, place % TIMED === 0 ? delays : null)),
      )),
    );
  await new Promise((resolve) => setTimeout(resolve, 500));
  const before = await server.usage();
  await server.command('start');
  const delivered = (await Promise.all(clients.map(({ ended }) => ended))).reduce((sum, tokens) => sum + tokens, 0);
  const after = await server.usage();
  for (const { socket } of clients) socket.terminate();
  await server.stop();
  const expected = options.streams * options.rate * options.seconds;
  if (delivered !== expected) throw new Error(`${name}: ${delivered} tokens of ${expected} were delivered`);
  return {
    cpu: (after.cpu - before.cpu) / delivered,
    memory: (before.rss - idle.rss) / 1024 / options.streams,
    p50: quantile(delays, 0.5),
    p99: quantile(delays, 0.99),
  };
}

const names = Object.keys(QUERIES) as Name[];
const results = new Map(names.map((name) => [name, [] as Figures[]]));
for (let index = 0; index < Number(values.rounds); index += 1)
  for (const name of names) results.get(name)?.push(await round(name));
const of = (name: Name, figure: keyof Figures) => median((results.get(name) ?? []).map((figures) => figures[figure]));
const bare = of('bare-stream', 'cpu');
table(
  `P2 and P5: ${options.streams} streams of ${options.rate} tokens a second over ${options.seconds} s, every token delivered, median of ${values.rounds} interleaved rounds`,
  [
    ['', 'CPU us a token', 'x bare ws', 'KiB a stream', 'delay p50 ms', 'delay p99 ms'],
    ...names.map((name) => [
      name.replace('-stream', ''),
      of(name, 'cpu'),
      of(name, 'cpu') / bare,
      of(name, 'memory'),
      of(name, 'p50'),
      of(name, 'p99'),
    ]),
  ],
);
process.exit(0);
