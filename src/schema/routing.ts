import type { RouteDecision as Decision } from '#core/turn.ts';
import { builder } from './builder.ts';
import { TurnInput } from './intent.ts';

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

const RouteModelInput = builder.inputType('RouteModelInput', {
  fields: (t) => ({
    query: t.string({ required: true }),
    history: t.field({ type: [TurnInput], required: true, defaultValue: [] }),
  }),
});

builder.mutationField('routeModel', (t) =>
  t.field({
    type: RouteDecision,
    description: 'A dry run of the router.',
    args: { input: t.arg({ type: RouteModelInput, required: true }) },
    resolve: (_root, { input }, { parley, viewer, signal }) => parley.operations.routeModel(viewer, input, signal),
  }),
);
