/** What /metrics shows after real turns, and that nothing a client sends makes a series. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { OPERATOR_KEY, startApp, type TestApp } from '../support/app.ts';
import { type Client, client } from '../support/client.ts';
import { type FakeProvider, startFakeProvider } from '../support/fake-provider.ts';

const MODEL = 'openai-compatible:answers';
const CHAT = `subscription($content: String!) { chat(input: { content: $content }) { __typename
  ... on GenerationCompleted { message { id } } } }`;
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/;

let provider: FakeProvider;
let app: TestApp;
let asking: Client;

beforeAll(async () => {
  provider = await startFakeProvider();
  app = await startApp({
    MODEL_BALANCED: MODEL,
    OPENAI_BASE_URL: provider.url,
    MODEL_PRICES: JSON.stringify({ [MODEL]: { input: 1, output: 2 } }),
    ENABLE_QUALITY_EVALUATION: 'true',
    ENABLE_CACHING: 'true',
  });
  asking = client(app.url, OPERATOR_KEY);
});
afterAll(async () => {
  await app.remove();
  await provider.close();
});

/** Values by series: the name with its labels. */
async function scrape(): Promise<Map<string, number>> {
  const text = await (await fetch(`${app.url}/metrics`)).text();
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
  );
}

async function chat(content: string): Promise<string> {
  let id = '';
  for await (const { data } of asking.ws(CHAT, { content })) id = data.chat.message?.id ?? id;
  return id;
}

test('/metrics shows every figure that rules and panels are written over', async () => {
  await asking.request(
    'mutation { addDocument(input: { title: "Bridge", text: "The bridge was built in 1932." }) { id } }',
  );
  provider.always({
    text: 'The bridge was built in 1932.',
    chunkSize: 5,
    delayMs: 2,
    usage: { inputTokens: 30, outputTokens: 10 },
  });
  const messageId = await chat('When was the bridge built?');
  // While the encoder opens, retrieval is degraded, and such answers are not kept.
  const hits = async () => (await scrape()).get('cache_requests_total{outcome="memory"}') ?? 0;
  for (let tries = 0; tries < 50 && (await hits()) === 0; tries += 1) await chat('When was the bridge built?');
  await asking.request('mutation($id: ID!) { rateMessage(input: { messageId: $id, rating: UP }) { rating } }', {
    id: messageId,
  });
  await asking.request('{ conversations { edges { node { id } } } }');
  provider.reply({ status: 401 });
  await chat('And this one fails?');

  const shown = await scrape();
  const value = (series: string) => shown.get(series) ?? Number.NaN;
  const answered = value(`parley_model_call_seconds_count{model="${MODEL}",stage="generate",outcome="OK"}`);
  expect(value(`parley_generations_total{status="COMPLETE",model="${MODEL}"}`)).toBe(answered + 1);
  expect(value('parley_generation_errors_total{code="MODEL_UNAVAILABLE"}')).toBe(1);
  expect(value('parley_generation_errors_total{code="INTERNAL_SERVER_ERROR"}')).toBe(0);
  expect(value(`parley_first_token_seconds_count{model="${MODEL}"}`)).toBe(answered + 1);
  expect(value(`parley_inter_token_seconds_count{model="${MODEL}"}`)).toBeGreaterThan(2);
  expect(value(`parley_tokens_total{direction="output",model="${MODEL}"}`)).toBe(10 * answered);
  expect(value(`parley_cost_usd_total{model="${MODEL}"}`)).toBeCloseTo(50e-6 * answered, 9);
  expect(value('parley_stage_duration_seconds_count{stage="understand",plugin="intent",outcome="OK"}')).toBe(
    answered + 2,
  );
  expect(value('parley_ratings_total{rating="up"}')).toBe(1);
  expect(value('cache_requests_total{outcome="memory"}')).toBe(1);
  expect(value('cache_requests_total{outcome="semantic"}')).toBe(0);
  expect(value('retrieval_searches_total{strategy="hybrid",degraded="no"}')).toBeGreaterThan(0);
  expect(value('retrieval_leg_duration_seconds_count{leg="vector",outcome="ok"}')).toBeGreaterThan(0);
  expect(value('quality_score_overall')).toBeGreaterThan(0.5);
  expect(value('quality_score_relevance')).toBeGreaterThan(0);
  expect(value('graphql_operation_duration_seconds_count{operation="chat",type="subscription",outcome="ok"}')).toBe(
    answered + 2,
  );
  expect(value('graphql_operation_duration_seconds_count{operation="conversations",type="query",outcome="ok"}')).toBe(
    1,
  );
  expect(value('http_request_duration_seconds_count{method="POST",route="/graphql",status="200"}')).toBeGreaterThan(2);
  for (const series of [
    ...['parley_generations_active', 'parley_generations_queued', 'parley_connections', 'parley_store_pool_size'],
    ...['parley_store_pool{state="used"}', 'parley_store_pool{state="waiting"}', 'parley_jobs{state="waiting"}'],
    ...['parley_generations_abandoned_total', 'nodejs_eventloop_lag_p99_seconds', 'process_resident_memory_bytes'],
  ])
    expect(value(series), series).toBeGreaterThanOrEqual(0);
  expect([...shown.keys()].filter((series) => UUID.test(series))).toEqual([]);
});

test('what clients name makes no series: operations, aliases, unknown fields, paths, methods', async () => {
  await asking.request('query Warm { platform { version } } ');
  const before = new Set((await scrape()).keys());
  for (let round = 0; round < 20; round += 1) {
    await asking.request(`query Hostile${round} { a${round}: platform { version } }`);
    await asking.request(`query Hostile${round} { unknown${round} }`);
    await fetch(`${app.url}/path-${round}`);
    await fetch(`${app.url}/graphql`, { method: `M${round}` }).catch(() => undefined);
  }
  const added = [...(await scrape()).keys()].filter((series) => !before.has(series));
  expect(added.filter((series) => /Hostile|unknown|path-|M1|a1/.test(series))).toEqual([]);
  expect(new Set(added.map((series) => series.replace(/le="[^"]*"/, ''))).size).toBeLessThan(15);
});

test('a stream of events counts to its beginning, so that long streams are no slow requests', async () => {
  provider.always({ text: 'Slow and steady words.', chunkSize: 2, delayMs: 150 });
  const series = 'http_request_duration_seconds_bucket{le="1",method="POST",route="/graphql",status="200"}';
  const before = (await scrape()).get(series) ?? 0;
  for await (const _event of asking.sse(CHAT, { content: 'Something that takes over a second to answer' }));
  await expect.poll(async () => (await scrape()).get(series)).toBe(before + 1);
});
