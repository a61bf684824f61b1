import { beforeEach, expect, test, vi } from 'vitest';
import { LEG_BUDGET, Leg } from './leg.ts';

const outcomes: string[] = [];
const metrics = {
  observe: (_name: string, _value: number, { outcome = '' }: Readonly<Record<string, string>> = {}) =>
    void outcomes.push(outcome),
};
beforeEach(() => outcomes.splice(0));
const { signal } = new AbortController();
const never = () => new Promise<never>(() => undefined);

test('a leg that does not answer in its budget is gone without, and what it was asked is aborted', async () => {
  const leg = new Leg({ name: 'vector', warn: () => undefined, metrics });
  let aborted = false;
  const answer = leg.answer((within) => {
    within.addEventListener('abort', () => {
      aborted = true;
    });
    return never();
  }, signal);
  expect(await answer).toBeUndefined();
  expect(aborted).toBe(true);
  expect(LEG_BUDGET).toBe(300);
  expect(outcomes).toEqual(['timed_out']);
});

test('an operator gets only the first failure, and the next one after a recovery', async () => {
  const warn = vi.fn();
  const leg = new Leg({ name: 'keyword', warn, metrics });
  const fail = () => leg.answer(() => Promise.reject(new Error('down')), signal);
  await fail();
  await fail();
  expect(warn).toHaveBeenCalledTimes(1);
  expect(await leg.answer(async () => 'well', signal)).toBe('well');
  await fail();
  expect(warn).toHaveBeenCalledTimes(2);
  expect(outcomes).toEqual(['failed', 'failed', 'ok', 'failed']);
});

test('after five failures in a row the leg pauses', async () => {
  const leg = new Leg({ name: 'keyword', warn: () => undefined, metrics });
  const ask = vi.fn(() => Promise.reject(new Error('down')));
  for (let attempt = 0; attempt < 9; attempt += 1) expect(await leg.answer(ask, signal)).toBeUndefined();
  expect(ask).toHaveBeenCalledTimes(5);
  expect(outcomes.slice(5)).toEqual(Array(4).fill('skipped'));
});

test('an aborted search rejects with its reason, and does not count as a failure', async () => {
  const warn = vi.fn();
  const leg = new Leg({ name: 'vector', warn, metrics });
  const controller = new AbortController();
  const answer = leg.answer(never, controller.signal);
  controller.abort(new Error('gone'));
  await expect(answer).rejects.toThrow('gone');
  await expect(leg.answer(async () => 1, controller.signal)).rejects.toThrow('gone');
  expect(warn).not.toHaveBeenCalled();
});
