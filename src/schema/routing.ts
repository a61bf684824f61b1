import type { RouteDecision as Decision, CacheOutcome as Outcome } from '#core/turn.ts';
import { builder } from './builder.ts';

export const ModelTier = builder.enumType('ModelTier', { values: ['LIGHT', 'BALANCED', 'STRONG'] as const });

export const RouteDecision = builder.objectRef<Decision>('RouteDecision').implement({
  fields: (t) => ({
    model: t.exposeString('model'),
    tier: t.expose('tier', { type: ModelTier }),
    complexity: t.exposeFloat('complexity'),
    reason: t.exposeString('reason'),
    fallbacks: t.stringList({ resolve: ({ fallbacks }) => [...fallbacks] }),
  }),
});

const CacheLevel = builder.enumType('CacheLevel', { values: ['MEMORY', 'REMOTE', 'SEMANTIC'] as const });

export const CacheOutcome = builder.objectRef<Outcome>('CacheOutcome').implement({
  fields: (t) => ({
    hit: t.exposeBoolean('hit'),
    level: t.expose('level', { type: CacheLevel, nullable: true }),
    similarity: t.exposeFloat('similarity', { nullable: true }),
    key: t.exposeString('key', { nullable: true }),
  }),
});
