/** Rounds of sign flips and mixing. After the fourth, the position of a number is fully spread. */
const ROUNDS = 4;

/**
 * One random rotation of all vectors, fixed for good: it keeps cosines and spreads a vector's information over all of
 * its dimensions, so that their signs alone are informative. Sign flips and Walsh-Hadamard transforms over a power of two of dimensions,
 * alternately of the first and of the last ones (Ailon and Chazelle, "The fast Johnson-Lindenstrauss transform", 2009).
 */
export class Rotation {
  readonly #dimensions: number;
  readonly #window: number;
  /** 1 or -1, for each round and dimension. */
  readonly #signs: Float32Array;

  constructor(dimensions: number) {
    this.#dimensions = dimensions;
    this.#window = 2 ** Math.floor(Math.log2(Math.max(1, dimensions)));
    this.#signs = new Float32Array(ROUNDS * dimensions);
    let state = 0x2545f491;
    for (const place of this.#signs.keys()) {
      // Xorshift (Marsaglia, 2003): the same signs in every process, since they are part of what a file holds.
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      this.#signs[place] = state < 0 ? -1 : 1;
    }
  }

  /** A new vector of the same length. */
  turned(vector: Float32Array): Float32Array {
    const turned = vector.slice();
    for (let round = 0; round < ROUNDS; round += 1) {
      const start = round * this.#dimensions;
      for (let place = 0; place < turned.length; place += 1)
        turned[place] = (turned[place] as number) * (this.#signs[start + place] as number);
      transform(round % 2 === 0 ? turned.subarray(0, this.#window) : turned.subarray(turned.length - this.#window));
    }
    return turned;
  }
}

/** Walsh-Hadamard in place, with lengths kept. The length is a power of two. */
function transform(values: Float32Array): void {
  const { length } = values;
  for (let half = 1; half < length; half *= 2)
    for (let start = 0; start < length; start += half * 2)
      for (let place = start; place < start + half; place += 1) {
        const [one, other] = [values[place] as number, values[place + half] as number];
        values[place] = one + other;
        values[place + half] = one - other;
      }
  const scale = 1 / Math.sqrt(length);
  for (let place = 0; place < length; place += 1) values[place] = (values[place] as number) * scale;
}
