import type { Erasure as Erased } from '#core/services/index.ts';
import type { Viewer as ViewerRecord } from '#core/viewer.ts';
import { ApiKey } from './api-key.ts';
import { builder } from './builder.ts';
import { encodeId } from './ids.ts';
import { Node, registerNode } from './node.ts';
import { Role } from './role.ts';
import { Usage } from './usage.ts';

/** The budget as the plugin `budget` reports it. */
interface BudgetState {
  readonly limitUsd: number;
  readonly softLimitUsd: number | null;
  readonly usedUsd: number;
  readonly resetsAt: Date;
}
interface BudgetPlugin {
  budgetOf(viewer: ViewerRecord): Promise<BudgetState | null>;
}

const Budget = builder.objectRef<BudgetState>('Budget').implement({
  fields: (t) => ({
    limitUsd: t.exposeFloat('limitUsd'),
    softLimitUsd: t.exposeFloat('softLimitUsd', { nullable: true }),
    usedUsd: t.exposeFloat('usedUsd'),
    resetsAt: t.expose('resetsAt', { type: 'DateTime' }),
  }),
});

const Viewer = builder.objectRef<ViewerRecord>('Viewer').implement({
  description:
    'Who asks: the subject of the API key or token. Everything belongs to one viewer, and every viewer to one tenant.',
  interfaces: [Node],
  fields: (t) => ({
    id: t.id({ resolve: ({ id }) => encodeId('Viewer', id) }),
    subject: t.exposeString('subject'),
    tenant: t.exposeString('tenant'),
    role: t.expose('role', { type: Role }),
    usage: t.field({
      type: Usage,
      args: { since: t.arg({ type: 'DateTime' }) },
      resolve: (viewer, { since }, { parley, loaders }) => loaders.apart(() => parley.usage(viewer, since ?? null)),
    }),
    budget: t.field({
      type: Budget,
      nullable: true,
      description: 'What the viewer may still spend in the running period; null where no budget is set.',
      resolve: (viewer, _arguments, { parley, loaders }) => {
        const plugin = parley.plugin('budget', viewer) as BudgetPlugin | undefined;
        return plugin ? loaders.apart(() => plugin.budgetOf(viewer)) : null;
      },
    }),
    apiKeys: t.field({
      type: [ApiKey],
      resolve: (viewer, _arguments, { parley, loaders }) => loaders.apart(() => parley.apiKeys.list(viewer)),
    }),
  }),
});
registerNode('Viewer', (id, { viewer }) => (id === viewer.id ? viewer : null));

builder.queryField('viewer', (t) => t.field({ type: Viewer, resolve: (_root, _arguments, { viewer }) => viewer }));

const ErasedStore = builder.objectRef<Erased['stores'][number]>('ErasedStore').implement({
  fields: (t) => ({
    name: t.exposeString('name'),
    removed: t.exposeInt('removed'),
    verifiedEmpty: t.exposeBoolean('verifiedEmpty'),
  }),
});
const Erasure = builder.objectRef<Erased>('Erasure').implement({
  fields: (t) => ({
    receipt: t.exposeID('receipt', { description: 'Of the audit entry.' }),
    stores: t.field({ type: [ErasedStore], resolve: ({ stores }) => [...stores] }),
  }),
});

builder.mutationField('eraseViewer', (t) =>
  t.field({
    type: Erasure,
    description: 'Everything of the viewer, everywhere, with proof. `confirm` is the viewer’s own subject.',
    args: { confirm: t.arg.string({ required: true }) },
    resolve: (_root, { confirm }, { parley, viewer }) => parley.erase(viewer, confirm),
  }),
);
