/**
 * npm run bench:replicas: what it costs to read at another server than the one that streams, and what many chats at once take. Real
 * servers on the PostgreSQL of POSTGRES_URL, without Redis and with REDIS_URL.
 * --streams 20 --seconds 8: milliseconds from the provider's token to a reader beside the writer, and at the other server.
 * --chats 100 --rounds 3: a provider of 400 ms to its first token, every feature on, a document to ground in; seconds to the end.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { OPERATOR_KEY } from '../test/support/app.ts';
import { client } from '../test/support/client.ts';
import { startProcess } from '../test/support/process.ts';
import { scratchDatabase } from '../test/support/stores.ts';
import { quantile, table, temporaryFolder } from './support/measure.ts';

const { values } = parseArgs({
  options: {
    streams: { type: 'string', default: '20' },
    seconds: { type: 'string', default: '8' },
    chats: { type: 'string', default: '100' },
    rounds: { type: 'string', default: '3' },
  },
});
const [streams, seconds, chats, rounds] = [values.streams, values.seconds, values.chats, values.rounds].map(Number) as [
  number,
  number,
  number,
  number,
];
const TOKENS_A_SECOND = 20;
const FIRST_TOKEN = 400;

const now = () => performance.timeOrigin + performance.now();
const chunk = (content: string) => `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`;
const END = `data: ${JSON.stringify({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] })}\n\ndata: [DONE]\n\n`;

/** A provider whose tokens tell when they were written; a question that begins with "Chat" gets a short answer after 400 ms. */
const provider = createServer(async (request, response) => {
  let body = '';
  for await (const part of request) body += part;
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  if (body.includes('Chat ')) {
    await sleep(FIRST_TOKEN);
    for (const word of 'The bridge was built in 1932 and is 503 metres long.'.split(' '))
      response.write(chunk(`${word} `));
  } else
    for (let token = 0; token < seconds * TOKENS_A_SECOND; token += 1) {
      response.write(chunk(`${now().toFixed(2)} `));
      await sleep(1_000 / TOKENS_A_SECOND);
    }
  response.end(END);
});
await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve));
const providerUrl = `http://127.0.0.1:${(provider.address() as AddressInfo).port}/v1`;

async function servers(count: number, environment: Readonly<Record<string, string>>) {
  const database = await scratchDatabase(process.env['POSTGRES_URL'] ?? '');
  const folders = Array.from({ length: count }, temporaryFolder);
  const all = await Promise.all(
    folders.map((path) =>
      startProcess({
        ...{ BOOTSTRAP_API_KEY: OPERATOR_KEY, DATA_DIR: path, POSTGRES_URL: database.url, VIEWER_SHARE: '1' },
        ...{ MODEL_BALANCED: 'openai-compatible:bench', OPENAI_BASE_URL: providerUrl },
        ...environment,
      }),
    ),
  );
  return {
    urls: all.map(({ url }) => url),
    async remove() {
      await Promise.all(all.map((one) => one.terminate()));
      await database.drop();
    },
  };
}

/** Milliseconds from each token's writing to its arrival, beside the writer and elsewhere. */
async function delays(environment: Readonly<Record<string, string>>) {
  const two = await servers(2, { ENABLE_HYBRID_RETRIEVAL: 'false', ...environment });
  const [here = '', there = ''] = two.urls;
  const seen = { near: [] as number[], far: [] as number[] };
  const follow = async (url: string, id: string, into: number[]) => {
    const query = 'subscription($id: ID!) { generation(id: $id) { __typename ... on TextDelta { text } } }';
    for await (const { data } of client(url, OPERATOR_KEY).sse(query, { id })) {
      const arrived = now();
      for (const stamp of String(data.generation.text ?? '')
        .trim()
        .split(' '))
        if (stamp) into.push(arrived - Number(stamp));
    }
  };
  const send = 'mutation { sendMessage(input: { content: "Stream" }) { generation { id } } }';
  await Promise.all(
    Array.from({ length: streams }, async () => {
      const { id } = (await client(here, OPERATOR_KEY).request(send)).data.sendMessage.generation;
      await Promise.all([follow(here, id, seen.near), follow(there, id, seen.far)]);
    }),
  );
  await two.remove();
  return seen;
}

/** Milliseconds of each chat. */
async function manyChats(environment: Readonly<Record<string, string>>) {
  const on = ['INTENT_TRACKING', 'QUALITY_EVALUATION', 'HYBRID_RETRIEVAL', 'CACHING', 'MODEL_ROUTING'];
  const features = Object.fromEntries(on.map((name) => [`ENABLE_${name}`, 'true']));
  const one = await servers(1, { ...features, ...environment });
  const asking = client(one.urls[0] ?? '', OPERATOR_KEY);
  const text = 'The bridge was built in 1932. It is 503 metres long. It carries eight lanes of traffic.';
  await asking.request('mutation($text: String!) { addDocument(input: { title: "Bridge", text: $text }) { status } }', {
    text,
  });
  const query = 'subscription($content: String!) { chat(input: { content: $content }) { __typename } }';
  const took: number[] = [];
  let errors = 0;
  for (let round = 0; round <= rounds; round += 1)
    await Promise.all(
      Array.from({ length: chats }, async (_, index) => {
        const started = performance.now();
        let last = '';
        for await (const { data } of asking.sse(query, {
          content: `Chat ${round}-${index}: when was the bridge built?`,
        })) {
          last = data?.chat.__typename ?? '';
          if (last === 'GenerationCompleted') break;
        }
        if (last !== 'GenerationCompleted') errors += 1;
        if (round > 0) took.push(performance.now() - started); // the first round warms up
      }),
    );
  await one.remove();
  return { took, errors };
}

const ms = (value: number) => `${value.toFixed(1)} ms`;
const sizes: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
  ['PostgreSQL alone', {}],
  ...(process.env['REDIS_URL'] ? [['with Redis', { REDIS_URL: process.env['REDIS_URL'] }] as const] : []),
];
try {
  if (streams > 0)
    for (const [name, environment] of sizes) {
      const { near, far } = await delays(environment);
      table(`${streams} streams of ${TOKENS_A_SECOND} tokens/s, ${name}`, [
        ['', 'tokens', 'p50', 'p95', 'p99'],
        ...(
          [
            ['beside the writer', near],
            ['at the other server', far],
          ] as const
        ).map(
          ([where, all]) => [where, all.length, ...[0.5, 0.95, 0.99].map((share) => ms(quantile(all, share)))] as const,
        ),
      ]);
    }
  if (chats > 0)
    for (const [name, environment] of sizes) {
      const { took, errors } = await manyChats(environment);
      const mean = took.reduce((sum, one) => sum + one, 0) / took.length;
      table(`${chats} chats at once, a provider of ${FIRST_TOKEN} ms, every feature on, ${name}`, [
        ['chats', 'errors', 'mean', 'p50', 'p95'],
        [took.length, errors, ms(mean), ms(quantile(took, 0.5)), ms(quantile(took, 0.95))],
      ]);
    }
} finally {
  provider.closeAllConnections();
  provider.close();
}
