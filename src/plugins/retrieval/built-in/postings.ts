import { secondHash, tokenHash } from '../analysis/token-hash.ts';
import { firstOver } from './first-over.ts';
import type { RecentPostings } from './recent-postings.ts';
import type { Runs } from './runs.ts';
import { slotOf } from './slots.ts';
import type { ColumnSource } from './snapshot.ts';

/** An entry and its frequency of the token, in 32 bits: at most 16 million entries; a frequency of 255 means 255 or more. */
const FREQUENCY_BITS = 8;
const MOST_FREQUENCY = 2 ** FREQUENCY_BITS - 1;
export const MOST_ENTRIES = 2 ** (32 - FREQUENCY_BITS);

export const packed = (entry: number, count: number): number =>
  entry * (MOST_FREQUENCY + 1) + Math.min(count, MOST_FREQUENCY);
export const entryOf = (posting: number): number => posting >>> FREQUENCY_BITS;
export const frequencyOf = (posting: number): number => posting & MOST_FREQUENCY;

/**
 * The postings of many tokens in five flat arrays, which a file holds as they are: a hash table with open addressing, by two
 * independent 32-bit hashes of the token (two of a million tokens collide once in 40 million such tables), never changed once made.
 */
export interface PostingsTable {
  /** Two hashes a slot; 0, 0 is a free one. The number of slots is a power of two. */
  readonly keys: Uint32Array;
  /** The start and length of each slot's postings. */
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

/** The token's postings, by rising entry; of no length where it has none. */
export function find(table: PostingsTable, token: string): Uint32Array {
  const slot = slotOf(table.keys, tokenHash(token), secondHash(token));
  return table.keys[slot * 2 + 1] === 0 ? NONE : listOf(table, slot);
}

const NONE = new Uint32Array(0);

function listOf({ starts, counts, postings }: PostingsTable, slot: number): Uint32Array {
  const start = starts[slot] as number;
  return postings.subarray(start, start + (counts[slot] as number));
}

/** Postings that are looked at in the time in which those of one run are looked up. */
const LOOK_UP = 32;

/** The parts of a list with entries in the runs, as ranges. The whole list if finding the parts would take longer. */
export function* placesIn(list: Uint32Array, runs: Runs): Generator<readonly [from: number, to: number]> {
  if (list.length <= runs.size * LOOK_UP) yield [0, list.length];
  else {
    let to = 0;
    // No posting has a frequency of 0.
    for (const [first, end] of runs) {
      const from = firstOver(list, packed(first, 0), to);
      to = firstOver(list, packed(end, 0), from);
      yield [from, to];
    }
  }
}

/** The number of a list's postings with entries in the runs, which rise. */
export function countIn(list: Uint32Array, runs: Runs): number {
  let count = 0;
  if (list.length > runs.size * LOOK_UP) {
    for (const [from, to] of placesIn(list, runs)) count += to - from;
    return count;
  }
  let place = 0;
  for (const [first, end] of runs) {
    while (place < list.length && entryOf(list[place] as number) < first) place += 1;
    for (; place < list.length && entryOf(list[place] as number) < end; place += 1) count += 1;
    if (place === list.length) break;
  }
  return count;
}

/** The table's postings for a file in which entries are numbered by their place in this list, which has all of them. */
export function renumbered(table: PostingsTable, entries: readonly number[]): ColumnSource {
  if (entries.every((entry, place) => entry === place)) return table.postings;
  const numbers = new Uint32Array(entries.length);
  for (const [place, entry] of entries.entries()) numbers[entry] = place;
  const renumber = (posting: number) => packed(numbers[entryOf(posting)] as number, frequencyOf(posting));
  const width = Uint32Array.BYTES_PER_ELEMENT;
  return {
    type: 'Uint32Array',
    length: table.postings.byteLength,
    read(startByte, endByte) {
      const [start, end] = [startByte / width, endByte / width];
      const piece = new Uint32Array(end - start);
      for (let slot = firstOver(table.starts, start) - 1, at = start; at < end; slot += 1) {
        const from = at - (table.starts[slot] as number);
        const list = listOf(table, slot)
          .map(renumber)
          .sort()
          .subarray(from, from + end - at);
        piece.set(list, at - start);
        at += list.length;
      }
      return new Uint8Array(piece.buffer);
    },
  };
}

/**
 * Merges the table with `recent` into a new table. `numbers` gives each entry its new number, or -1 to drop it;
 * null keeps all numbers.
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
      const second = table.keys[slot * 2 + 1] as number;
      if (second !== 0) yield [table.keys[slot * 2] as number, second, listOf(table, slot)];
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
