import { expect, test } from 'vitest';
import type { LanguageModels } from '../ports/language-model.ts';
import type { OpenCall } from '../ports/store.ts';
import { OpenCalls, openCall, presumedCall } from './open-calls.ts';

const CALL: OpenCall = { model: 'a:b', price: null, inputTokens: 1, from: 0 };

test('the first call of a turn that was presumed to make one costs no statement; any further one is told at once', () => {
  const calls = new OpenCalls(true);
  expect([calls.begin(CALL), calls.isTold, calls.isUntold]).toEqual([false, false, false]);
  calls.end();
  expect([calls.begin({ ...CALL }), calls.isUntold]).toEqual([true, true]);
  calls.told(calls.current);
  expect([calls.isTold, calls.isUntold]).toEqual([true, false]);
});

test('a call that nobody presumed is told at once; also one after a flush told that none runs', () => {
  expect(new OpenCalls(false).begin(CALL)).toBe(true);
  const calls = new OpenCalls(true);
  expect(calls.isTold).toBe(false);
  calls.told(null);
  expect([calls.isTold, calls.begin(CALL), calls.isUntold]).toEqual([true, true, true]);
});

test('what was told before a call began is not of this call', () => {
  const calls = new OpenCalls(false);
  calls.begin(CALL);
  calls.told(null);
  expect([calls.isTold, calls.isUntold]).toEqual([false, true]);
});

test('a presumed call that begins while a flush tells of none is untold until the next flush', () => {
  const calls = new OpenCalls(true);
  expect(calls.begin(CALL)).toBe(false);
  calls.told(null);
  expect([calls.isTold, calls.isUntold]).toEqual([false, true]);
  calls.told(CALL);
  expect([calls.isTold, calls.isUntold]).toEqual([true, false]);
});

test('a model that calls no provider has no call to count, and a request is measured when it is told', () => {
  const models = {
    defaultModel: 'free:one',
    get: (name: string) => ({ name, usesNoTokens: name === 'free:one' }),
    price: () => ({ input: 1, output: 2, cachedInput: 0.5 }),
  } as unknown as LanguageModels;
  const request = { system: 'four', messages: [], query: '', passages: [] };
  expect(openCall(models, 'free:one', request, '')).toBeNull();
  expect(presumedCall(models, null, 10)).toBeNull();
  const price = { input: 1, output: 2 };
  expect(presumedCall(models, 'a:b', 10)).toEqual({ model: 'a:b', price, historyTokens: 10 });
  expect(openCall(models, 'a:b', request, '😀!')).toMatchObject({ model: 'a:b', price, inputTokens: 1, from: 2 });
});
