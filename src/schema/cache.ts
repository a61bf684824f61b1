import type { CacheOutcome as Outcome } from '#core/turn.ts';
import { builder } from './builder.ts';

const CacheLevel = builder.enumType('CacheLevel', { values: ['MEMORY', 'REMOTE', 'SEMANTIC'] as const });

export const CacheOutcome = builder.objectRef<Outcome>('CacheOutcome').implement({
  fields: (t) => ({
    hit: t.exposeBoolean('hit'),
    level: t.expose('level', { type: CacheLevel, nullable: true }),
    similarity: t.exposeFloat('similarity', { nullable: true }),
    key: t.exposeString('key', { nullable: true }),
  }),
});

const CacheScope = builder.enumType('CacheScope', { values: ['ALL', 'RESPONSES', 'EMBEDDINGS'] as const });
const CacheClearance = builder.objectRef<{ readonly removed: number }>('CacheClearance').implement({
  fields: (t) => ({ removed: t.exposeInt('removed') }),
});

builder.mutationField('clearCache', (t) =>
  t.field({
    type: CacheClearance,
    description:
      "Operators only, for the own tenant; the platform's operators for all. With a key (of `Generation.cache`), that entry alone.",
    args: { scope: t.arg({ type: CacheScope, required: true, defaultValue: 'ALL' }), key: t.arg.string() },
    resolve: async (_root, { scope, key }, { parley, viewer }) => ({
      removed: await parley.operations.clearCache(viewer, { scope, key: key ?? null }),
    }),
  }),
);
