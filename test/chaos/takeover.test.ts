import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { OPERATOR_KEY } from '../support/app.ts';
import { applied, client, type StreamEvent } from '../support/client.ts';
import { freshDataDirectory } from '../support/data.ts';
import { type Call, type FakeProvider, startFakeProvider } from '../support/fake-provider.ts';
import { broken, followAcross, type History } from '../support/moving-reader.ts';
import { killProcesses, type RunningProcess, startProcess } from '../support/process.ts';
import { describeWith } from '../support/services.ts';
import { scratchDatabase } from '../support/stores.ts';

const TEXT = Array.from({ length: 120 }, (_, index) => `word${index} 词😀 `)
  .join('')
  .trimEnd();
const LEASE = 2_000;
const SEND = 'mutation { sendMessage(input: { content: "Go on" }) { generation { id } } }';
const STORED = `query($id: ID!) { node(id: $id) { ... on Generation {
  status usage { inputTokens outputTokens } message { content } } } }`;

/** Two servers of one database, each with a folder of its own. */
async function replicas(environment: Readonly<Record<string, string>>) {
  const database = await scratchDatabase(process.env['POSTGRES_URL'] ?? '');
  const folders = [freshDataDirectory(), freshDataDirectory()] as const;
  const start = (place: 0 | 1) =>
    startProcess({
      BOOTSTRAP_API_KEY: OPERATOR_KEY,
      POSTGRES_URL: database.url,
      DATA_DIR: folders[place].path,
      MODEL_BALANCED: 'openai-compatible:slow',
      GENERATION_LEASE: `${LEASE}`,
      ENABLE_HYBRID_RETRIEVAL: 'false',
      ...environment,
    });
  const both: [RunningProcess, RunningProcess] = await Promise.all([start(0), start(1)]);
  return {
    both,
    urls: () => both.map(({ url }) => url),
    async remove() {
      killProcesses();
      await database.drop();
      for (const folder of folders) folder.remove();
    },
  };
}

const lastRole = ({ body }: Call) => body.messages?.at(-1)?.role;
const lastContent = ({ body }: Call) => String(body.messages?.at(-1)?.content ?? '');

let provider: FakeProvider;
beforeAll(async () => {
  provider = await startFakeProvider();
});
afterEach(() => {
  killProcesses();
  provider.calls.splice(0);
});
afterAll(() => provider.close());

async function sent(url: string): Promise<string> {
  return (await client(url, OPERATOR_KEY).request(SEND)).data.sendMessage.generation.id;
}

async function stored(url: string, id: string) {
  const { data } = await client(url, OPERATOR_KEY).request(STORED, { id });
  return data.node as { status: string; usage: { outputTokens: number }; message: { content: string } };
}

/** Which attempts' text a reader was told. */
const attempts = ({ events }: History) => events.flatMap(({ attempt }) => attempt ?? []);

/** Resolves when the reader holds so much of the text. */
function milestone(length = 300) {
  const { promise: reached, resolve } = Promise.withResolvers<void>();
  let held = '';
  const onEvent = (event: StreamEvent) => {
    held = applied(held, event);
    if (held.length >= length) resolve();
  };
  return { reached, onEvent };
}

function suite(environment: () => Readonly<Record<string, string>>): void {
  const settings = () => ({ OPENAI_BASE_URL: provider.url, ...environment() });

  test('another server starts the answer of a killed one again, and its reader holds what is stored', async () => {
    provider.respond(() => ({ text: TEXT, chunkSize: 6, delayMs: 10 }));
    const { both, urls, remove } = await replicas(settings());
    const id = await sent(both[0].url);
    const { reached, onEvent } = milestone();
    const reading = followAcross(urls, OPERATOR_KEY, id, { onEvent });
    const elsewhere = followAcross(urls, OPERATOR_KEY, id, { first: 1 });
    await reached;
    await both[0].kill();
    for (const history of await Promise.all([reading, elsewhere])) {
      expect(history.held).toBe(TEXT);
      expect(broken(history)).toEqual([]);
      expect(attempts(history).at(-1)).toBe(2);
    }
    const { status, message, usage } = await stored(both[1].url, id);
    expect([status, message.content, provider.calls.length]).toEqual(['COMPLETE', TEXT, 2]);
    // Of both calls: the one that died by estimate.
    expect(usage.outputTokens).toBeGreaterThan(0);
    await remove();
  });

  test('a model that can continue goes on from the text so far', async () => {
    provider.respond((call) => ({
      text: lastRole(call) === 'assistant' ? TEXT.slice(lastContent(call).length) : TEXT,
      chunkSize: 6,
      delayMs: 10,
    }));
    const continuing = { MODEL_CONTINUATION: '{"openai-compatible:slow":"assistant"}' };
    const { both, urls, remove } = await replicas({ ...settings(), ...continuing });
    const id = await sent(both[0].url);
    const { reached, onEvent } = milestone(800);
    const reading = followAcross(urls, OPERATOR_KEY, id, { onEvent });
    await reached;
    await both[0].kill();
    const history = await reading;
    expect([history.held, broken(history)]).toEqual([TEXT, []]);
    expect((await stored(both[1].url, id)).message.content).toBe(TEXT);
    const partial = provider.calls[1] && lastContent(provider.calls[1]);
    expect(partial?.length).toBeGreaterThan(50);
    expect(TEXT.startsWith(partial ?? '?')).toBe(true);
    await remove();
  });

  test('a server that slept past its lease shows its readers nothing that is not stored', async () => {
    provider.respond(() => ({ text: TEXT, chunkSize: 6, delayMs: 10 }));
    const { both, urls, remove } = await replicas(settings());
    const id = await sent(both[0].url);
    // Its connection stays open while the server sleeps: a reader who waits.
    const { reached, onEvent } = milestone();
    let seen = 0;
    const counting = (event: StreamEvent) => {
      seen += 1;
      onEvent(event);
    };
    const reading = followAcross(() => [both[0].url], OPERATOR_KEY, id, { onEvent: counting });
    await reached;
    both[0].child.kill('SIGSTOP');
    await expect.poll(async () => (await stored(both[1].url, id)).status).toBe('COMPLETE');
    const before = seen;
    both[0].child.kill('SIGCONT');
    const history = await reading;
    const { status, message } = await stored(both[1].url, id);
    expect([status, message.content]).toEqual(['COMPLETE', TEXT]);
    expect([history.held, broken(history), attempts(history).at(-1)]).toEqual([TEXT, [], 2]);
    // What its provider sent meanwhile is shown to nobody: only what was on its way to the reader still arrives.
    const late = history.events.slice(before).filter(({ cursor }) => cursor.startsWith('1-'));
    expect(late.reduce((sum, { text = '' }) => sum + text.length, 0)).toBeLessThan(100);
    expect(urls()).toHaveLength(2);
    await remove();
  });
}

describeWith(
  'takeover on PostgreSQL alone (POSTGRES_URL)',
  Boolean(process.env['POSTGRES_URL']),
  'set POSTGRES_URL: scripts/services/services up postgres',
  () => suite(() => ({})),
);

describeWith(
  'takeover with Redis (POSTGRES_URL, REDIS_URL)',
  Boolean(process.env['POSTGRES_URL'] && process.env['REDIS_URL']),
  'set POSTGRES_URL and REDIS_URL: scripts/services/services up postgres redis',
  () => suite(() => ({ REDIS_URL: process.env['REDIS_URL'] ?? '' })),
);
