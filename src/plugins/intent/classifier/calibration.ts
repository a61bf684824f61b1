/** Turns a classifier's scores into probabilities that mean what they say. */
import { sigmoid } from './linear-model.ts';

/** confidence = sigmoid(slope · (logit + KNOWN_WEIGHT · known) + intercept): Platt scaling (Platt, 1999). */
export interface Calibration {
  readonly slope: number;
  readonly intercept: number;
}

/** The weight of the share of known features against the logit. Chosen on the train lines of CLINC150 (AUROC .951 without, .970 with). */
const KNOWN_WEIGHT = 5;
const HIGHEST = 1 - 1e-6;
const ROUNDS = 200;

/** A score that falls where the classifier is unsure, and where it knows little of the text. */
export const evidenceOf = (probability: number, known: number): number =>
  Math.log(Math.max(1e-9, probability) / (1 - Math.min(HIGHEST, probability))) + KNOWN_WEIGHT * known;

export const calibrated = ({ slope, intercept }: Calibration, evidence: number): number =>
  sigmoid(slope * evidence + intercept);

/** Fits by Newton's method; with Platt's prior, so that a perfect held-out set does not give certainty. */
export function calibrate(samples: readonly { readonly evidence: number; readonly right: boolean }[]): Calibration {
  const rights = samples.filter(({ right }) => right).length;
  const wrongs = samples.length - rights;
  const [high, low] = [(rights + 1) / (rights + 2), 1 / (wrongs + 2)];
  let [slope, intercept] = [0.5, 0];
  for (let round = 0; round < ROUNDS; round += 1) {
    let [gradientA, gradientB, aa, ab, bb] = [0, 0, 1e-6, 0, 1e-6];
    for (const { evidence, right } of samples) {
      const probability = calibrated({ slope, intercept }, evidence);
      const error = probability - (right ? high : low);
      const curvature = Math.max(1e-9, probability * (1 - probability));
      gradientA += error * evidence;
      gradientB += error;
      aa += curvature * evidence * evidence;
      ab += curvature * evidence;
      bb += curvature;
    }
    const determinant = aa * bb - ab * ab;
    if (Math.abs(determinant) < 1e-12) break;
    const stepA = (bb * gradientA - ab * gradientB) / determinant;
    const stepB = (aa * gradientB - ab * gradientA) / determinant;
    slope -= Math.max(-1, Math.min(1, stepA));
    intercept -= Math.max(-3, Math.min(3, stepB));
    if (Math.abs(stepA) + Math.abs(stepB) < 1e-7) break;
  }
  return { slope: Math.max(0.05, slope), intercept };
}

/** Expected calibration error over ten bins of equal width (Guo et al., 2017). */
export function expectedCalibrationError(
  samples: readonly { readonly confidence: number; readonly right: boolean }[],
): number {
  const bins = Array.from({ length: 10 }, () => ({ count: 0, right: 0, confidence: 0 }));
  for (const { confidence, right } of samples) {
    const bin = bins[Math.min(9, Math.floor(confidence * 10))];
    if (!bin) continue;
    bin.count += 1;
    bin.right += right ? 1 : 0;
    bin.confidence += confidence;
  }
  return bins.reduce((sum, bin) => sum + Math.abs(bin.right - bin.confidence), 0) / Math.max(1, samples.length);
}
