import { secondHash, tokenHash } from '../analysis/token-hash.ts';
import { slotOf } from './slots.ts';

const FEW_SLOTS = 1_024;
const FEW_POSTINGS = 16_384;

/**
 * Recent postings in flat arrays: a hash table like `PostingsTable`'s. Each slot has a list in one shared array.
 * A full list moves to that array's end with twice the room. Its old room stays unused, which is less than its new one.
 * Many small arrays would fragment the allocator's memory, and chains through one array take long to follow.
 */
export class RecentPostings {
  #keys = new Uint32Array(FEW_SLOTS * 2);
  /** The start and length of each slot's list. Its room is the next power of two. */
  #starts = new Uint32Array(FEW_SLOTS);
  #counts = new Uint32Array(FEW_SLOTS);
  #size = 0;
  #postings = new Uint32Array(FEW_POSTINGS);
  #used = 0;

  /** Tokens. */
  get size(): number {
    return this.#size;
  }

  /** Adds a posting of a token. Entries must rise. */
  post(token: string, posting: number): void {
    if (this.#size * 2 >= this.#counts.length) this.#grow();
    const [first, second] = [tokenHash(token), secondHash(token)];
    const slot = slotOf(this.#keys, first, second);
    if (this.#counts[slot] === 0) {
      this.#keys[slot * 2] = first;
      this.#keys[slot * 2 + 1] = second;
      this.#size += 1;
    }
    const count = this.#counts[slot] as number;
    if (isPowerOfTwo(count)) this.#move(slot, Math.max(1, count * 2));
    this.#postings[(this.#starts[slot] as number) + count] = posting;
    this.#counts[slot] = count + 1;
  }

  frequency(token: string): number {
    return this.#counts[slotOf(this.#keys, tokenHash(token), secondHash(token))] as number;
  }

  /** The postings of a token; empty if it has none. A view, valid until the next `post`. */
  find(token: string): Uint32Array {
    return this.#listOf(slotOf(this.#keys, tokenHash(token), secondHash(token)));
  }

  /** Each token's two hashes and its postings. */
  *[Symbol.iterator](): Generator<readonly [first: number, second: number, postings: Uint32Array]> {
    for (let slot = 0; slot < this.#counts.length; slot += 1)
      if (this.#counts[slot] !== 0)
        yield [this.#keys[slot * 2] as number, this.#keys[slot * 2 + 1] as number, this.#listOf(slot)];
  }

  #listOf(slot: number): Uint32Array {
    const start = this.#starts[slot] as number;
    return this.#postings.subarray(start, start + (this.#counts[slot] as number));
  }

  /** The slot's list to where it has this room. */
  #move(slot: number, room: number): void {
    // The smaller memory is given back at once rather than when the collector comes to it.
    if (this.#used + room > this.#postings.length)
      this.#postings = new Uint32Array(this.#postings.buffer.transfer(this.#postings.byteLength * 2));
    const start = this.#starts[slot] as number;
    this.#postings.copyWithin(this.#used, start, start + (this.#counts[slot] as number));
    this.#starts[slot] = this.#used;
    this.#used += room;
  }

  #grow(): void {
    const [keys, starts, counts] = [this.#keys, this.#starts, this.#counts];
    this.#keys = new Uint32Array(keys.length * 2);
    this.#starts = new Uint32Array(starts.length * 2);
    this.#counts = new Uint32Array(counts.length * 2);
    for (let former = 0; former < counts.length; former += 1) {
      if (counts[former] === 0) continue;
      const [first, second] = [keys[former * 2] as number, keys[former * 2 + 1] as number];
      const slot = slotOf(this.#keys, first, second);
      this.#keys[slot * 2] = first;
      this.#keys[slot * 2 + 1] = second;
      this.#starts[slot] = starts[former] as number;
      this.#counts[slot] = counts[former] as number;
    }
  }
}

/** Also of 0. */
const isPowerOfTwo = (count: number): boolean => (count & (count - 1)) === 0;
