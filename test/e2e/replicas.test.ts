import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { OPERATOR_KEY, startApp } from '../support/app.ts';
import { applied, type Client, client, EVENT, FOLLOW, type StreamEvent } from '../support/client.ts';
import { startFakeProvider } from '../support/fake-provider.ts';
import { describeWith } from '../support/services.ts';
import { startTwoApps, type TwoApps } from '../support/two-apps.ts';

const TEXT = Array.from({ length: 120 }, (_, index) => `word${index} 词😀 `).join('');
const CHAT = `subscription($content: String!) { chat(input: { content: $content }) { ${EVENT} ... on CacheAnswered { cache { hit } } } }`;

describeWith(
  'two replicas on PostgreSQL and Redis (POSTGRES_URL, REDIS_URL)',
  Boolean(process.env['POSTGRES_URL'] && process.env['REDIS_URL']),
  'set POSTGRES_URL and REDIS_URL: scripts/services/services up postgres redis',
  () => {
    let servers: TwoApps;
    let here: Client;
    let there: Client;
    let calls = 0;
    let gate: (tokens: number) => Promise<unknown> = async () => undefined;

    beforeAll(async () => {
      const answer = () => {
        calls += 1;
        return { text: TEXT, chunkSize: 6, delayMs: 6, gate: (tokens: number) => gate(tokens) };
      };
      servers = await startTwoApps(answer, {
        REDIS_URL: process.env['REDIS_URL'] ?? '',
        ENABLE_CACHING: 'true',
        ENABLE_HYBRID_RETRIEVAL: 'false',
        MAX_CONCURRENT_REQUESTS: '200',
        MODEL_TOKEN_TIMEOUT: '120000',
      });
      ({ here, there } = servers);
    });
    afterAll(() => servers.remove());

    async function events(
      stream: AsyncGenerator<{ readonly data: Record<string, StreamEvent> }>,
      name: string,
      onText: (held: string) => void = () => undefined,
    ) {
      const all: StreamEvent[] = [];
      let text = '';
      for await (const { data } of stream) {
        const event = data[name] as StreamEvent;
        all.push(event);
        text = applied(text, event);
        onText(text);
      }
      return { all, text };
    }

    test('a reader on the other replica gets the tokens as they come, and the same text', async () => {
      // The model goes on only after the reader there has what came 20 tokens before.
      let heldThere = '';
      gate = async (tokens) => {
        while (tokens % 20 === 0 && heldThere.length < 6 * (tokens - 20)) await sleep(5);
      };
      const { data } = await here.request(
        'mutation { sendMessage(input: { content: "Go on" }) { generation { id } } }',
      );
      const { id } = data.sendMessage.generation;
      const follow = there.sse(FOLLOW, { id });
      const [near, far] = await Promise.all([
        events(here.sse(FOLLOW, { id }), 'generation'),
        events(follow, 'generation', (held) => {
          heldThere = held;
        }),
      ]);
      gate = async () => undefined;
      expect(near.text).toBe(TEXT);
      expect(far.text).toBe(TEXT);
      // From the store it would be snapshots alone. From the log it is deltas, joined where the reader is slow.
      expect(far.all.filter(({ __typename }) => __typename === 'TextDelta').length).toBeGreaterThan(4);
      expect(far.all.at(-1)?.__typename).toBe('GenerationCompleted');
    });

    test('a reader moves between the replicas with its cursor, and no token is lost or doubled', async () => {
      const { data } = await here.request(
        'mutation { sendMessage(input: { content: "Go on" }) { generation { id } } }',
      );
      const { id } = data.sendMessage.generation;
      let held = '';
      let cursor: string | null = null;
      const cursors = new Set<string>();
      for (let round = 0, ended = false; !ended; round += 1) {
        let left = 6;
        for await (const { data } of (round % 2 ? here : there).sse(FOLLOW, { id, after: cursor })) {
          const event = data.generation as StreamEvent;
          expect(cursors.has(event.cursor)).toBe(false);
          cursors.add(event.cursor);
          held = applied(held, event);
          cursor = event.cursor;
          ended = event.__typename === 'GenerationCompleted';
          left -= 1;
          if (left === 0) break;
        }
      }
      expect(held).toBe(TEXT);
    });

    test('a hundred equal questions on both replicas are one call of the model, and all stream the whole answer', async () => {
      const before = calls;
      const asked = Array.from({ length: 100 }, (_, index) =>
        events((index % 2 ? here : there).sse(CHAT, { content: 'All at once?' }), 'chat'),
      );
      const all = await Promise.all(asked);
      expect(new Set(all.map(({ text }) => text))).toEqual(new Set([TEXT]));
      expect(calls).toBe(before + 1);
    });

    test('the platform names Redis with its health', async () => {
      const { data } = await here.request('{ platform { stores { name engine healthy detail } } }');
      expect(data.platform.stores).toContainEqual(
        expect.objectContaining({ name: 'redis', healthy: true, detail: expect.stringMatching(/^Redis \d/) }),
      );
    });
  },
);

test('with a Redis that does not answer, one server works as if it were alone', async () => {
  const provider = await startFakeProvider();
  provider.respond(() => ({ text: 'Whole.', chunkSize: 2 }));
  const app = await startApp({
    ...{ REDIS_URL: 'redis://127.0.0.1:1', ENABLE_CACHING: 'true', ENABLE_HYBRID_RETRIEVAL: 'false' },
    ...{ MODEL_BALANCED: 'openai-compatible:test', OPENAI_BASE_URL: provider.url },
  });
  try {
    const viewer = client(app.url, OPERATOR_KEY);
    for (let round = 0; round < 3; round += 1) {
      let text = '';
      for await (const { data } of viewer.sse(CHAT, { content: 'Hello' })) text = applied(text, data.chat);
      expect(text).toBe('Whole.');
    }
    const { data } = await viewer.request('{ platform { stores { name healthy } } }');
    expect(data.platform.stores).toContainEqual({ name: 'redis', healthy: false });
  } finally {
    await app.remove();
    await provider.close();
  }
});
