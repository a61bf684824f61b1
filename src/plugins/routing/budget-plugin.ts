import { CONTRACT_VERSION, definePlugin, type PluginModels, type Turn } from '#core/plugin.ts';
import { Budgets } from './budgets.ts';
import { ANSWER, tokensOf } from './decide.ts';
import { Reservations } from './reservations.ts';
import { budgetSettings } from './settings.ts';

/** Ends turns whose viewer or tenant has spent its budget. It has no switch: a budget that is set holds. */
export const budgetPlugin = () =>
  definePlugin({
    name: 'budget',
    version: '1.0.0',
    contract: CONTRACT_VERSION,
    // Many turns at once may keep the store busy: none of them gets around the check by that.
    failsClosed: ['route'],
    settings: budgetSettings,
    metrics: { budget_refusals_total: { type: 'counter', help: 'Turns that a spent budget ended' } },
    setup({ settings, metrics, ...house }) {
      const budgets = new Budgets(house, settings);
      const reservations = new Reservations();
      return {
        /** Used by `Viewer.budget`. */
        budgetOf: budgets.ofViewer.bind(budgets),

        ...(budgets.any
          ? {
              async route(turn) {
                const { viewer, ids } = turn;
                const next = costOf(turn, house.models);
                const own = ids?.generationId ?? null;
                if (own !== null)
                  reservations.add({ generationId: own, viewerId: viewer.id, tenant: viewer.tenant, usd: next });
                const state = await budgets.check(viewer, () =>
                  own === null ? null : { ...reservations.before(own, viewer), next },
                );
                if (typeof state !== 'object') return undefined;
                if (own !== null) reservations.release(own);
                metrics.add('budget_refusals_total');
                return { refuse: state.spent };
              },
              /** A turn that fails or is cancelled costs no more than what is stored of it. */
              async *generate({ ids }, request, next) {
                let isWhole = false;
                try {
                  yield* next(request);
                  isWhole = true;
                } finally {
                  if (!isWhole && ids) reservations.release(ids.generationId);
                }
              },
              async remember({ ids }) {
                if (ids) reservations.release(ids.generationId);
              },
            }
          : {}),
      };
    },
  });

/** What a turn may cost in US dollars: by its length, an answer of usual length, and the dearest model that may answer. */
function costOf({ content, history, requestedModel }: Turn, models: PluginModels): number {
  const names = requestedModel === null ? models.list.map(({ name }) => name) : [requestedModel];
  const input = tokensOf([content, ...history.map((message) => message.content)]) - ANSWER;
  const costs = names.map((name) => {
    const price = models.price(name);
    return price ? (input * price.input + ANSWER * price.output) / 1e6 : 0;
  });
  return Math.max(0, ...costs);
}
