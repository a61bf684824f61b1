/** Measures of agreement between scores and labels. */

const ranksOf = (values: readonly number[]): number[] => {
  const order = [...values.keys()].sort((a, b) => (values[a] as number) - (values[b] as number));
  const ranks = new Array<number>(values.length).fill(0);
  for (let from = 0; from < order.length; ) {
    let to = from;
    while (to + 1 < order.length && values[order[to + 1] as number] === values[order[from] as number]) to += 1;
    for (let at = from; at <= to; at += 1) ranks[order[at] as number] = (from + to) / 2 + 1;
    from = to + 1;
  }
  return ranks;
};

/** The area under the ROC curve: the chance that a positive scores above a negative; equal scores count half. */
export function auroc(scores: readonly number[], labels: readonly number[]): number {
  const ranks = ranksOf(scores);
  const positives = labels.filter((label) => label > 0.5).length;
  const sum = ranks.reduce((total, rank, index) => total + ((labels[index] as number) > 0.5 ? rank : 0), 0);
  return (sum - (positives * (positives + 1)) / 2) / (positives * (labels.length - positives));
}

export function pearson(a: readonly number[], b: readonly number[]): number {
  const [meanA, meanB] = [mean(a), mean(b)];
  let both = 0;
  let squareA = 0;
  let squareB = 0;
  for (const [index, value] of a.entries()) {
    const [one, other] = [value - meanA, (b[index] as number) - meanB];
    both += one * other;
    squareA += one * one;
    squareB += other * other;
  }
  return both / Math.sqrt(squareA * squareB);
}

/** Spearman's rank correlation, with mean ranks for equal values. */
export const spearman = (a: readonly number[], b: readonly number[]): number => pearson(ranksOf(a), ranksOf(b));

/** The area under the precision-recall curve as average precision. */
export function averagePrecision(scores: readonly number[], labels: readonly number[]): number {
  const order = [...scores.keys()].sort((a, b) => (scores[b] as number) - (scores[a] as number));
  let found = 0;
  let sum = 0;
  for (const [index, place] of order.entries())
    if ((labels[place] as number) > 0.5) {
      found += 1;
      sum += found / (index + 1);
    }
  return sum / found;
}

/** Expected calibration error over ten bins of equal width (Guo et al. 2017). Labels may be shares. */
export function calibrationError(scores: readonly number[], labels: readonly number[], bins = 10): number {
  let error = 0;
  for (let bin = 0; bin < bins; bin += 1) {
    const inside = [...scores.keys()].filter(
      (place) => Math.min(bins - 1, Math.floor((scores[place] as number) * bins)) === bin,
    );
    if (inside.length === 0) continue;
    const gap =
      mean(inside.map((place) => scores[place] as number)) - mean(inside.map((place) => labels[place] as number));
    error += (inside.length / scores.length) * Math.abs(gap);
  }
  return error;
}

/** The mean of the shares of positives and of negatives that a threshold puts on their sides. */
export function balancedAccuracy(scores: readonly number[], labels: readonly number[], threshold: number): number {
  const right = (positive: boolean) => {
    const places = [...labels.keys()].filter((place) => (labels[place] as number) > 0.5 === positive);
    return mean(places.map((place) => ((scores[place] as number) >= threshold === positive ? 1 : 0)));
  };
  return (right(true) + right(false)) / 2;
}

/** The threshold with the best balanced accuracy on these lines. */
export function bestThreshold(scores: readonly number[], labels: readonly number[]): number {
  let best = 0.5;
  let reached = 0;
  for (const threshold of new Set(scores)) {
    const accuracy = balancedAccuracy(scores, labels, threshold);
    if (accuracy > reached) [best, reached] = [threshold, accuracy];
  }
  return best;
}

/** The mean of the F1 of both classes at a threshold. */
export function macroF1(scores: readonly number[], labels: readonly number[], threshold: number): number {
  const ofClass = (positive: boolean) => {
    let [hits, wrong, missed] = [0, 0, 0];
    for (const [index, label] of labels.entries()) {
      const said = (scores[index] as number) >= threshold === positive;
      const is = label > 0.5 === positive;
      if (said && is) hits += 1;
      else if (said) wrong += 1;
      else if (is) missed += 1;
    }
    return (2 * hits) / (2 * hits + wrong + missed);
  };
  return (ofClass(true) + ofClass(false)) / 2;
}

export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
