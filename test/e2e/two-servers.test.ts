import { afterAll, beforeAll, expect, test } from 'vitest';
import { applied, type Client, client, FOLLOW, type StreamEvent } from '../support/client.ts';
import { describeWith } from '../support/services.ts';
import { startTwoApps, type TwoApps } from '../support/two-apps.ts';

const TEXT = Array.from({ length: 150 }, (_, index) => `word${index} 词😀 `).join('');
const SEND = 'mutation { sendMessage(input: { content: "Go on" }) { generation { id } } }';

describeWith(
  'two servers on one PostgreSQL (POSTGRES_URL)',
  Boolean(process.env['POSTGRES_URL']),
  'set POSTGRES_URL: scripts/services/services up postgres',
  () => {
    let servers: TwoApps;
    let here: Client;
    let there: Client;

    beforeAll(async () => {
      servers = await startTwoApps(() => ({ text: TEXT, chunkSize: 6, delayMs: 6 }));
      ({ here, there } = servers);
    });
    afterAll(() => servers.remove());

    async function follow(asking: Client, id: string, from: { readonly cursor: string | null; readonly held: string }) {
      const events: StreamEvent[] = [];
      let { held } = from;
      for await (const { data } of asking.sse(FOLLOW, { id, after: from.cursor })) {
        events.push(data.generation);
        held = applied(held, data.generation);
      }
      return { held, events };
    }

    test('a reader continues at the other server, and holds exactly the stored text', async () => {
      const { data } = await here.request(SEND);
      const { id } = data.sendMessage.generation;
      let held = '';
      let cursor: string | null = null;
      for await (const result of here.sse(FOLLOW, { id })) {
        held = applied(held, result.data.generation);
        cursor = result.data.generation.cursor;
        if (held.length > 300) break;
      }
      const { held: whole, events } = await follow(there, id, { cursor, held });
      expect(whole).toBe(TEXT);
      expect(events.at(-1)?.__typename).toBe('GenerationCompleted');
      expect((await follow(there, id, { cursor: events.at(-1)?.cursor ?? null, held: whole })).events).toEqual([]);
    });

    test('a generation of one server is cancelled at the other', async () => {
      const { data } = await here.request(SEND);
      const { id } = data.sendMessage.generation;
      const reading = follow(here, id, { cursor: null, held: '' });
      const text = 'query($id: ID!) { node(id: $id) { ... on Generation { message { content } } } }';
      await until(async () => (await there.request(text, { id })).data.node.message.content.length > 100);
      const cancelled = await there.request('mutation($id: ID!) { cancelGeneration(id: $id) { status } }', { id });
      expect(cancelled.data.cancelGeneration.status).toBe('CANCELLED');
      const { held, events } = await reading;
      expect(events.at(-1)?.__typename).toBe('GenerationCancelled');
      const stored = await there.request(
        'query($id: ID!) { node(id: $id) { ... on Generation { status usage { outputTokens } message { content } } } }',
        { id },
      );
      expect(stored.data.node).toMatchObject({ status: 'CANCELLED', message: { content: held } });
      // Also where the other server died before it noticed.
      expect(stored.data.node.usage.outputTokens).toBeGreaterThan(10);
    });

    test('a document, a switch and a revoked key soon reach both', async () => {
      await here.request(
        'mutation { addDocument(input: { title: "Kettle", text: "The kettle of the office is on the third floor." }) { id } }',
      );
      const search = async () =>
        JSON.stringify((await there.request('{ search(query: "Where is the kettle?") { passages { text } } }')).data);
      await until(async () => (await search()).includes('third floor'));
      await here.request('mutation { setFeature(input: { name: "hybrid-retrieval", enabled: false }) { enabled } }');
      await until(
        async () =>
          (await there.request('{ platform { features { name enabled } } }')).data.platform.features.find(
            ({ name }: { name: string }) => name === 'hybrid-retrieval',
          ).enabled === false,
      );
      const { data } = await here.request(
        'mutation { createApiKey(input: { name: "k", subject: "k" }) { secret apiKey { id } } }',
      );
      const other = client(servers.thereUrl, data.createApiKey.secret);
      expect((await other.request('{ viewer { subject } }')).status).toBe(200);
      await here.request('mutation($id: ID!) { revokeApiKey(id: $id) { id } }', { id: data.createApiKey.apiKey.id });
      await until(async () => (await other.request('{ viewer { subject } }')).status === 401);
    });
  },
);

const until = (condition: () => Promise<boolean>) => expect.poll(condition).toBe(true);
