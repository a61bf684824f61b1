/**
 * npm run bench:chats: 100 chats at once, every switch on, each in a new conversation, with a provider that answers in 400 ms; beside
 * it the provider, called directly 100 times at once. Server, provider and clients share the machine's cores.
 */
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { type MeasuredServer, median, quantile, startServer, table } from './support/measure.ts';

const CHATS = 100;
/** The first ones compile. */
const [WARM, ROUNDS] = [2, 5];
/** Sixteen chunks. */
const DELAY_MS = 25;
const SWITCHES = ['QUALITY_EVALUATION', 'INTENT_TRACKING', 'CACHING', 'SEMANTIC_CACHE', 'MODEL_ROUTING'];

const provider = await startServer('provider', { delayMs: DELAY_MS });
const server = await startServer('parley-turn', {
  provider: provider.url,
  environment: Object.fromEntries(SWITCHES.map((name) => [`ENABLE_${name}`, 'true'])),
});
const clients = Array.from({ length: CHATS }, () =>
  createClient({ url: `${server.url.replace('http', 'ws')}/graphql`, webSocketImpl: WebSocket, lazy: false }),
);
let asked = 0;
const question = (): string => {
  asked += 1;
  return `Question ${asked}: when was bridge number ${asked % 197} built, and by whom was number ${(asked * 7) % 193} made?`;
};

/** Milliseconds to the answer's end. */
async function directly(): Promise<number> {
  const started = performance.now();
  const response = await fetch(`${provider.url}/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'bench', stream: true, messages: [{ role: 'user', content: question() }] }),
  });
  await response.text();
  return performance.now() - started;
}

function chat(client: (typeof clients)[number]): Promise<number> {
  const started = performance.now();
  let ended = 0;
  return new Promise((resolve, reject) => {
    client.subscribe<{ chat: { __typename: string } }>(
      {
        query: 'subscription ($content: String!) { chat(input: { content: $content }) { __typename } }',
        variables: { content: question() },
      },
      {
        next: ({ data }) => {
          if (data?.chat.__typename === 'GenerationCompleted') ended = performance.now() - started;
        },
        error: reject,
        complete: () => (ended > 0 ? resolve(ended) : reject(new Error('an answer did not complete'))),
      },
    );
  });
}

const cpuOf = async ({ look }: MeasuredServer) => (await look()).cpu;
const alone: number[] = [];
const through: number[] = [];
const cpu: number[] = [];
for (let round = -WARM; round < ROUNDS; round += 1) {
  const direct = await Promise.all(clients.map(directly));
  const before = await cpuOf(server);
  const chats = await Promise.all(clients.map(chat));
  const after = await cpuOf(server);
  if (round < 0) continue;
  alone.push(...direct);
  through.push(...chats);
  cpu.push((after - before) / CHATS / 1_000);
}
table(`${CHATS} chats at once, milliseconds to the end of the answer, ${ROUNDS} rounds`, [
  ['', 'p50', 'p95', 'CPU ms a chat'],
  ['the provider, called directly', quantile(alone, 0.5), quantile(alone, 0.95), ''],
  ['Parley over WebSocket, every switch on', quantile(through, 0.5), quantile(through, 0.95), median(cpu)],
]);
for (const client of clients) await client.dispose();
await server.stop();
await provider.stop();
process.exit(0);
