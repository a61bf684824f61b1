import { CONTRACT_VERSION, definePlugin } from '#core/plugin.ts';
import type { Turn } from '#core/turn.ts';
import { Budgets } from './budgets.ts';
import { type Complexity, ComplexityModel } from './complexity.ts';
import { decide, type Thresholds, tierOf, tokensOf } from './decide.ts';
import { Rater } from './rater.ts';
import { settings } from './settings.ts';
import { StickyTiers } from './sticky-tiers.ts';
import { StrongShare } from './strong-share.ts';

const TIERS = ['LIGHT', 'BALANCED', 'STRONG'] as const;

/** Sends each question to the model that it needs. */
export const routingPlugin = () =>
  definePlugin({
    name: 'routing',
    version: '1.0.0',
    contract: CONTRACT_VERSION,
    feature: { name: 'model-routing', default: false },
    settings,
    metrics: {
      routing_decisions_total: {
        type: 'counter',
        help: 'Questions by the tier that they got',
        labels: { tier: TIERS },
      },
      routing_shadow_total: {
        type: 'counter',
        help: 'Questions by the tier that they got and the one that the shadow thresholds would have given',
        labels: { tier: TIERS, shadow: TIERS },
      },
      routing_soft_budget_total: {
        type: 'counter',
        help: 'Turns that got the light model because a budget is nearly spent',
      },
    },
    setup(house) {
      const { settings: given, models, metrics } = house;
      const rater = new Rater(new ComplexityModel(), house);
      const budgets = new Budgets(house, given);
      const sticky = new StickyTiers(given.ROUTING_STICKY_MINUTES);
      const share = given.ROUTING_STRONG_SHARE === undefined ? null : new StrongShare(given.ROUTING_STRONG_SHARE);
      const shadow: Thresholds = {
        lightBelow: given.ROUTING_SHADOW_LIGHT_BELOW ?? given.ROUTING_LIGHT_BELOW,
        strongAbove: given.ROUTING_SHADOW_STRONG_ABOVE ?? given.ROUTING_STRONG_ABOVE,
      };
      const hasShadow = (given.ROUTING_SHADOW_LIGHT_BELOW ?? given.ROUTING_SHADOW_STRONG_ABOVE) !== undefined;

      const route = (turn: Turn, complexity: Complexity, soft: boolean) => {
        const strongAbove =
          share?.threshold(complexity.value, given.ROUTING_STRONG_ABOVE) ?? given.ROUTING_STRONG_ABOVE;
        const wanted = tierOf(complexity.value, { lightBelow: given.ROUTING_LIGHT_BELOW, strongAbove });
        const raised = turn.ids && !soft ? sticky.raise(turn.ids.conversationId, wanted) : wanted;
        const tier = soft ? 'LIGHT' : raised;
        const instead = soft
          ? 'the budget is nearly spent'
          : raised === wanted
            ? null
            : 'the conversation had this tier before';
        const texts = [
          turn.systemPrompt ?? '',
          turn.content,
          turn.summary ?? '',
          ...turn.history.map(({ content }) => content),
        ];
        const tokens = tokensOf([...texts, ...turn.passages.map(({ text }) => text)]);
        const decision = decide({ complexity, tier, instead, tokens }, models);
        if (turn.ids) {
          metrics.add('routing_decisions_total', 1, { tier: decision.tier });
          if (hasShadow)
            metrics.add('routing_shadow_total', 1, { tier: wanted, shadow: tierOf(complexity.value, shadow) });
        }
        return decision;
      };

      return {
        async route(turn, { signal }) {
          const [state, complexity] = await Promise.all([budgets.check(turn.viewer), rater.rate(turn, signal)]);
          const soft = state === 'soft';
          if (soft) metrics.add('routing_soft_budget_total');
          return route(turn, complexity, soft);
        },
      };
    },
  });
