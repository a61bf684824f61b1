import type { FeatureStore } from '../ports/store.ts';
import { warn } from '../runtime/diagnostics.ts';
import { type Comparison, compare, fallenBehind, NO_COMPARISON } from './comparison.ts';
import type { Rollout, RunningFeatures } from './features.ts';
import { isAmong } from './place.ts';

export interface FeatureGuardOptions {
  readonly store: Pick<FeatureStore, 'claimGuard' | 'saveGuard' | 'turnsAfter'>;
  readonly features: Pick<RunningFeatures, 'rollouts' | 'decides' | 'takeBack'>;
  /** This replica. */
  readonly owner: string;
  /** Milliseconds between looks. */
  readonly everyMs?: number;
  /** Milliseconds after its beginning from which on a turn is counted: by then most have ended and are judged. */
  readonly settledMs?: number;
  /** Milliseconds for which the turns of a viewer are collected. */
  readonly windowMs?: number;
}

/** What is stored between looks. */
interface GuardState {
  /** Of the rollout: once it is set again, the comparison begins again. */
  readonly version: string;
  /** The last turn that was counted. */
  readonly cursor: string;
  readonly comparison: Comparison;
}

const EVERY = 30_000;
const SETTLED = 60_000;
const LEASE = 60_000;
/** Turns a look reads at once, and how often. */
const BATCH = 1_000;
const MOST_BATCHES = 20;

/**
 * Takes a rollout back whose viewers' turns fall behind those of the rest in quality, p95 or errors. Whom the percentage reaches is decided
 * by a hash, so the two sides differ by the feature alone. One replica at a time reads the turns that are new, by a lease in the store.
 */
export class FeatureGuard {
  readonly #options: FeatureGuardOptions;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;

  constructor(options: FeatureGuardOptions) {
    this.#options = options;
  }

  start(): void {
    this.#timer = setInterval(() => void this.look(), this.#options.everyMs ?? EVERY);
    this.#timer.unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
  }

  /** One look at every rollout. Never rejects. */
  look(): Promise<void> {
    this.#looking ??= this.#lookAtAll().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #lookAtAll(): Promise<void> {
    for (const rollout of this.#options.features.rollouts())
      try {
        await this.#lookAt(rollout);
      } catch (error) {
        warn('feature guard', `the rollout of ${rollout.name} could not be compared`, error);
      }
  }

  async #lookAt(rollout: Rollout): Promise<void> {
    const { store, features, owner, settledMs = SETTLED, windowMs } = this.#options;
    const name = JSON.stringify([rollout.name, rollout.tenant]);
    const saved = await store.claimGuard(name, owner, LEASE);
    if (saved === undefined) return;
    let state = stateOf(saved, rollout);
    let reason: string | null = null;
    for (let batch = 0; batch < MOST_BATCHES && reason === null; batch += 1) {
      const turns = await store.turnsAfter(state.cursor, settledMs, BATCH);
      for (const turn of turns) {
        const isWith = isAmong(rollout.name, rollout.share, turn);
        // Turns that another override decided, or that began before this percentage, are on neither side.
        const counts = features.decides(rollout, turn) && isWith === turn.features.includes(rollout.name);
        const isOfTenant = rollout.tenant === null || rollout.tenant === turn.tenant;
        const comparison = counts && isOfTenant ? compare(state.comparison, turn, isWith, windowMs) : state.comparison;
        state = { ...state, cursor: turn.id, comparison };
        reason = fallenBehind(state.comparison);
        if (reason !== null) break;
      }
      if (turns.length < BATCH) break;
    }
    const isOurs = await store.saveGuard(name, owner, state);
    if (isOurs && reason !== null) await features.takeBack(rollout, reason);
  }
}

/** Goes on from what was saved, unless the rollout was set again since. */
function stateOf(saved: unknown, { version, since }: Rollout): GuardState {
  const state = saved as GuardState | null;
  if (state?.version === version && typeof state.comparison.seen === 'string') return state;
  return { version, cursor: firstIdAt(since ?? new Date()), comparison: NO_COMPARISON };
}

/** The least UUIDv7 of a millisecond: RFC 9562. */
function firstIdAt(at: Date): string {
  const time = at.getTime().toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-000000000000`;
}
