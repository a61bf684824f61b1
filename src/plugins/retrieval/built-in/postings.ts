import { secondHash, tokenHash } from '../token-hash.ts';
import type { RecentPostings } from './recent-postings.ts';

/** An entry and how often it has the token, in 32 bits: at most 16 million entries, and a frequency of 255 stands for all above. */
const FREQUENCY_BITS = 8;
const MOST_FREQUENCY = 2 ** FREQUENCY_BITS - 1;
export const MOST_ENTRIES = 2 ** (32 - FREQUENCY_BITS);

export const packed = (entry: number, count: number): number =>
  entry * (MOST_FREQUENCY + 1) + Math.min(count, MOST_FREQUENCY);
export const entryOf = (posting: number): number => posting >>> FREQUENCY_BITS;
export const frequencyOf = (posting: number): number => posting & MOST_FREQUENCY;

/** Of one token, packed, by rising entry. */
export interface List {
  readonly packed: Uint32Array;
  readonly length: number;
}

/**
 * The postings of many tokens in five flat arrays, which a file holds as they are: a hash table with open addressing, by two
 * independent 32-bit hashes of the token (two of a million tokens collide once in 40 million such tables), never changed once made.
 */
export interface PostingsTable {
  /** Two hashes a slot; 0, 0 is a free one. The number of slots is a power of two. */
  readonly keys: Uint32Array;
  /** Where each slot's postings begin and how many they are. */
  readonly starts: Uint32Array;
  readonly counts: Uint32Array;
  readonly postings: Uint32Array;
}

export const emptyTable = (): PostingsTable => ({
  keys: new Uint32Array(2),
  starts: new Uint32Array(1),
  counts: new Uint32Array(1),
  postings: new Uint32Array(0),
});

export function find({ keys, starts, counts, postings }: PostingsTable, token: string): List | undefined {
  const slot = slotOf(keys, tokenHash(token), secondHash(token));
  if (keys[slot * 2 + 1] === 0) return undefined;
  const start = starts[slot] as number;
  const length = counts[slot] as number;
  return { packed: postings.subarray(start, start + length), length };
}

/**
 * What is in the table and then what is in `recent`, as one new table. `numbers` gives each entry its new number, or -1 to drop it;
 * null keeps them all as they are.
 */
export function merge(table: PostingsTable, recent: RecentPostings, numbers: Int32Array | null): PostingsTable {
  const survives = (posting: number) => numbers === null || (numbers[entryOf(posting)] as number) >= 0;
  const renumbered = (posting: number) =>
    numbers === null ? posting : packed(numbers[entryOf(posting)] as number, frequencyOf(posting));
  const used = usedSlots(table) + recent.size;
  const slots = 2 ** Math.ceil(Math.log2(Math.max(1, used) * 2));
  const merged = { keys: new Uint32Array(slots * 2), starts: new Uint32Array(slots), counts: new Uint32Array(slots) };

  const sources = function* (): Generator<readonly [first: number, second: number, postings: Uint32Array]> {
    for (let slot = 0; slot < table.counts.length; slot += 1) {
      const start = table.starts[slot] as number;
      const second = table.keys[slot * 2 + 1] as number;
      if (second !== 0)
        yield [
          table.keys[slot * 2] as number,
          second,
          table.postings.subarray(start, start + (table.counts[slot] as number)),
        ];
    }
    yield* recent;
  };

  let total = 0;
  for (const [first, second, postings] of sources()) {
    let count = 0;
    for (const posting of postings) if (survives(posting)) count += 1;
    if (count === 0) continue;
    const slot = slotOf(merged.keys, first, second);
    merged.keys[slot * 2] = first;
    merged.keys[slot * 2 + 1] = second;
    merged.counts[slot] = (merged.counts[slot] as number) + count;
    total += count;
  }
  let start = 0;
  for (let slot = 0; slot < slots; slot += 1) {
    merged.starts[slot] = start;
    start += merged.counts[slot] as number;
  }
  const postings = new Uint32Array(total);
  const next = merged.starts.slice();
  for (const [first, second, old] of sources()) {
    const slot = slotOf(merged.keys, first, second);
    let place = next[slot] as number;
    for (const posting of old) {
      if (!survives(posting)) continue;
      postings[place] = renumbered(posting);
      place += 1;
    }
    next[slot] = place;
  }
  return { ...merged, postings };
}

function usedSlots({ keys }: PostingsTable): number {
  let used = 0;
  for (let slot = 1; slot < keys.length; slot += 2) if (keys[slot] !== 0) used += 1;
  return used;
}

/** The slot of these hashes, or the free one where they would go. The second is never 0. */
export function slotOf(keys: Uint32Array, first: number, second: number): number {
  const mask = keys.length / 2 - 1;
  for (let slot = first & mask; ; slot = (slot + 1) & mask) {
    const found = keys[slot * 2 + 1];
    if (found === 0 || (found === second && keys[slot * 2] === first)) return slot;
  }
}
