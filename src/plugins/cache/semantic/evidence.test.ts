import { expect, test } from 'vitest';
import { evidenceOf } from './evidence.ts';

/** A vector of length 1 in two dimensions, at an angle in degrees. */
const at = (degrees: number) =>
  new Float32Array([Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)]);
const dotOf = (one: Float32Array) => (other: Float32Array) =>
  one.reduce((sum, value, place) => sum + value * (other[place] as number), 0);

test('a word without which the messages are more alike is foreign, and counts by how much more', async () => {
  const angles: Readonly<Record<string, number>> = { invoices: 0, photos: 90, 'all are kept': 10, 'keeps all': 0 };
  const seen: string[] = [];
  const evidence = await evidenceOf(
    {
      rewording: { slots: [], bare: [['invoices'], ['photos']] },
      texts: { asked: 'all invoices are kept', known: 'keeps all photos' },
      similarity: 0.9,
      likeTo: { asked: dotOf(at(0)), known: dotOf(at(0)) },
    },
    async (texts) => {
      seen.push(...texts);
      return texts.map((text) => at(angles[text.trim()] ?? 45));
    },
  );
  expect(seen.map((text) => text.trim())).toEqual(['invoices', 'photos', 'all are kept', 'keeps all']);
  expect(evidence.unlike).toBeCloseTo(1);
  expect(evidence.foreign).toBeCloseTo(0.1);
  expect(evidence.foreignAll).toBeCloseTo(0.1 + Math.cos((10 * Math.PI) / 180) - 0.9);
});

test('a word is left out where it stands alone, not within another one', async () => {
  const seen: string[] = [];
  await evidenceOf(
    {
      rewording: { slots: [], bare: [['art', 'c++'], []] },
      texts: { asked: 'start with art and C++', known: '' },
      similarity: 0,
      likeTo: { asked: () => 0, known: () => 0 },
    },
    async (texts) => {
      seen.push(...texts);
      return texts.map(() => at(0));
    },
  );
  expect(seen.slice(2)).toEqual(['start with and C++', 'start with art and ']);
});
