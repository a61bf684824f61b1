import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { acceptedEncoding, compressed } from './compression.ts';

test.each([
  ['gzip, deflate, br', 'br'],
  ['gzip', 'gzip'],
  ['GZIP;q=0.5', 'gzip'],
  ['br;q=0, gzip', 'gzip'],
  ['br; q=0, gzip; q=0.0', undefined],
  ['*', 'br'],
  ['identity', undefined],
  ['deflate, zstd', undefined],
  ['', undefined],
  [undefined, undefined],
  ['gzip;q=x', undefined],
  [`${'a,'.repeat(10_000)}gzip`, undefined],
])('%j selects %s', (header, expected) => {
  expect(acceptedEncoding({ headers: header === undefined ? {} : { 'accept-encoding': header } })).toBe(expected);
});

test('compressed content decompresses to itself, and is smaller', async () => {
  const text = Buffer.from('{"text":"北京 😀 word "}'.repeat(200));
  const [brotli, zipped] = [await compressed('br', text), await compressed('gzip', text)];
  expect(brotliDecompressSync(brotli)).toEqual(text);
  expect(gunzipSync(zipped)).toEqual(text);
  expect(Math.max(brotli.length, zipped.length)).toBeLessThan(text.length / 4);
});
