/** What a hit costs, in this process: the exact level over memory and Redis, and the semantic level among many questions. */
import { randomUUID } from 'node:crypto';
import type { PluginContext } from '#core/plugin.ts';
import type { SharedCache } from '#core/ports/shared-cache.ts';
import { groundingOf } from '#core/turn/grounding.ts';
import type { Passage, Turn } from '#core/turn.ts';
import type { BuiltInEncoder } from '../../src/adapters/encoder/index.ts';
import { memorySharedCache } from '../../src/adapters/memory/shared-cache.ts';
import { connectRedis } from '../../src/adapters/redis/connection.ts';
import { redisSharedCache } from '../../src/adapters/redis/shared-cache.ts';
import { ExactLevel } from '../../src/plugins/cache/exact-level.ts';
import { SemanticLevel } from '../../src/plugins/cache/semantic/level.ts';
import type { SemanticSettings } from '../../src/plugins/cache/semantic/settings.ts';
import { SettledVersions } from '../../src/plugins/cache/settled-versions.ts';
import { hookContext, pluginContext } from '../../test/support/plugin-context.ts';
import { quantile } from './measure.ts';

const ROUNDS = 2_000;
const ANSWER = 'The bridge was built in 1932 by the harbour company, and widened in 1970. '.repeat(27);
const SETTINGS: SemanticSettings = {
  ...{ CACHE_TTL: 3_600, CACHE_ADMIT_ASKS: 1, CACHE_ADMIT_CHARACTERS: 10_000, CACHE_ADMIT_USD: Infinity },
  ...{ QUALITY_MINIMUM: 0.6, CACHE_SCOPE: 'viewer', CACHE_SEMANTIC_MODE: 'serve', CACHE_MAX_ERROR: 0.01 },
  JUDGE_MODEL: undefined,
};
const PASSAGES: readonly Passage[] = Array.from({ length: 8 }, (_, place) => ({
  ...{ id: `p${place}`, documentId: 'd', documentTitle: 'T', text: `${place} ${'text of a passage '.repeat(60)}` },
  ...{ heading: null, start: 0, end: 1_000, score: 1, vectorScore: null, keywordScore: 1, shared: false },
}));

let made = 0;
const turnOf = (content: string, version: string): Turn => {
  made += 1;
  return {
    ids: { conversationId: 'c', userMessageId: 'u', assistantMessageId: 'a', generationId: `g${made}` },
    ...{ kind: 'send', content, history: [], summary: null, systemPrompt: null, topic: null, previousIntent: null },
    viewer: { id: 'ann', subject: 'ann', tenant: 'home', role: 'USER' },
    ...{ features: new Set(['caching', 'semantic-cache']), version, documentIds: null, requestedModel: null },
    ...{ intent: null, query: content, passages: PASSAGES, route: null, revision: null },
  };
};
const entryOf = (turn: Turn) => ({
  ...{ text: ANSWER, model: 'm', citations: [], usage: { inputTokens: 900, outputTokens: 500, costUsd: 0.01 } },
  ...{ grounding: groundingOf(PASSAGES), generationId: turn.ids?.generationId ?? '' },
});
const context = { ...hookContext(), retrieved: async () => PASSAGES };

/** Rows: what, milliseconds at the median and the 99th percentile. */
export async function cacheHits(encoder: BuiltInEncoder, questions: readonly string[]): Promise<string[][]> {
  const rows = [await exact('exact hit, memory', memorySharedCache({ maxBytes: 2 ** 26 }))];
  rows.push(await exact('exact hit, memory, passages compared', memorySharedCache({ maxBytes: 2 ** 26 }), true));
  const redisUrl = process.env['REDIS_URL'];
  if (redisUrl) {
    const redis = connectRedis(redisUrl);
    while (redis.commands.status !== 'ready') await new Promise((resolve) => setTimeout(resolve, 20));
    const cache = () => redisSharedCache(redis, `bench-${randomUUID()}:`);
    rows.push(
      await exact('exact hit, Redis', cache()),
      await exact('exact hit, Redis, passages compared', cache(), true),
    );
    await redis.stop();
  }
  if (questions.length > 0) rows.push(await semantic(encoder, questions));
  return rows;
}

const houseOf = (cache: SharedCache, embeddings: PluginContext['embeddings'] = null): PluginContext => ({
  ...pluginContext(),
  cache,
  embeddings,
});

async function exact(name: string, cache: SharedCache, isCompared = false): Promise<string[]> {
  const level = new ExactLevel(houseOf(cache), SETTINGS, new SettledVersions(isCompared ? 60_000 : 0));
  const turn = turnOf('When was the bridge built?', '1');
  await level.keep(turn, entryOf(turn));
  return timed(name, async () => {
    if (!(await level.find(turnOf('When was the bridge built?', '1'), context))) throw new Error('a hit was missed');
  });
}

async function semantic(encoder: BuiltInEncoder, questions: readonly string[]): Promise<string[]> {
  const house = houseOf(memorySharedCache({ maxBytes: 2 ** 26 }), encoder);
  const level = new SemanticLevel(house, SETTINGS, new ExactLevel(house, SETTINGS, new SettledVersions(0)));
  for (const question of questions) {
    const turn = turnOf(question, '1');
    await level.learn(turn, entryOf(turn), 3_600_000, context.signal);
  }
  let place = 0;
  return timed(`semantic level, ${questions.length} questions known`, async () => {
    place += 1;
    await level.find(turnOf(`In other words, ${questions[place % questions.length]} (${place})`, '1'), context);
  });
}

async function timed(name: string, once: () => Promise<void>): Promise<string[]> {
  for (let round = 0; round < ROUNDS / 10; round += 1) await once();
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const started = performance.now();
    await once();
    times.push(performance.now() - started);
  }
  return [name, ...[0.5, 0.99].map((share) => quantile(times, share).toFixed(3))];
}
