import { expect, test } from 'vitest';
import { connectionShares } from './connection-shares.ts';

const coded = (code: string) => expect.objectContaining({ code, retryAfter: 5 });

test('one viewer has its share of connections, and all together have the total', () => {
  const shares = connectionShares({ limit: 4, share: 0.5 });
  const leave = shares.enter('a');
  shares.enter('a');
  expect(() => shares.enter('a')).toThrowError(coded('RATE_LIMITED'));
  shares.enter('b');
  shares.enter('c');
  expect(() => shares.enter('d')).toThrowError(coded('OVERLOADED'));
  leave();
  leave();
  shares.enter('d');
  expect(() => shares.enter('a')).toThrowError(coded('OVERLOADED'));
});
