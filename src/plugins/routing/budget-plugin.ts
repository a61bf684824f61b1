import { CONTRACT_VERSION, definePlugin } from '#core/plugin.ts';
import { Budgets } from './budgets.ts';
import { budgetSettings } from './settings.ts';

/** Ends turns whose viewer or tenant has spent its budget. It has no switch: a budget that is set holds. */
export const budgetPlugin = () =>
  definePlugin({
    name: 'budget',
    version: '1.0.0',
    contract: CONTRACT_VERSION,
    settings: budgetSettings,
    metrics: { budget_refusals_total: { type: 'counter', help: 'Turns that a spent budget ended' } },
    setup({ settings, metrics, ...house }) {
      const budgets = new Budgets(house, settings);
      return {
        /** Used by `Viewer.budget`. */
        budgetOf: budgets.ofViewer.bind(budgets),

        ...(budgets.any
          ? {
              async route({ viewer }) {
                const state = await budgets.check(viewer);
                if (typeof state !== 'object') return undefined;
                metrics.add('budget_refusals_total');
                return { refuse: state.spent };
              },
            }
          : {}),
      };
    },
  });
