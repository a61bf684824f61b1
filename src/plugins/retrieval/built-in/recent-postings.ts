import { secondHash, tokenHash } from '../token-hash.ts';
import { GrowingColumn } from './columns.ts';
import { type List, slotOf } from './postings.ts';

const FEW_SLOTS = 1_024;

/**
 * Postings that came lately, in flat arrays: a hash table like `PostingsTable`'s, each slot with a chain through one column of all
 * postings, the last one first. As many small lists would leave the allocator's memory full of holes.
 */
export class RecentPostings {
  #keys = new Uint32Array(FEW_SLOTS * 2);
  /** Where each slot's last posting is and how many it has. */
  #lasts = new Uint32Array(FEW_SLOTS);
  #counts = new Uint32Array(FEW_SLOTS);
  #size = 0;
  readonly #postings = new GrowingColumn(Uint32Array);
  /** Where the one before each posting of the same token is. */
  readonly #previous = new GrowingColumn(Uint32Array);

  /** Tokens. */
  get size(): number {
    return this.#size;
  }

  /** Of rising entries, one for each token. */
  post(token: string, posting: number): void {
    if (this.#size * 2 >= this.#counts.length) this.#grow();
    const [first, second] = [tokenHash(token), secondHash(token)];
    const slot = slotOf(this.#keys, first, second);
    if (this.#counts[slot] === 0) {
      this.#keys[slot * 2] = first;
      this.#keys[slot * 2 + 1] = second;
      this.#size += 1;
    }
    this.#previous.push(this.#lasts[slot] as number);
    this.#lasts[slot] = this.#postings.length;
    this.#counts[slot] = (this.#counts[slot] as number) + 1;
    this.#postings.push(posting);
  }

  frequency(token: string): number {
    return this.#counts[slotOf(this.#keys, tokenHash(token), secondHash(token))] as number;
  }

  /** Of no length where the token has none. */
  find(token: string): List {
    const slot = slotOf(this.#keys, tokenHash(token), secondHash(token));
    const length = this.#counts[slot] as number;
    const packed = new Uint32Array(length);
    this.#write(slot, packed);
    return { packed, length };
  }

  /** Each token's two hashes and its postings, which are valid until the next ones. */
  *[Symbol.iterator](): Generator<readonly [first: number, second: number, postings: Uint32Array]> {
    const room = new Uint32Array(this.#counts.reduce((most, count) => Math.max(most, count), 0));
    for (let slot = 0; slot < this.#counts.length; slot += 1) {
      const count = this.#counts[slot] as number;
      if (count === 0) continue;
      this.#write(slot, room);
      yield [this.#keys[slot * 2] as number, this.#keys[slot * 2 + 1] as number, room.subarray(0, count)];
    }
  }

  #write(slot: number, packed: Uint32Array): void {
    let place = this.#lasts[slot] as number;
    for (let at = (this.#counts[slot] as number) - 1; at >= 0; at -= 1) {
      packed[at] = this.#postings.at(place);
      place = this.#previous.at(place);
    }
  }

  #grow(): void {
    const [keys, lasts, counts] = [this.#keys, this.#lasts, this.#counts];
    this.#keys = new Uint32Array(keys.length * 2);
    this.#lasts = new Uint32Array(lasts.length * 2);
    this.#counts = new Uint32Array(counts.length * 2);
    for (let former = 0; former < counts.length; former += 1) {
      if (counts[former] === 0) continue;
      const [first, second] = [keys[former * 2] as number, keys[former * 2 + 1] as number];
      const slot = slotOf(this.#keys, first, second);
      this.#keys[slot * 2] = first;
      this.#keys[slot * 2 + 1] = second;
      this.#lasts[slot] = lasts[former] as number;
      this.#counts[slot] = counts[former] as number;
    }
  }
}
