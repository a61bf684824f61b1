/** Viewers with a feature against viewers without it, one pair after the other: pure, and small enough to be stored. */
import type { GuardedTurn } from '../ports/store.ts';
import { isSeen, NONE_SEEN, see } from './seen-viewers.ts';
import { type Bets, bet, isRefuted, NO_BETS } from './sequential-test.ts';

/** The chance that a rollout which is no worse than tolerated is ever taken back, over all three measures. */
export const GUARD_ERROR = 0.05;

export const MEASURES = ['quality', 'slowness', 'errors'] as const;
export type Measure = (typeof MEASURES)[number];

/** By how much the mean may be worse: of scores in 0..1, and of shares of turns. */
const TOLERANCES: Readonly<Record<Measure, number>> = { quality: 0.02, slowness: 0.02, errors: 0.01 };
/** The turns of a viewer that are counted: the first ones. */
const TURNS = 5;
/** Milliseconds after a viewer's first turn from which on no more of it are waited for. */
export const WINDOW = 120_000;
/** Viewers whose turns are still being collected; the oldest is taken as it is. */
const MOST_COLLECTED = 64;
/** Viewers of one side that wait for one of the other; the oldest go. */
const MOST_WAITING = 16;
/** Durations without the feature that its 95th percentile is taken from, and how few are too few. */
const MOST_DURATIONS = 400;
const LEAST_DURATIONS = 40;

/**
 * What one viewer's first turns were like. The turns of a viewer resemble each other, those of two viewers do not: the test holds its
 * error for independent observations alone, so a viewer is one observation, once, however many turns they send.
 */
interface Unit {
  readonly viewer: string;
  readonly isWith: boolean;
  /** When the first turn began: milliseconds since 1970, 0 where unknown. */
  readonly since: number;
  readonly turns: number;
  readonly failed: number;
  readonly qualities: readonly number[];
  /** Milliseconds, of the turns that did not fail. */
  readonly durations: readonly number[];
}

interface Compared {
  readonly bets: Bets;
  /** Sums of the viewers' means, with the feature and without. */
  readonly sumWith: number;
  readonly sumWithout: number;
}

export interface Comparison {
  readonly measures: Readonly<Record<Measure, Compared>>;
  /** Viewers whose turns are being collected, the oldest first. */
  readonly collected: readonly Unit[];
  /** Complete ones that wait for one of the other side: of one side at a time. */
  readonly waiting: readonly Unit[];
  /** Of viewers that were compared, without the feature: milliseconds, oldest first. */
  readonly durations: readonly number[];
  /** Viewers that were taken in, see seen-viewers.ts. */
  readonly seen: string;
}

const NOTHING_COMPARED: Compared = { bets: NO_BETS, sumWith: 0, sumWithout: 0 };
export const NO_COMPARISON: Comparison = Object.freeze({
  measures: { quality: NOTHING_COMPARED, slowness: NOTHING_COMPARED, errors: NOTHING_COMPARED },
  ...{ collected: [], waiting: [], durations: [], seen: NONE_SEEN },
});

/** Failures that say nothing of a feature: of a budget, a limit, the question itself. */
const NO_FAULT: ReadonlySet<string> = new Set(['BUDGET_EXCEEDED', 'RATE_LIMITED', 'OVERLOADED', 'BAD_USER_INPUT']);

/** Takes one more turn in. A viewer with the feature is compared with the nearest one without it, in time. */
export function compare(comparison: Comparison, turn: GuardedTurn, isWith: boolean, windowMs = WINDOW): Comparison {
  if (turn.status === 'CANCELLED' || NO_FAULT.has(turn.errorCode ?? '')) return comparison;
  const viewer = JSON.stringify([turn.tenant, turn.subject]);
  const begun = comparison.collected.find((unit) => unit.viewer === viewer && unit.isWith === isWith);
  if (!begun && isSeen(comparison.seen, viewer)) return comparison;
  const at = startOf(turn.id);
  const unit = withTurn(begun ?? unitOf(viewer, isWith, at), turn);
  const collected = begun
    ? comparison.collected.map((one) => (one === begun ? unit : one))
    : [...comparison.collected, unit];
  const isDone = ({ turns, since }: Unit, place: number) =>
    turns >= TURNS || at - since > windowMs || place < collected.length - MOST_COLLECTED;
  const begunNow = { ...comparison, collected, seen: begun ? comparison.seen : see(comparison.seen, viewer) };
  const done = collected.filter(isDone);
  if (done.length === 0) return begunNow;
  return done.reduce(paired, { ...begunNow, collected: collected.filter((one, place) => !isDone(one, place)) });
}

const unitOf = (viewer: string, isWith: boolean, since: number): Unit => ({
  ...{ viewer, isWith, since, turns: 0, failed: 0, qualities: [], durations: [] },
});

function withTurn(unit: Unit, { status, durationMs, quality }: GuardedTurn): Unit {
  const failed = status === 'FAILED' || status === 'INTERRUPTED';
  return {
    ...unit,
    turns: unit.turns + 1,
    failed: unit.failed + Number(failed),
    qualities: quality === null ? unit.qualities : [...unit.qualities, quality],
    durations: failed ? unit.durations : [...unit.durations, durationMs],
  };
}

/** A viewer whose turns are complete: waits, or is compared with the one of the other side that waited least. */
function paired(comparison: Comparison, unit: Unit): Comparison {
  const { waiting, durations, measures } = comparison;
  const other = waiting.at(-1);
  const slow = percentile95(durations);
  // What the percentile is taken from holds no duration that is yet to be compared with it.
  const told = (units: readonly Unit[]) =>
    [...durations, ...units.flatMap((one) => (one.isWith ? [] : one.durations))].slice(-MOST_DURATIONS);
  if (!other || other.isWith === unit.isWith) {
    const all = [...waiting, unit];
    return { ...comparison, waiting: all.slice(-MOST_WAITING), durations: told(all.slice(0, -MOST_WAITING)) };
  }
  const [having, lacking] = unit.isWith ? [unit, other] : [other, unit];
  const next = (measure: Measure): Compared => {
    const [one, another] = [badnessOf(measure, having, slow), badnessOf(measure, lacking, slow)];
    const { bets, sumWith, sumWithout } = measures[measure];
    return one === null || another === null
      ? measures[measure]
      : {
          bets: bet(bets, one - another, TOLERANCES[measure]),
          sumWith: sumWith + one,
          sumWithout: sumWithout + another,
        };
  };
  return {
    ...comparison,
    measures: { quality: next('quality'), slowness: next('slowness'), errors: next('errors') },
    waiting: waiting.slice(0, -1),
    durations: told([lacking]),
  };
}

/** The mean of a viewer's turns, 0..1; null where there is none. */
function badnessOf(measure: Measure, { turns, failed, qualities, durations }: Unit, slow: number | null) {
  if (measure === 'errors') return turns === 0 ? null : failed / turns;
  if (measure === 'quality') return qualities.length === 0 ? null : 1 - mean(qualities);
  return durations.length === 0 || slow === null ? null : mean(durations.map((ms) => (ms > slow ? 1 : 0)));
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

function percentile95(durations: readonly number[]): number | null {
  if (durations.length < LEAST_DURATIONS) return null;
  return durations.toSorted((a, b) => a - b)[Math.ceil(durations.length * 0.95) - 1] ?? null;
}

/** The milliseconds of a UUIDv7 (RFC 9562); 0 of anything else. */
const startOf = (id: string): number =>
  Number.parseInt(/^[\da-f]{8}-[\da-f]{4}(?=-7)/.exec(id)?.[0].replace('-', '') ?? '0', 16);

/** In what the viewers with the feature have fallen behind, in words; null where nothing says so. */
export function fallenBehind({ measures, durations }: Comparison): string | null {
  // By Bonferroni: each measure has its part of the error.
  const fallen = MEASURES.filter((measure) => isRefuted(measures[measure].bets, GUARD_ERROR / MEASURES.length));
  if (fallen.length === 0) return null;
  const reasons = fallen.map((measure) => {
    const { bets, sumWith, sumWithout } = measures[measure];
    const [having, lacking] = [sumWith / bets.count, sumWithout / bets.count];
    const over = `over ${bets.count} pairs of viewers`;
    if (measure === 'quality')
      return `quality ${(1 - having).toFixed(2)} with it, ${(1 - lacking).toFixed(2)} without, ${over}`;
    if (measure === 'errors')
      return `${percent(having)} of its turns failed, ${percent(lacking)} of the others, ${over}`;
    return `${percent(having)} of its turns took longer than the others' p95 of ${Math.round(percentile95(durations) ?? 0)} ms, ${over}`;
  });
  return `${reasons.join('; ')} (sequential test, error at most ${GUARD_ERROR})`;
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
