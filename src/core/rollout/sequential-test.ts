/**
 * A test that may be looked at after every observation: does the mean of differences in [-1, 1] lie above a tolerance? It bets on
 * that, and its capital is a nonnegative supermartingale where it does not; so the chance that it ever reaches 1/error is at most
 * the error (Ville's inequality). Waudby-Smith and Ramdas, "Estimating means of bounded random variables by betting", Journal of
 * the Royal Statistical Society B 86 (2024), arXiv 2010.09686; the stakes are their aGRAPA, section B.3, with forgetting.
 */
export interface Bets {
  /** The natural logarithm of the capital, which begins with 1. */
  readonly logCapital: number;
  /** Differences so far. */
  readonly count: number;
  /** Weight, mean and variance of what came before, the latest weighing most. */
  readonly weight: number;
  readonly mean: number;
  readonly variance: number;
}

export const NO_BETS: Bets = Object.freeze({ logCapital: 0, count: 0, weight: 1, mean: 0, variance: 0.25 });

/** Of the capital, what is at stake at most: half of what could be lost at once. */
const MOST_AT_STAKE = 0.5;
/** What an observation weighs after the next one: about the last 1,000 tell the stake. */
const FORGETTING = 0.999;

/** The stake is told by what came before alone, which is what makes the test valid. */
export function bet({ logCapital, count, weight, mean, variance }: Bets, difference: number, tolerance: number): Bets {
  const gain = Math.min(1, Math.max(-1, difference)) - tolerance;
  const stake = Math.min(MOST_AT_STAKE / (1 + tolerance), Math.max(0, mean / (variance + mean * mean)));
  const heavier = weight * FORGETTING + 1;
  const step = (gain - mean) / heavier;
  return {
    logCapital: logCapital + Math.log1p(stake * gain),
    count: count + 1,
    weight: heavier,
    mean: mean + step,
    variance: variance + ((gain - mean) * (gain - mean - step) - variance) / heavier,
  };
}

/** Whether so much capital refutes "no worse than tolerated" at this error. */
export const isRefuted = ({ logCapital }: Bets, error: number): boolean => logCapital >= -Math.log(error);
