/** Each provider call counts once, whenever its server dies. The provider says 1,000 tokens of a call that ends; estimates are far less. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { inputEstimate } from '#core/turn/model-attempt.ts';
import { estimateTokens } from '#core/turn/token-estimate.ts';
import { OPERATOR_KEY } from '../support/app.ts';
import { client } from '../support/client.ts';
import { freshDataDirectory } from '../support/data.ts';
import { type Call, type FakeProvider, startFakeProvider } from '../support/fake-provider.ts';
import { killProcesses, type RunningProcess, startProcess } from '../support/process.ts';
import { describeWith } from '../support/services.ts';
import { scratchDatabase } from '../support/stores.ts';

const LEASE = 1_000;
const WHOLE = { inputTokens: 1_000, outputTokens: 10 };
const QUESTION = 'How many ships are in the harbour today, and which of them sails first?';
const SEND = `mutation { sendMessage(input: { content: "${QUESTION}" }) { generation { id } } }`;
const CANCEL = 'mutation($id: ID!) { cancelGeneration(id: $id) { status } }';
const STORED = `query($id: ID!) { viewer { usage { inputTokens outputTokens costUsd } } node(id: $id) { ... on Generation {
  status usage { inputTokens outputTokens costUsd } } } }`;

let provider: FakeProvider;
let database: Awaited<ReturnType<typeof scratchDatabase>>;
const folders = Array.from({ length: 8 }, () => freshDataDirectory());
let started = 0;
const start = (environment: Readonly<Record<string, string>> = {}): Promise<RunningProcess> => {
  started += 1;
  return startProcess({
    ...{ BOOTSTRAP_API_KEY: OPERATOR_KEY, POSTGRES_URL: database.url, DATA_DIR: folders[started % 8]?.path ?? '' },
    ...{ MODEL_BALANCED: 'openai-compatible:slow', OPENAI_BASE_URL: provider.url, GENERATION_LEASE: `${LEASE}` },
    MODEL_PRICES: '{"openai-compatible:slow":{"input":2,"output":10}}',
    ...{ ENABLE_HYBRID_RETRIEVAL: 'false', ENABLE_QUALITY_EVALUATION: 'false', ...environment },
  });
};

const costOf = (inputTokens: number, outputTokens: number) => (inputTokens * 2 + outputTokens * 10) / 1e6;
const sent = async ({ url }: RunningProcess): Promise<string> =>
  (await client(url, OPERATOR_KEY).request(SEND)).data.sendMessage.generation.id;
/** The viewer's usage is that of this generation and those before it. */
async function stored({ url }: RunningProcess, id: string) {
  const { data } = await client(url, OPERATOR_KEY).request(STORED, { id });
  const { status, usage } = data.node;
  return { status: status as string, ...usage, all: data.viewer.usage };
}
const ended = (server: RunningProcess, id: string, status: string) =>
  expect.poll(async () => (await stored(server, id)).status).toBe(status);
const called = (times: number) => expect.poll(() => provider.calls.length, { interval: 1 }).toBe(times);
/** Tokens of a call's request, as core estimates them. */
const inputOf = ({ body }: Call) =>
  inputEstimate({
    ...{ system: '', query: '', passages: [] },
    messages: (body.messages ?? []).map(({ content }) => ({ role: 'USER', content: String(content) })),
  });
/** Of a turn's first call: presumed, unless a flush came between the call and the kill. */
const first = (call: Call | undefined, others = 0) => [
  estimateTokens(QUESTION) + others,
  inputOf(call as Call) + others,
];
/** Calls before this one give a token and stay silent. */
const answersFrom = (number: number) =>
  provider.respond(() =>
    provider.calls.length < number
      ? { text: 'One two three', chunkSize: 4, stallAfter: 1 }
      : { text: 'Seven.', usage: WHOLE },
  );

function suite(): void {
  beforeAll(async () => {
    provider = await startFakeProvider();
  });
  afterEach(async () => {
    killProcesses();
    provider.calls.splice(0);
    await database.drop();
  });
  afterAll(async () => {
    await provider.close();
    for (const folder of folders) folder.remove();
  });

  const prepared = async () => {
    database = await scratchDatabase(process.env['POSTGRES_URL'] ?? '');
  };

  test('a server that dies between its model’s first token and its first flush: its call and the next one count', async () => {
    await prepared();
    answersFrom(2);
    const [one, other] = [await start(), await start()];
    const id = await sent(one);
    await called(1);
    await one.kill();
    await ended(other, id, 'COMPLETE');
    const { inputTokens, outputTokens, costUsd, all } = await stored(other, id);
    expect(first(provider.calls[0], 1_000)).toContain(inputTokens);
    expect(costUsd).toBeCloseTo(costOf(inputTokens, outputTokens), 9);
    expect(all).toEqual({ inputTokens, outputTokens, costUsd });
  });

  test('the server that took over dies too, at its first token: all three calls count', async () => {
    await prepared();
    answersFrom(3);
    const [one, other] = [await start(), await start()];
    const id = await sent(one);
    await called(1);
    await one.kill();
    await called(2);
    const third = start();
    await other.kill();
    await ended(await third, id, 'COMPLETE');
    const { inputTokens, costUsd, outputTokens, all } = await stored(await third, id);
    const [begun, again] = provider.calls as [Call, Call];
    expect(first(begun, 1_000 + inputOf(again))).toContain(inputTokens);
    expect(all).toEqual({ inputTokens, outputTokens, costUsd });
  });

  test('the last call of an answer that no server resumes any more counts, where it becomes INTERRUPTED', async () => {
    await prepared();
    answersFrom(9);
    let server = await start();
    const id = await sent(server);
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      await called(attempt);
      const next = start();
      await server.kill();
      server = await next;
    }
    await ended(server, id, 'INTERRUPTED');
    const { inputTokens, outputTokens, costUsd, all } = await stored(server, id);
    const [begun, second, third] = provider.calls as [Call, Call, Call];
    expect(first(begun, inputOf(second) + inputOf(third))).toContain(inputTokens);
    expect(all).toEqual({ inputTokens, outputTokens, costUsd });
  });

  test('an answer that is cancelled elsewhere counts its call, whether its server is dead or lives; once', async () => {
    await prepared();
    answersFrom(9);
    const [one, other] = [await start(), await start()];
    const cancelled = async (id: string) => {
      await client(other.url, OPERATOR_KEY).request(CANCEL, { id });
      await ended(other, id, 'CANCELLED');
      return stored(other, id);
    };
    const alive = await sent(one);
    await called(1);
    const living = await cancelled(alive);
    expect(living.inputTokens).toBe(inputOf(provider.calls[0] as Call));
    const id = await sent(one);
    await called(2);
    await one.kill();
    const { inputTokens, outputTokens, all } = await cancelled(id);
    expect(first(provider.calls[1])).toContain(inputTokens);
    expect(all).toMatchObject({
      inputTokens: inputTokens + living.inputTokens,
      outputTokens: outputTokens + living.outputTokens,
    });
  });

  test('a call beside the answer counts while it runs, and where its server dies', async () => {
    await prepared();
    provider.respond(({ body }) =>
      body.model === 'judge' ? { stallAfter: 0, text: '{}' } : { text: 'Seven.', usage: WHOLE },
    );
    const judged = { ENABLE_QUALITY_EVALUATION: 'true', JUDGE_MODEL: 'openai-compatible:judge' };
    const [one, other] = [await start(judged), await start()];
    const id = await sent(one);
    const all = async () => (await stored(other, id)).all.inputTokens;
    await called(2);
    const whole = WHOLE.inputTokens + inputOf(provider.calls[1] as Call);
    await expect.poll(all).toBe(whole);
    await one.kill();
    expect(await all()).toBe(whole);
  });

  test('an answer that waits for a place, or whose provider refused it, counts nothing where its server dies', async () => {
    await prepared();
    answersFrom(9);
    const [one, other] = [await start({ MAX_CONCURRENT_REQUESTS: '1' }), await start()];
    await sent(one);
    await called(1);
    const waiting = await sent(one);
    await one.kill();
    await client(other.url, OPERATOR_KEY).request(CANCEL, { id: waiting });
    expect(await stored(other, waiting)).toMatchObject({ status: 'CANCELLED', inputTokens: 0, outputTokens: 0 });
    provider.respond(() => ({ status: 400 }));
    const refused = await sent(other);
    await ended(other, refused, 'FAILED');
    expect(await stored(other, refused)).toMatchObject({ inputTokens: 0, outputTokens: 0 });
  });
}

describeWith(
  'calls of servers that died (POSTGRES_URL)',
  Boolean(process.env['POSTGRES_URL']),
  'set POSTGRES_URL: scripts/services/services up postgres',
  suite,
);
