import { expect, test } from 'vitest';
import { connectionShares, networkOf } from './connection-shares.ts';

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

test('all that are not known yet share one viewer’s share, and one address has its share of that', () => {
  const shares = connectionShares({ limit: 8, share: 0.5 });
  const known = shares.wait('a');
  shares.wait('a');
  expect(() => shares.wait('a')).toThrowError(coded('RATE_LIMITED'));
  shares.wait('b');
  shares.wait('c');
  expect(() => shares.wait('d')).toThrowError(coded('RATE_LIMITED'));
  for (let one = 0; one < 4; one += 1) shares.enter('ann');
  expect(() => shares.enter('bob')).toThrowError(coded('OVERLOADED'));
  known();
  known();
  shares.enter('bob');
  expect(() => shares.wait('d')).toThrowError(coded('OVERLOADED'));
});

test.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
  ['2001:db8::5:6', '2001:db8:0:0'],
  ['2001:db8:1:2::', '2001:db8:1:2'],
  ['::1', '0:0:0:0'],
  ['fe80::1%eth0', 'fe80:0:0:0'],
  [undefined, ''],
])('%s is of the network %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});
