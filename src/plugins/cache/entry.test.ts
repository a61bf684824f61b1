import { expect, test } from 'vitest';
import { decodeEntry, type Entry, encodeEntry } from './entry.ts';

const entry: Entry = {
  ...{
    text: 'The bridge 桥 was built in 1932.',
    tenant: 'home',
    model: 'm',
    citations: [],
    version: null,
    grounding: 'g',
  },
  ...{ usage: { inputTokens: 1, outputTokens: 2, costUsd: 0.5 }, generationId: 'id' },
};

test('an entry is read as it was written', () => {
  expect(decodeEntry(encodeEntry(entry))).toEqual(entry);
});

test('an unreadable entry is a miss: nothing, garbage, another version, cut bytes, wrong fields', () => {
  const bytes = encodeEntry(entry);
  expect(decodeEntry(undefined)).toBeNull();
  expect(decodeEntry(new Uint8Array())).toBeNull();
  expect(decodeEntry(Buffer.from('garbage'))).toBeNull();
  expect(decodeEntry(Buffer.concat([Buffer.of(99), bytes.subarray(1)]))).toBeNull();
  expect(decodeEntry(bytes.subarray(0, bytes.length - 5))).toBeNull();
  for (const wrong of [{ text: '' }, { tenant: 1 }, { text: 1 }, { citations: null }, { usage: {} }, { version: 3 }])
    expect(decodeEntry(encodeEntry({ ...entry, ...(wrong as object) }))).toBeNull();
});
