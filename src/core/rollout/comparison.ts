/** Turns with a feature against turns without it, one after the other: pure, and small enough to be stored. */
import type { GuardedTurn } from '../ports/store.ts';
import { type Bets, bet, isRefuted, NO_BETS } from './sequential-test.ts';

/** The chance that a rollout which is no worse than tolerated is ever taken back, over all three measures. */
export const GUARD_ERROR = 0.05;

export const MEASURES = ['quality', 'slowness', 'errors'] as const;
export type Measure = (typeof MEASURES)[number];

/** By how much the mean may be worse: of scores in 0..1, and of shares of turns. */
const TOLERANCES: Readonly<Record<Measure, number>> = { quality: 0.02, slowness: 0.02, errors: 0.01 };
/** Values of one side that wait for one of the other; the oldest go. */
const MOST_WAITING = 16;
/** Durations without the feature that its 95th percentile is taken from, and how few are too few. */
const MOST_DURATIONS = 400;
const LEAST_DURATIONS = 40;
/** Viewers on each side without which nothing is said: one viewer's bad day is no rollout's fault. */
const LEAST_VIEWERS = 3;

interface Compared {
  readonly bets: Bets;
  /** Values that wait for one of the other side: of one side at a time. */
  readonly waiting: readonly number[];
  readonly waitingWith: boolean;
  /** Sums of what was compared, with the feature and without. */
  readonly sumWith: number;
  readonly sumWithout: number;
}

export interface Comparison {
  readonly measures: Readonly<Record<Measure, Compared>>;
  /** Without the feature, milliseconds, oldest first. */
  readonly durations: readonly number[];
  /** The first few of each side. */
  readonly viewersWith: readonly string[];
  readonly viewersWithout: readonly string[];
}

const NOTHING_COMPARED: Compared = { bets: NO_BETS, waiting: [], waitingWith: false, sumWith: 0, sumWithout: 0 };
export const NO_COMPARISON: Comparison = Object.freeze({
  measures: { quality: NOTHING_COMPARED, slowness: NOTHING_COMPARED, errors: NOTHING_COMPARED },
  ...{ durations: [], viewersWith: [], viewersWithout: [] },
});

/** Failures that say nothing of a feature: of a budget, a limit, the question itself. */
const NO_FAULT: ReadonlySet<string> = new Set(['BUDGET_EXCEEDED', 'RATE_LIMITED', 'OVERLOADED', 'BAD_USER_INPUT']);

/** Takes one more turn in. A turn with the feature is compared with the nearest one without it, in time. */
export function compare(comparison: Comparison, turn: GuardedTurn, isWith: boolean): Comparison {
  const { status, errorCode, durationMs, quality } = turn;
  if (status === 'CANCELLED' || NO_FAULT.has(errorCode ?? '')) return comparison;
  const failed = status === 'FAILED' || status === 'INTERRUPTED';
  const slow = percentile95(comparison.durations);
  const { measures, durations } = comparison;
  const [slowness, used] =
    slow === null
      ? [measures.slowness, []]
      : taken('slowness', measures.slowness, durationMs, isWith, (ms) => (ms > slow ? 1 : 0));
  return {
    measures: {
      quality:
        quality === null
          ? measures.quality
          : taken('quality', measures.quality, quality, isWith, (value) => 1 - value)[0],
      slowness: failed ? measures.slowness : slowness,
      errors: taken('errors', measures.errors, failed ? 1 : 0, isWith, (value) => value)[0],
    },
    durations: failed ? durations : later(durations, durationMs, isWith, slow === null, used),
    viewersWith: isWith ? known(comparison.viewersWith, turn) : comparison.viewersWith,
    viewersWithout: isWith ? comparison.viewersWithout : known(comparison.viewersWithout, turn),
  };
}

/** A value of one side: waits, or is compared with the one of the other side that waited least. `badness` is 0..1. */
function taken(
  measure: Measure,
  compared: Compared,
  value: number,
  isWith: boolean,
  badness: (value: number) => number,
): [Compared, usedWithout: readonly number[]] {
  const { waiting, waitingWith, bets } = compared;
  if (waiting.length === 0 || waitingWith === isWith) {
    const kept = [...waiting, value].slice(-MOST_WAITING);
    const dropped = [...waiting, value].slice(0, -MOST_WAITING);
    return [{ ...compared, waiting: kept, waitingWith: isWith }, isWith ? [] : dropped];
  }
  const other = waiting.at(-1) ?? value;
  const [having, lacking] = isWith ? [value, other] : [other, value];
  const [sumWith, sumWithout] = [badness(having), badness(lacking)];
  return [
    {
      bets: bet(bets, sumWith - sumWithout, TOLERANCES[measure]),
      waiting: waiting.slice(0, -1),
      waitingWith,
      sumWith: compared.sumWith + sumWith,
      sumWithout: compared.sumWithout + sumWithout,
    },
    [lacking],
  ];
}

/** What the percentile is taken from holds no duration that is yet to be compared with it. */
function later(
  durations: readonly number[],
  durationMs: number,
  isWith: boolean,
  isFirst: boolean,
  used: readonly number[],
): readonly number[] {
  if (!isFirst) return used.length === 0 ? durations : [...durations, ...used].slice(-MOST_DURATIONS);
  return isWith ? durations : [...durations, durationMs];
}

function percentile95(durations: readonly number[]): number | null {
  if (durations.length < LEAST_DURATIONS) return null;
  return durations.toSorted((a, b) => a - b)[Math.ceil(durations.length * 0.95) - 1] ?? null;
}

function known(viewers: readonly string[], { tenant, subject }: GuardedTurn): readonly string[] {
  const viewer = JSON.stringify([tenant, subject]);
  return viewers.length >= LEAST_VIEWERS || viewers.includes(viewer) ? viewers : [...viewers, viewer];
}

/** In what the turns with the feature have fallen behind, in words; null where nothing says so. */
export function fallenBehind({ measures, durations, viewersWith, viewersWithout }: Comparison): string | null {
  if (viewersWith.length < LEAST_VIEWERS || viewersWithout.length < LEAST_VIEWERS) return null;
  // By Bonferroni: each measure has its part of the error.
  const fallen = MEASURES.filter((measure) => isRefuted(measures[measure].bets, GUARD_ERROR / MEASURES.length));
  if (fallen.length === 0) return null;
  const reasons = fallen.map((measure) => {
    const { bets, sumWith, sumWithout } = measures[measure];
    const [having, lacking] = [sumWith / bets.count, sumWithout / bets.count];
    if (measure === 'quality')
      return `quality ${(1 - having).toFixed(2)} with it, ${(1 - lacking).toFixed(2)} without, over ${bets.count} pairs of turns`;
    if (measure === 'errors')
      return `${percent(having)} of its turns failed, ${percent(lacking)} of the others, over ${bets.count} pairs of turns`;
    return `${percent(having)} of its turns took longer than the others' p95 of ${Math.round(percentile95(durations) ?? 0)} ms, over ${bets.count} pairs of turns`;
  });
  return `${reasons.join('; ')} (sequential test, error at most ${GUARD_ERROR})`;
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
