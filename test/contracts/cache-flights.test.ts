/** Equal questions on two replicas, each with a connection of its own to one Redis. */
import { randomUUID } from 'node:crypto';
import { afterAll, expect, test } from 'vitest';
import type { Turn } from '#core/turn.ts';
import { connectRedis } from '../../src/adapters/redis/connection.ts';
import { redisSharedCache } from '../../src/adapters/redis/shared-cache.ts';
import { ExactLevel } from '../../src/plugins/cache/exact-level.ts';
import { SettledVersions } from '../../src/plugins/cache/settled-versions.ts';
import { pluginContext } from '../support/plugin-context.ts';
import { describeWith } from '../support/services.ts';

const REDIS_URL = process.env['REDIS_URL'] ?? '';
const SETTINGS = {
  ...{ CACHE_TTL: 3_600, CACHE_ADMIT_ASKS: 1, CACHE_ADMIT_CHARACTERS: 10_000, CACHE_ADMIT_USD: Infinity },
  ...{ QUALITY_MINIMUM: 0.6, CACHE_SCOPE: 'viewer' as const },
};

/** A turn whose generation's id tells when it began, as those of version 7 do. */
function beganAt(time: number, number: number): Turn {
  const hex = time.toString(16).padStart(12, '0');
  const generationId = `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-00000000000${number}`;
  return {
    ids: { conversationId: 'c', userMessageId: 'u', assistantMessageId: 'a', generationId },
    ...{ kind: 'send', content: 'When was it built?', history: [], summary: null, systemPrompt: null, topic: null },
    viewer: { id: 'ann', subject: 'ann', tenant: 'home', role: 'USER' },
    ...{ previousIntent: null, features: new Set(['caching']), version: '1', documentIds: null, requestedModel: null },
    ...{ intent: null, query: '', passages: [], route: null, revision: null },
  };
}

describeWith(
  'Replicas of the cache (REDIS_URL)',
  Boolean(REDIS_URL),
  'set REDIS_URL: scripts/services/services up redis',
  () => {
    const connections = [1, 2].map(() => connectRedis(REDIS_URL, { deadlineFactor: 10 }));
    afterAll(() => Promise.all(connections.map((redis) => redis.stop())));

    test('a question follows the leader of another replica, and none that began before the documents changed', async () => {
      const prefix = `test-${randomUUID()}:`;
      let changedAt = 0;
      const [here, there] = connections.map(
        (redis) =>
          new ExactLevel(
            { ...pluginContext(), cache: redisSharedCache(redis, prefix), passages: { changedAt: () => changedAt } },
            SETTINGS,
            new SettledVersions(0),
          ),
      ) as [ExactLevel, ExactLevel];
      for (const redis of connections) await expect.poll(() => redis.commands.status).toBe('ready');
      const before = beganAt(1_000_000, 1);
      const after = beganAt(1_000_020, 3);
      expect(await here.follow(before)).toBeUndefined();
      expect(await there.follow(beganAt(1_000_001, 2))).toMatchObject({ follow: before.ids?.generationId });
      changedAt = 1_000_010;
      expect(await there.follow(after)).toBeUndefined();
      await here.land(before);
      expect(await here.follow(beganAt(1_000_021, 4))).toMatchObject({ follow: after.ids?.generationId });
    });
  },
);
