/**
 * Sentence vectors of Google's universal-sentence-encoder-multilingual 3: SentencePiece tokens, n-gram convolutions of widths 2, 3
 * and 5, their mean, a small residual network. NOTICE names the source of the weights.
 */
import { convolve } from './convolutions.ts';
import { EncoderFile } from './encoder-file.ts';
import { DIMENSIONS, FLOAT, JOINED } from './layout.ts';
import { Machine } from './machine.ts';
import { TokenCache } from './token-cache.ts';
import { MAX_TOKENS, Tokenizer } from './tokenizer.ts';

export class Encoder {
  readonly tokenizer: Tokenizer;
  readonly #machine: Machine;
  readonly #cache: TokenCache;
  readonly #gain: Float32Array;
  readonly #shift: Float32Array;
  readonly #joinBias: Float32Array;

  /** `assembled`: the kernel's code, for tests of the way without SIMD instructions. Throws where the bytes are no encoder file. */
  constructor(bytes: Uint8Array, assembled?: string) {
    const file = new EncoderFile(bytes);
    if (file.header.dimensions !== DIMENSIONS)
      throw new Error(`the encoder file has ${file.header.dimensions} dimensions, not ${DIMENSIONS}`);
    this.tokenizer = new Tokenizer(file);
    // One slot for each token of the longest text.
    this.#machine = new Machine(file, MAX_TOKENS, assembled);
    this.#cache = new TokenCache(file, this.#machine, MAX_TOKENS);
    this.#gain = file.floats('gainAll');
    this.#shift = file.floats('shiftAll');
    this.#joinBias = file.floats('joinBias');
  }

  /** A vector of length 1. It does not depend on what was encoded before. */
  encode(text: string): Float32Array {
    const tokens = this.tokenizer.tokens(text);
    convolve(this.#machine, this.#cache.slots(tokens));
    return normalized(this.#residualNetwork(this.#mean(tokens.length)), this.#machine.epsilon);
  }

  /** The sum over tokens, scaled and projected; the model divides it by the root of their count. */
  #mean(count: number): Float32Array {
    const { floats, at } = this.#machine;
    for (let index = 0; index < JOINED; index += 1)
      floats[at.values / FLOAT + index] =
        (floats[at.sum / FLOAT + index] as number) * (this.#gain[index] as number) +
        count * (this.#shift[index] as number);
    const joined = this.#machine.times(null, 'join');
    const root = Math.sqrt(count);
    return joined.map((value, index) => (value + count * (this.#joinBias[index] as number)) / root);
  }

  #residualNetwork(mean: Float32Array): Float32Array {
    const times = (row: Float32Array, name: string) => this.#machine.times(row, name);
    const first = relu(times(mean, 'dense0'));
    const second = relu(sum(times(mean, 'skip1'), times(first, 'dense1')));
    const third = relu(times(second, 'dense2'));
    return sum(times(second, 'skip3'), times(third, 'dense3')).map(Math.tanh);
  }
}

const sum = (values: Float32Array, others: Float32Array): Float32Array =>
  values.map((value, index) => value + (others[index] as number));

const relu = (values: Float32Array): Float32Array => values.map((value) => (value < 0 ? 0 : value));

function normalized(vector: Float32Array, epsilon: number): Float32Array {
  const squares = vector.reduce((total, value) => total + value * value, 0);
  const length = Math.sqrt(Math.max(squares, epsilon));
  return vector.map((value) => value / length);
}
