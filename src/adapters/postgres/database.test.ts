import { expect, test } from 'vitest';
import { AppError } from '#core/errors.ts';
import { isUuid, json, storeError, whole } from './database.ts';

test('JSON keeps everything but NUL and lone surrogates, in names as in values', () => {
  const value = { 'a\0': ['\ud800', '\udc00x', '😀', 'C:\\u0000', '\\\0', '\\\\ud800', '"\n'], n: 1.5, nothing: null };
  const kept = ['\ufffd', '\ufffdx', '😀', 'C:\\u0000', '\\\ufffd', '\\\\ud800', '"\n'];
  expect(JSON.parse(json(value) ?? '')).toEqual({ 'a\ufffd': kept, n: 1.5, nothing: null });
  expect(json(null)).toBeNull();
  expect(json(undefined)).toBeNull();
});

test('transient errors become STORE_UNAVAILABLE with their cause; other errors stay unchanged', () => {
  for (const passing of [
    { code: 'ECONNREFUSED' },
    { code: 'ENOTFOUND' },
    { code: '57P01', message: 'terminating connection due to administrator command' },
    { code: '53300', message: 'too many connections' },
    { code: '40P01', message: 'deadlock detected' },
    { code: '57014', message: 'canceling statement due to statement timeout' },
    new Error('timeout exceeded when trying to connect'),
    new Error('Query read timeout'),
    new Error('Connection terminated unexpectedly'),
    new Error('Client has encountered a connection error and is not queryable'),
  ])
    expect(storeError(passing)).toMatchObject({ code: 'STORE_UNAVAILABLE', retryable: true, cause: passing });
  for (const lasting of [{ code: '23505' }, { code: '22P02' }, new TypeError('x is not a function'), undefined, 'text'])
    expect(storeError(lasting)).toBe(lasting);
  const known = new AppError('BAD_USER_INPUT', 'x');
  expect(storeError(known)).toBe(known);
});

test('only a complete UUID is accepted', () => {
  expect(isUuid('01a20b75-cefe-7295-bc97-570bf24f9984')).toBe(true);
  expect(isUuid('01A20B75-CEFE-7295-BC97-570BF24F9984')).toBe(true);
  for (const wrong of [
    '',
    'x',
    ' 01a20b75-cefe-7295-bc97-570bf24f9984',
    '01a20b75cefe7295bc97570bf24f9984',
    '{01a20b75-cefe-7295-bc97-570bf24f9984}',
    '01a20b75-cefe-7295-bc97-570bf24f9984\n',
  ])
    expect(isUuid(wrong)).toBe(false);
});

test('numbers are made fit for an INTEGER column', () => {
  expect([1.4, 1.5, -1e12, 1e12].map(whole)).toEqual([1, 2, -2_147_483_648, 2_147_483_647]);
});
