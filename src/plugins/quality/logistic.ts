/** A logistic regression over named features, as `npm run train:quality` writes it. */
export interface LogisticModel {
  readonly features: readonly string[];
  readonly mean: readonly number[];
  readonly scale: readonly number[];
  readonly weights: readonly number[];
  readonly bias: number;
}

/** The probability of the positive class, 0..1. Throws a RangeError where the model was trained on other features. */
export function probability(model: LogisticModel, features: readonly number[]): number {
  if (features.length !== model.weights.length)
    throw new RangeError(
      `the model has ${model.weights.length} weights for ${features.length} features: train it again`,
    );
  let sum = model.bias;
  for (const [index, value] of features.entries())
    sum +=
      ((model.weights[index] as number) * (value - (model.mean[index] as number))) / (model.scale[index] as number);
  return sigmoid(sum);
}

export const sigmoid = (value: number): number => 1 / (1 + Math.exp(-value));
/** The inverse of the sigmoid, bounded so that certainty stays finite. */
export const logit = (value: number): number => {
  const bounded = Math.min(0.999, Math.max(0.001, value));
  return Math.log(bounded / (1 - bounded));
};
