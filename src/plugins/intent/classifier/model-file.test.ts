import { expect, test } from 'vitest';
import { featuresOf } from './features.ts';
import { predict } from './linear-model.ts';
import { decodeModels, encodeModels } from './model-file.ts';
import { train } from './train.ts';

const model = train(
  ['greet', 'ask'],
  ['hello', 'hello there', 'hi hello', 'what is this?', 'what is that?', 'what now?'].map((text, at) => ({
    features: featuresOf(text),
    labels: [at < 3 ? 0 : 1],
  })),
);

test('a model comes back from its file as it was', () => {
  const { models, figures } = decodeModels(encodeModels({ model }, { slope: 0.5 }));
  const back = models['model'];
  expect(figures).toEqual({ slope: 0.5 });
  expect(back && { ...back, rows: new Map(back.rows) }).toEqual(model);
  expect(back && predict(back, featuresOf('hello')).probabilities[0]).toBeGreaterThan(0.5);
});

test('a file of another version, and one cut short, are refused', () => {
  const bytes = encodeModels({ model });
  expect(() => decodeModels(Buffer.from('PARLEY-LINEAR-0\nxxxx'))).toThrow(/version/);
  expect(() => decodeModels(bytes.subarray(0, bytes.length - 40))).toThrow();
});
