import { expect, test } from 'vitest';
import { calibrate, calibrated, expectedCalibrationError } from './calibration.ts';

test('calibration maps evidence to the share of right answers', () => {
  const samples = Array.from({ length: 1_000 }, (_, at) => ({
    evidence: at % 10,
    right: (at * 7) % 100 < (at % 10) * 10,
  }));
  const fitted = calibrate(samples);
  const confidences = samples.map(({ evidence, right }) => ({ confidence: calibrated(fitted, evidence), right }));
  expect(expectedCalibrationError(confidences)).toBeLessThan(0.08);
  expect(calibrated(fitted, 9)).toBeGreaterThan(calibrated(fitted, 1));
});

test('calibration without samples, or with right answers alone, gives no certainty', () => {
  expect(calibrated(calibrate([]), 100)).toBeLessThanOrEqual(1);
  const right = calibrate(Array.from({ length: 20 }, () => ({ evidence: 8, right: true })));
  expect(calibrated(right, 8)).toBeLessThan(1);
});

test('the expected calibration error of answers that are always sure and half right is a half', () => {
  const sure = Array.from({ length: 10 }, (_, at) => ({ confidence: 1, right: at % 2 === 0 }));
  expect(expectedCalibrationError(sure)).toBeCloseTo(0.5);
});
