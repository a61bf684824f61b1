import { EmbeddingTable } from './embedding-table.ts';
import type { EncoderFile } from './encoder-file.ts';
import { ALL_CHANNELS, BRANCHES, CHANNELS, DIMENSIONS, FLOAT, PARTIALS, TILE } from './layout.ts';
import type { Machine } from './machine.ts';

/** Texts within which a token must come again for its slot to stay. */
const STAYS = 64;

/**
 * The first layers depend on a single token: its vector, its projection with LayerNorm, and what it gives to the first convolution.
 * They are computed once and kept in slots, 15 KB each, replaced by the clock algorithm: of the multiplications this saves three of
 * five for three tokens of four.
 */
export class TokenCache {
  readonly #machine: Machine;
  readonly #table: EmbeddingTable;
  readonly #projectBias: Float32Array;
  readonly #gain: Float32Array;
  readonly #shift: Float32Array;
  /** For each branch, the sums of the columns of its projection. They apply the offset of a table row. */
  readonly #columnSums: readonly Float32Array[];
  /** Maps tokens to slots, and slots to their token and time of last use. */
  readonly #slotOf: Int32Array;
  readonly #tokenIn: Int32Array;
  readonly #lastUse: Uint32Array;
  #hand = 0;
  #use = STAYS;

  constructor(file: EncoderFile, machine: Machine, slots: number) {
    this.#machine = machine;
    this.#table = new EmbeddingTable(file);
    this.#projectBias = file.floats('projectBias');
    this.#gain = file.floats('gain');
    this.#shift = file.floats('shift');
    this.#columnSums = BRANCHES.map(({ name }) => file.floats(`projectSum${name}`));
    this.#slotOf = new Int32Array(this.#table.size).fill(-1);
    this.#tokenIn = new Int32Array(slots).fill(-1);
    this.#lastUse = new Uint32Array(slots);
  }

  /** The slots of the tokens, no more of them than there are slots; valid until the next call. */
  slots(tokens: Int32Array): Int32Array {
    this.#use += 1;
    for (const token of tokens) {
      const slot = this.#slotOf[token] as number;
      if (slot >= 0) this.#lastUse[slot] = this.#use;
    }
    const missing: number[] = [];
    for (const token of tokens) {
      if ((this.#slotOf[token] as number) >= 0) continue;
      const slot = this.#freeSlot();
      const former = this.#tokenIn[slot] as number;
      if (former >= 0) this.#slotOf[former] = -1;
      this.#tokenIn[slot] = token;
      this.#slotOf[token] = slot;
      this.#lastUse[slot] = this.#use;
      missing.push(token);
    }
    for (let start = 0; start < missing.length; start += TILE) this.#fill(missing.slice(start, start + TILE));
    return tokens.map((token) => this.#slotOf[token] as number);
  }

  /** The next one that this text does not use. One that was used lately is passed over once. */
  #freeSlot(): number {
    for (;;) {
      this.#hand = (this.#hand + 1) % this.#tokenIn.length;
      const last = this.#lastUse[this.#hand] as number;
      if (last === this.#use) continue;
      if (last <= this.#use - STAYS) return this.#hand;
      this.#lastUse[this.#hand] = this.#use - STAYS;
    }
  }

  #fill(tokens: readonly number[]): void {
    const slots = tokens.map((token) => this.#slotOf[token] as number);
    this.#readVectors(tokens, slots);
    for (let branch = 0; branch < BRANCHES.length; branch += 1) this.#project(tokens, slots, branch);
    for (const slot of slots) this.#normalize(slot);
    this.#convolve(slots);
  }

  /** Leaves the table's steps as the rows of the next products, which are the same for each branch. */
  #readVectors(tokens: readonly number[], slots: readonly number[]): void {
    const { numbers, floats, at } = this.#machine;
    for (const [row, token] of tokens.entries()) {
      const from = at.rows / 2 + row * DIMENSIONS;
      this.#table.read(token, numbers, from);
      const to = at.vectors / FLOAT + (slots[row] as number) * DIMENSIONS;
      const [scale, offset] = [this.#table.scales[token] as number, this.#table.offsets[token] as number];
      for (let index = 0; index < DIMENSIONS; index += 1)
        floats[to + index] = (numbers[from + index] as number) * scale + offset;
    }
  }

  #project(tokens: readonly number[], slots: readonly number[], branch: number): void {
    const machine = this.#machine;
    const { floats, at } = machine;
    const name = `project${BRANCHES[branch]?.name}`;
    const sums = this.#columnSums[branch] as Float32Array;
    for (const [row, token] of tokens.entries())
      machine.setScale(row, (this.#table.scales[token] as number) * machine.scaleOf(name));
    machine.multiply(name, tokens.length);
    for (const [row, token] of tokens.entries()) {
      const from = at.out / FLOAT + row * CHANNELS;
      const to = at.projections / FLOAT + (slots[row] as number) * ALL_CHANNELS + branch * CHANNELS;
      const offset = this.#table.offsets[token] as number;
      for (let index = 0; index < CHANNELS; index += 1)
        floats[to + index] =
          (floats[from + index] as number) +
          offset * (sums[index] as number) +
          (this.#projectBias[branch * CHANNELS + index] as number);
    }
  }

  /** LayerNorm over all branches together. */
  #normalize(slot: number): void {
    const { floats, at, kernel, epsilon } = this.#machine;
    const projection = at.projections + slot * ALL_CHANNELS * FLOAT;
    floats.fill(0, at.values / FLOAT, at.values / FLOAT + ALL_CHANNELS);
    kernel.addNormalized(at.values, projection, ALL_CHANNELS, epsilon);
    for (let index = 0; index < ALL_CHANNELS; index += 1)
      floats[projection / FLOAT + index] =
        (floats[at.values / FLOAT + index] as number) * (this.#gain[index] as number) + (this.#shift[index] as number);
  }

  #convolve(slots: readonly number[]): void {
    const machine = this.#machine;
    const { floats, at } = machine;
    let start = 0;
    for (const [branch, { name, width }] of BRANCHES.entries()) {
      for (const [row, slot] of slots.entries())
        machine.setRow(row, at.projections + (slot * ALL_CHANNELS + branch * CHANNELS) * FLOAT, `window1_${name}`);
      machine.multiply(`window1_${name}`, slots.length);
      const length = CHANNELS * width;
      for (const [row, slot] of slots.entries()) {
        const from = at.out / FLOAT + row * length;
        floats.copyWithin(at.partials / FLOAT + slot * PARTIALS + start, from, from + length);
      }
      start += length;
    }
  }
}
