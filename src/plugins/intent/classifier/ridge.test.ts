import { expect, test } from 'vitest';
import { seeded } from '../../../../test/support/random.ts';
import { indexOfHighest, predict } from './linear-model.ts';
import { ridge, vectorFeatures } from './ridge.ts';

const next = seeded(3);
const near = (centre: readonly number[]) => Float32Array.from(centre, (value) => value + next() * 0.2);
const CENTRES = [
  [1, 0, 0, 0],
  [0, 1, 0, 0],
  [0, 0, 1, 1],
];

test('ridge regression finds the label whose vectors are near, and is exact on a case that is solved by hand', () => {
  const answers = Array.from({ length: 60 }, (_, at) => at % 3);
  const vectors = answers.map((answer) => near(CENTRES[answer] as number[]));
  const model = ridge({ labels: ['a', 'b', 'c'], vectors, answers }, { penalty: 0.1, sharpness: 10 });
  for (const [label, centre] of CENTRES.entries())
    expect(indexOfHighest(predict(model, vectorFeatures(near(centre))).probabilities)).toBe(label);

  // Two vectors 1 and -1: scatter 2, sums 1 and -1, so that the weights are 1 / (2 + 2) and the bias one half.
  const byHand = ridge(
    { labels: ['x', 'y'], vectors: [Float32Array.of(1), Float32Array.of(-1)], answers: [0, 1] },
    { penalty: 2, sharpness: 1 },
  );
  const [x = 0, y = 0] = predict(byHand, vectorFeatures(Float32Array.of(1))).probabilities;
  expect(Math.log(x / y)).toBeCloseTo(0.5, 3);
});
