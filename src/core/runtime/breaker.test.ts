import { expect, test } from 'vitest';
import { Breaker } from './breaker.ts';
import { listen } from './diagnostics.ts';

test('opens after so many failures in a row, and one attempt decides after the cool-down', () => {
  let now = 0;
  const breaker = new Breaker({ threshold: 2, coolDownMs: 100, now: () => now });
  breaker.fail();
  breaker.succeed();
  breaker.fail();
  expect(breaker.tryPass()).toBe(true);
  breaker.fail();
  expect(breaker.tryPass()).toBe(false);
  now = 100;
  expect([breaker.tryPass(), breaker.tryPass()]).toEqual([true, false]);
  breaker.fail();
  expect(breaker.tryPass()).toBe(false);
  now = 200;
  expect(breaker.tryPass()).toBe(true);
  breaker.succeed();
  expect(breaker.open).toBe(false);
});

test('a given-up attempt lets the next one try', () => {
  let now = 0;
  const breaker = new Breaker({ threshold: 1, coolDownMs: 10, now: () => now });
  breaker.fail();
  now = 10;
  expect(breaker.tryPass()).toBe(true);
  breaker.release();
  expect(breaker.tryPass()).toBe(true);
});

test("a provider's Retry-After holds it open from the first failure", () => {
  let now = 0;
  const breaker = new Breaker({ threshold: 5, coolDownMs: 10, now: () => now });
  breaker.fail(2_000);
  now = 1_999;
  expect(breaker.tryPass()).toBe(false);
  now = 2_000;
  expect(breaker.tryPass()).toBe(true);
});

test('the breaker publishes each opening with its length, and once that it closed', () => {
  const told: number[] = [];
  const ignore = listen('parley:circuit', ({ kind, name, open, forMs }) => {
    if (kind === 'leg' && name === 'test') told.push(open ? forMs : -1);
  });
  let now = 0;
  const breaker = new Breaker({ threshold: 2, coolDownMs: 10, now: () => now, circuit: { kind: 'leg', name: 'test' } });
  breaker.succeed();
  breaker.fail();
  expect(told).toEqual([]);
  breaker.fail();
  now = 10;
  expect(breaker.tryPass()).toBe(true);
  breaker.fail(25);
  expect(told).toEqual([10, 25]);
  breaker.succeed();
  breaker.succeed();
  expect(told).toEqual([10, 25, -1]);
  ignore();
});
