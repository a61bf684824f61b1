import { expect, test } from 'vitest';
import { parseRetryAfter } from './failures.ts';

const NOW = Date.parse('Sun, 06 Nov 1994 08:49:37 GMT');

test.each([
  ['7', 7],
  [' 1.2 ', 2],
  ['0', 0],
  ['86400', 3600],
  ['Sun, 06 Nov 1994 08:49:49 GMT', 12],
  ['Sunday, 06-Nov-94 08:49:49 GMT', 12],
  ['Sun, 06 Nov 1994 08:00:00 GMT', 0],
  ['Mon, 07 Nov 1994 08:49:37 GMT', 3600],
  ['soon', undefined],
  ['', undefined],
  [undefined, undefined],
])('Retry-After %j is %j seconds', (value, seconds) => {
  expect(parseRetryAfter(value, NOW)).toBe(seconds);
});
