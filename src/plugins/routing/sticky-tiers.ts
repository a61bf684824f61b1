import type { ModelTier } from '#core/turn.ts';
import { higher } from './decide.ts';

const MOST = 20_000;

/** The highest tier that a conversation had lately: a model that changes its mind between turns confuses its reader. */
export class StickyTiers {
  readonly #milliseconds: number;
  readonly #tiers = new Map<string, { readonly tier: ModelTier; readonly until: number }>();

  constructor(minutes: number) {
    this.#milliseconds = minutes * 60_000;
  }

  /** The tier that answers: this one, or a higher one that the conversation had within the time. */
  raise(conversationId: string, tier: ModelTier, now = Date.now()): ModelTier {
    if (this.#milliseconds === 0) return tier;
    const known = this.#tiers.get(conversationId);
    const raised = known && known.until > now ? higher(tier, known.tier) : tier;
    this.#tiers.delete(conversationId);
    this.#tiers.set(conversationId, { tier: raised, until: now + this.#milliseconds });
    if (this.#tiers.size > MOST) {
      const [oldest] = this.#tiers.keys();
      if (oldest !== undefined) this.#tiers.delete(oldest);
    }
    return raised;
  }
}
