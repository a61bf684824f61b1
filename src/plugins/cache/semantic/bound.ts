/** How sure the cache must be before it answers a question with the answer of another one. */

/** Hits that were right and wrong. */
export interface Hits {
  readonly right: number;
  readonly wrong: number;
}

/** One-sided: in 95 of 100 such cases the share of right hits is at least the bound. */
const CONFIDENCE = 0.95;
/** Hits that the calibration is worth at most: an entry's own labels must be able to change its mind. */
const MOST_PRIOR = 1_000;
/** What one label of an entry's own weighs: a wrong hit near an entry tells more of its next ones than a pair of the calibration. */
const OWN_WEIGHT = 20;

/** The prior of all pairs that look as this one does, and what is known of the entry itself. */
export function together(prior: Hits, own: Hits): Hits {
  const scale = Math.min(1, MOST_PRIOR / Math.max(1, prior.right + prior.wrong));
  return {
    right: prior.right * scale + own.right * OWN_WEIGHT,
    wrong: prior.wrong * scale + own.wrong * OWN_WEIGHT,
  };
}

/**
 * The lower end of the one-sided confidence interval of Clopper and Pearson (Biometrika 26, 1934) for the share of right hits: the
 * 5 % quantile of Beta(right, wrong + 1). 0 where nothing is known.
 */
export function lowerBound({ right, wrong }: Hits): number {
  if (right <= 0) return 0;
  let [low, high] = [0, 1];
  for (let step = 0; step < 40; step += 1) {
    const middle = (low + high) / 2;
    if (betaBelow(middle, right, wrong + 1) < 1 - CONFIDENCE) low = middle;
    else high = middle;
  }
  return low;
}

/** The upper end of such an interval for a share: of `hits` out of `all`. */
export const upperBound = (hits: number, all: number): number => 1 - lowerBound({ right: all - hits, wrong: hits });

/** So many hits, all of them right, have the lower bound `1 - error`. */
export const worthOf = (error: number): Hits => ({
  right: error >= 1 ? 0 : Math.floor(Math.log(1 - CONFIDENCE) / Math.log(1 - Math.max(error, 1e-6))),
  wrong: 0,
});

/** The regularised incomplete beta function, by its continued fraction (Numerical Recipes, 3rd edition, 6.4). */
function betaBelow(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x));
  return x < (a + 1) / (a + b + 2) ? (front * fraction(x, a, b)) / a : 1 - (front * fraction(1 - x, b, a)) / b;
}

function fraction(x: number, a: number, b: number): number {
  const tiny = 1e-300;
  const nonZero = (value: number) => (Math.abs(value) < tiny ? tiny : value);
  let c = 1;
  let d = 1 / nonZero(1 - ((a + b) * x) / (a + 1));
  let result = d;
  for (let m = 1; m <= 300; m += 1) {
    for (const term of [
      (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m)),
      (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1)),
    ]) {
      d = 1 / nonZero(1 + term * d);
      c = nonZero(1 + term / c);
      result *= d * c;
    }
    if (Math.abs(d * c - 1) < 1e-12) break;
  }
  return result;
}

/** Lanczos (g = 7, n = 9). */
const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];
function logGamma(z: number): number {
  const x = z - 1;
  const sum = LANCZOS.slice(1).reduce((total, term, place) => total + term / (x + place + 1), LANCZOS[0] as number);
  const t = x + 7.5;
  return 0.5 * Math.log(2 * Math.PI) + (x + 0.5) * Math.log(t) - t + Math.log(sum);
}
