/**
 * npm run bench:turn: P1, the time to first token that the whole pipeline adds to a direct call of the same provider, in turns;
 * P6, statements and CPU of a turn in conversations of 10 to 10,000 messages, and of a turn that is neither judged nor tracked.
 * POSTGRES_URL measures on PostgreSQL too.
 */
import { parseArgs } from 'node:util';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { scratchDatabase } from '../test/support/stores.ts';
import { type MeasuredServer, median, quantile, startServer, table } from './support/measure.ts';

const ROUNDS = 200;
const { values } = parseArgs({ options: { sizes: { type: 'string', default: '10,100,1000,10000' } } });
const SIZES = values.sizes.split(',').filter(Boolean).map(Number);
const TURNS = 30;
/** Messages of the turns before the first measurement of a server; P1 is one for the other. */
const WARM = 2 * ROUNDS + 40;
const PLAIN = { ENABLE_QUALITY_EVALUATION: 'false', ENABLE_INTENT_TRACKING: 'false' };

const provider = await startServer('provider');
const postgresUrl = process.env['POSTGRES_URL'];
const scratch = postgresUrl ? await scratchDatabase(postgresUrl) : undefined;
await measure('embedded database', {});
if (scratch) await measure('PostgreSQL', { postgresUrl: scratch.url });
await scratch?.drop();
await provider.stop();
process.exit(0);

async function measure(title: string, options: Readonly<Record<string, unknown>>): Promise<void> {
  const server = await startServer('parley-turn', { provider: provider.url, ...options });
  await firstTokens(title, server.url);
  if (SIZES.length > 0) {
    const plain = await startServer('parley-turn', { provider: provider.url, environment: PLAIN, ...options });
    await lengths(title, server, plain);
    await plain.stop();
  }
  await server.stop();
}

async function firstTokens(title: string, url: string): Promise<void> {
  const client = createClient({ url: `${url.replace('http', 'ws')}/graphql`, webSocketImpl: WebSocket, lazy: false });
  const direct: number[] = [];
  const through: number[] = [];
  for (let round = -20; round < ROUNDS; round += 1) {
    const [one, other] = [await directly(), await throughParley(client)];
    if (round < 0) continue;
    direct.push(one);
    through.push(other);
  }
  await client.dispose();
  const added = (share: number) => quantile(through, share) - quantile(direct, share);
  table(`P1 (${title}): milliseconds to the first token, ${ROUNDS} turns in alternation, retrieval on`, [
    ['', 'p50', 'p99'],
    ['the provider, called directly', quantile(direct, 0.5), quantile(direct, 0.99)],
    ['Parley over WebSocket', quantile(through, 0.5), quantile(through, 0.99)],
    ['added', added(0.5), added(0.99)],
  ]);
}

async function directly(): Promise<number> {
  const started = performance.now();
  const response = await fetch(`${provider.url}/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      model: 'bench',
      stream: true,
      messages: [{ role: 'user', content: 'When was bridge number 7 built?' }],
    }),
  });
  let first = 0;
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    text += decoder.decode(chunk, { stream: true });
    if (first === 0 && /"content":"[^"]/.test(text)) first = performance.now() - started;
  }
  return first;
}

function throughParley(client: ReturnType<typeof createClient>): Promise<number> {
  const started = performance.now();
  let first = 0;
  return new Promise((resolve, reject) => {
    client.subscribe<{ chat: { __typename: string } }>(
      {
        query:
          'subscription { chat(input: { content: "When was bridge number 7 built?" }) { __typename ... on TextDelta { text } } }',
      },
      {
        next: ({ data }) => {
          if (first === 0 && data?.chat.__typename === 'TextDelta') first = performance.now() - started;
        },
        error: reject,
        complete: () => (first > 0 ? resolve(first) : reject(new Error('no token came'))),
      },
    );
  });
}

interface Talk {
  readonly label: string;
  readonly server: MeasuredServer;
  readonly messages: number;
}

async function lengths(title: string, server: MeasuredServer, plain: MeasuredServer): Promise<void> {
  const talks: Talk[] = SIZES.map((messages) => ({ label: String(messages), server, messages }));
  const [least = 10] = SIZES;
  talks.push({ label: `${least}, neither judged nor tracked`, server: plain, messages: least });
  // It has answered less than the other until now: compilers work on the first turns.
  await plain.command('grow', { id: null, messages: WARM + Math.min(WARM, SIZES.at(-1) ?? 0), from: 0 });
  const ids: string[] = [];
  for (const { server, messages } of talks)
    ids.push(((await server.command('grow', { id: null, messages, from: 0 })) as { id: string }).id);
  const measured = talks.map(() => ({ statements: [] as number[], cpu: [] as number[] }));
  for (let round = -1; round < 5; round += 1)
    for (const [index, { server }] of talks.entries()) {
      const { statements, cpu } = (await server.command('turns', { id: ids[index], count: TURNS })) as {
        statements: number;
        cpu: number;
      };
      if (round < 0) continue;
      measured[index]?.statements.push(statements);
      measured[index]?.cpu.push(cpu);
    }
  const first = median(measured[0]?.cpu ?? []);
  table(`P6 (${title}): a turn by the length of its conversation, median of 5 interleaved rounds of ${TURNS} turns`, [
    ['messages', 'statements', 'CPU us', `x that of ${least}`],
    ...talks.map(({ label }, index) => [
      label,
      median(measured[index]?.statements ?? []),
      median(measured[index]?.cpu ?? []),
      median(measured[index]?.cpu ?? []) / first,
    ]),
  ]);
}
