/** The former version and this one on one database, one Redis: what docs/upgrading.md promises, both ways. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { OPERATOR_KEY } from '../support/app.ts';
import { applied, ask, type Client, client } from '../support/client.ts';
import { freshDataDirectory } from '../support/data.ts';
import { type FakeProvider, startFakeProvider } from '../support/fake-provider.ts';
import { checkedOut, formerVersion } from '../support/former-version.ts';
import { broken, followAcross } from '../support/moving-reader.ts';
import { killProcesses, type RunningProcess, startProcess } from '../support/process.ts';
import { describeWith } from '../support/services.ts';
import { scratchDatabase } from '../support/stores.ts';

const TEXT = Array.from({ length: 120 }, (_, index) => `word${index} 词😀 `)
  .join('')
  .trimEnd();
const LEASE = 2_000;
const former = await formerVersion();

function suite(environment: () => Readonly<Record<string, string>>): void {
  let provider: FakeProvider;
  let database: Awaited<ReturnType<typeof scratchDatabase>>;
  let formerFolder: URL;
  const data = [freshDataDirectory(), freshDataDirectory()] as const;
  let servers: { former: RunningProcess; current: RunningProcess };

  const start = (version: 'former' | 'current') =>
    startProcess(
      {
        BOOTSTRAP_API_KEY: OPERATOR_KEY,
        POSTGRES_URL: database.url,
        DATA_DIR: data[version === 'former' ? 0 : 1].path,
        MODEL_BALANCED: 'openai-compatible:slow',
        OPENAI_BASE_URL: provider.url,
        GENERATION_LEASE: `${LEASE}`,
        EMBEDDING_MODEL: 'none',
        ENABLE_CACHING: 'true',
        ...environment(),
      },
      version === 'former' ? { folder: formerFolder } : {},
    );
  const at = (version: 'former' | 'current'): Client => client(servers[version].url, OPERATOR_KEY);

  beforeAll(async () => {
    provider = await startFakeProvider();
    database = await scratchDatabase(process.env['POSTGRES_URL'] ?? '');
    formerFolder = await checkedOut(former as string);
    const first = await start('former'); // makes the database as it was
    servers = { former: first, current: await start('current') }; // changes it under the first
  }, 300_000);
  beforeEach(() => provider.respond(() => ({ text: TEXT, chunkSize: 6, delayMs: 8 })));
  afterAll(async () => {
    killProcesses();
    await database?.drop();
    await provider.close();
    for (const folder of data) folder.remove();
  });

  const directions = [
    ['former', 'current'],
    ['current', 'former'],
  ] as const;

  test.each(directions)('a conversation of the %s version goes on at the %s', async (one, other) => {
    const { last } = await ask(at(one), { content: `Begin at the ${one}` });
    const { data: found } = await at(one).request('{ conversations(first: 1) { edges { node { id } } } }');
    const { id } = found.conversations.edges[0].node;
    const second = await ask(at(other), { content: `Go on after the ${one}`, conversationId: id });
    expect([last.__typename, second.text]).toEqual(['GenerationCompleted', TEXT]);
    const third = await ask(at(one), { content: `And on after the ${one}`, conversationId: id });
    expect(third.text).toBe(TEXT);
    const messages = `query($id: ID!) { node(id: $id) { ... on Conversation { messages(first: 20) { edges { node { status } } } } } }`;
    for (const version of [one, other]) {
      const { data: read, errors } = await at(version).request(messages, { id });
      expect(errors).toBeUndefined();
      expect(read.node.messages.edges.map((edge: { node: { status: string } }) => edge.node.status)).toEqual(
        Array.from({ length: 6 }, () => 'COMPLETE'),
      );
    }
  });

  test.each(directions)('a stream of the %s version is read and resumed at the %s', async (one, other) => {
    const id = await sent(at(one), `Stream from the ${one}`);
    const [here, there] = await Promise.all([
      followAcross(() => [servers[one].url], OPERATOR_KEY, id),
      followAcross(() => [servers[other].url], OPERATOR_KEY, id),
    ]);
    for (const history of [here, there]) expect([history.held, broken(history)]).toEqual([TEXT, []]);
    const half = here.events[Math.floor(here.events.length / 2)];
    const held = here.events.slice(0, here.events.indexOf(half as never) + 1).reduce(applied, '');
    expect(await resumed(at(other), id, half?.cursor ?? '', held)).toBe(TEXT);
  });

  test.each(directions)('a document, a switch and a key of the %s version are there at the %s', async (one, other) => {
    const word = `zebra${one}`;
    const add = 'mutation($text: String!) { addDocument(input: { title: "Animals", text: $text }) { status } }';
    await at(one).request(add, { text: `A ${word} lives in the north.` });
    const search = 'query($q: String!) { search(query: $q) { passages { text } } }';
    await expect
      .poll(async () => (await at(other).request(search, { q: word })).data.search.passages[0]?.text)
      .toContain(word);
    await at(one).request('mutation { setFeature(input: { name: "model-routing", rollout: 0.5 }) { name } }');
    await expect
      .poll(async () => (await at(other).request('{ platform { features { name rollout } } }')).data.platform.features)
      .toContainEqual({ name: 'model-routing', rollout: 0.5 });
    await at(one).request('mutation { setFeature(input: { name: "model-routing", reset: true }) { name } }');
    const key = 'mutation { createApiKey(input: { name: "k", subject: "ann" }) { secret } }';
    const { secret } = (await at(one).request(key)).data.createApiKey;
    const viewer = await client(servers[other].url, secret).request('{ viewer { subject } }');
    expect(viewer.data.viewer.subject).toBe('ann');
  });

  test.each(directions)('the answer of a killed %s version is gone on with by the %s', async (one, other) => {
    const id = await sent(at(one), `Die at the ${one}`);
    const { promise: reached, resolve } = Promise.withResolvers<void>();
    let events = 0;
    const onEvent = () => {
      events += 1;
      if (events === 10) resolve();
    };
    const reading = followAcross(() => [servers[one].url, servers[other].url], OPERATOR_KEY, id, { onEvent });
    await reached;
    await servers[one].kill();
    const history = await reading;
    expect([history.held, broken(history)]).toEqual([TEXT, []]);
    servers[one] = await start(one); // the former one finds the newer database
    const { data: stored } = await at(one).request(
      'query($id: ID!) { node(id: $id) { ... on Generation { status message { content } } } }',
      { id },
    );
    expect(stored.node).toEqual({ status: 'COMPLETE', message: { content: TEXT } });
  });
}

/** A shallow clone or a downloaded archive holds no former version. */
const whereThereIsHistory = (environment: Parameters<typeof suite>[0]) =>
  describe.skipIf(former === null)('from the former version in the history', () => suite(environment));

async function sent(asking: Client, content: string): Promise<string> {
  const send = 'mutation($content: String!) { sendMessage(input: { content: $content }) { generation { id } } }';
  return (await asking.request(send, { content })).data.sendMessage.generation.id;
}

async function resumed(asking: Client, id: string, after: string, held: string): Promise<string> {
  let text = held;
  const follow = `subscription($id: ID!, $after: String) { generation(id: $id, after: $after) { __typename
    ... on TextDelta { text offset } ... on TextSnapshot { text } } }`;
  for await (const { data } of asking.sse(follow, { id, after })) text = applied(text, data.generation);
  return text;
}

const { POSTGRES_URL, REDIS_URL } = process.env;
describeWith(
  'two versions on PostgreSQL alone (POSTGRES_URL)',
  Boolean(POSTGRES_URL),
  'set POSTGRES_URL: scripts/services/services up postgres',
  () => whereThereIsHistory(() => ({})),
);
describeWith(
  'two versions with Redis (POSTGRES_URL, REDIS_URL)',
  Boolean(POSTGRES_URL && REDIS_URL),
  'set POSTGRES_URL and REDIS_URL: scripts/services/services up postgres redis',
  () => whereThereIsHistory(() => ({ REDIS_URL: REDIS_URL ?? '' })),
);
