import type { FeatureState, Kpi as KpiRecord, PlatformStatus } from '#core/services/index.ts';
import { operatesPlatform } from '#core/viewer.ts';
import { builder, type Context } from './builder.ts';
import { ModelTier } from './routing.ts';

type Of<Key extends 'plugins' | 'models' | 'stores'> = PlatformStatus[Key][number];

const FeatureSource = builder.enumType('FeatureSource', {
  values: ['DEFAULT', 'CONFIG', 'ENVIRONMENT', 'OVERRIDE'] as const,
});

const Feature = builder.objectRef<FeatureState>('Feature').implement({
  fields: (t) => ({
    name: t.exposeString('name'),
    envName: t.exposeString('envName'),
    enabled: t.exposeBoolean('enabled'),
    rollout: t.exposeFloat('rollout', { description: 'The share of viewers it is on for, 0..1.' }),
    source: t.expose('source', { type: FeatureSource }),
    guard: t.string({
      nullable: true,
      description: 'Why a rollout was taken back. For operators; null for others.',
      resolve: ({ guard }, _arguments, { viewer }) => (viewer.role === 'OPERATOR' ? guard : null),
    }),
  }),
});
const FOR_OPERATORS = "For the platform's operators; null for others: it may count what is not theirs.";
const forOperators = ({ detail }: { readonly detail: string | null }, _arguments: unknown, { viewer }: Context) =>
  operatesPlatform(viewer) ? detail : null;

const PluginStatus = builder.objectRef<Of<'plugins'>>('PluginStatus').implement({
  fields: (t) => ({
    name: t.exposeString('name'),
    version: t.exposeString('version'),
    enabled: t.exposeBoolean('enabled'),
    healthy: t.exposeBoolean('healthy'),
    hooks: t.stringList({ resolve: ({ hooks }) => [...hooks] }),
    detail: t.string({ nullable: true, description: FOR_OPERATORS, resolve: forOperators }),
  }),
});
const Model = builder.objectRef<Of<'models'>>('Model').implement({
  fields: (t) => ({
    name: t.exposeString('name'),
    tier: t.expose('tier', { type: ModelTier }),
    healthy: t.exposeBoolean('healthy'),
    contextTokens: t.exposeInt('contextTokens', { nullable: true }),
    inputUsdPerMillion: t.float({ nullable: true, resolve: ({ price }) => price?.input ?? null }),
    outputUsdPerMillion: t.float({ nullable: true, resolve: ({ price }) => price?.output ?? null }),
  }),
});
const Kpi = builder.objectRef<KpiRecord>('Kpi').implement({
  fields: (t) => ({
    name: t.exposeString('name'),
    value: t.exposeFloat('value', { nullable: true, description: 'Null where nothing was measured.' }),
    target: t.exposeFloat('target'),
    met: t.exposeBoolean('met', { nullable: true }),
  }),
});
const StoreStatus = builder.objectRef<Of<'stores'>>('StoreStatus').implement({
  fields: (t) => ({
    name: t.exposeString('name'),
    engine: t.exposeString('engine'),
    healthy: t.exposeBoolean('healthy'),
    detail: t.string({ nullable: true, description: FOR_OPERATORS, resolve: forOperators }),
  }),
});
const Platform = builder.objectRef<PlatformStatus>('Platform').implement({
  fields: (t) => ({
    version: t.exposeString('version'),
    environment: t.exposeString('environment'),
    features: t.field({
      type: [Feature],
      description: 'As they stand for the viewer.',
      resolve: (_platform, _arguments, { parley, viewer }) => [...parley.features.list(viewer)],
    }),
    plugins: t.field({ type: [PluginStatus], resolve: ({ plugins }) => [...plugins] }),
    models: t.field({ type: [Model], resolve: ({ models }) => [...models] }),
    stores: t.field({ type: [StoreStatus], resolve: ({ stores }) => [...stores] }),
    kpis: t.field({
      type: [Kpi],
      description: "The platform's operators only. Over the last seven days unless `since` says.",
      args: { since: t.arg({ type: 'DateTime' }) },
      resolve: async (_platform, { since }, { parley, viewer, loaders }) => [
        ...(await loaders.apart(() => parley.kpis(viewer, since ?? null))),
      ],
    }),
  }),
});

builder.queryField('platform', (t) =>
  t.field({
    type: Platform,
    resolve: (_root, _arguments, { parley, loaders }) => loaders.apart(() => parley.platform()),
  }),
);

const SetFeatureInput = builder.inputType('SetFeatureInput', {
  fields: (t) => ({
    name: t.string({ required: true }),
    enabled: t.boolean(),
    rollout: t.float({ description: 'The share of viewers, 0..1.' }),
    tenant: t.string({
      description:
        "For this tenant alone. Absent: for everybody, or the own tenant where the operator is not the platform's.",
    }),
    subject: t.string({ description: 'For this viewer of the tenant alone.' }),
    reset: t.boolean({ description: 'Takes the override out again.' }),
  }),
});

builder.mutationField('setFeature', (t) =>
  t.field({
    type: Feature,
    description:
      "Operators only: the platform's for anybody, others for their own tenant. A viewer's override goes before the tenant's, and that before everybody's.",
    args: { input: t.arg({ type: SetFeatureInput, required: true }) },
    resolve: (_root, { input: { name, enabled = null, rollout = null, tenant, subject, reset } }, { parley, viewer }) =>
      parley.features.set(viewer, {
        ...{ name, enabled, rollout, tenant: tenant ?? null, subject: subject ?? null, reset: reset ?? false },
      }),
  }),
);
