import { expect, test } from 'vitest';
import { ViewersTrust } from './trust.ts';

const ann = { viewerId: 'ann', tenant: 'home' };

test('a model that never agrees with the words loses its say, for the viewer who asked alone', () => {
  const trust = new ViewersTrust();
  let of = 1;
  for (let query = 0; query < 60; query += 1) of = trust.of(ann).of(0);
  expect(of).toBeLessThan(0.3);
  expect(trust.of(ann).of(0)).toBeLessThan(of);
  for (const other of [
    { viewerId: 'bob', tenant: 'home' },
    { viewerId: 'ann', tenant: 'away' },
  ])
    expect(trust.of(other).of(1)).toBe(1);
});
