import { MAX_TOKENS } from './tokenizer.ts';

/** The model's dimensions: those of a token's vector, and of a text's. */
export const DIMENSIONS = 512;
/** Channels of each branch of convolutions. */
export const CHANNELS = 256;
/** The branches: tokens that a convolution looks at, and how many of those come before its own. */
export const BRANCHES = [
  { name: '2', width: 2, before: 0 },
  { name: '3', width: 3, before: 1 },
  { name: '5', width: 5, before: 2 },
] as const;
/** Channels of all branches together. */
export const ALL_CHANNELS = CHANNELS * BRANCHES.length;
/** A token's vector and all its channels. */
export const JOINED = DIMENSIONS + ALL_CHANNELS;
/** Number of values that a token contributes to the first convolutions of all branches. */
export const PARTIALS = CHANNELS * BRANCHES.reduce((sum, { width }) => sum + width, 0);
/** Bytes of a float32. */
export const FLOAT = 4;
/** Rows that one product takes at most. */
export const TILE = 32;
/** Units of the narrow layers behind the mean. */
const NARROW = 320;

type Shape = readonly [inputs: number, outputs: number];

/** The int8 matrices by name. */
export const SHAPES: Readonly<Record<string, Shape>> = {
  ...Object.fromEntries(
    BRANCHES.flatMap(({ name, width }): [string, Shape][] => [
      [`project${name}`, [DIMENSIONS, CHANNELS]],
      [`window1_${name}`, [CHANNELS, CHANNELS * width]],
      [`window2_${name}`, [CHANNELS, CHANNELS * width]],
    ]),
  ),
  join: [JOINED, DIMENSIONS],
  dense0: [DIMENSIONS, NARROW],
  dense1: [NARROW, NARROW],
  skip1: [DIMENSIONS, NARROW],
  dense2: [NARROW, DIMENSIONS],
  skip3: [NARROW, DIMENSIONS],
  dense3: [DIMENSIONS, DIMENSIONS],
};

/** Addresses in the encoder's memory, in bytes. */
export interface Layout {
  /** Maps a matrix's name to its offset. */
  readonly matrices: ReadonlyMap<string, number>;
  /** int16 rows that go into a product, their scales, and the float32 rows that come out. */
  readonly rows: number;
  readonly scales: number;
  readonly out: number;
  /** Room for the numbers of one token, and for a sum over tokens. */
  readonly values: number;
  readonly sum: number;
  /** Biases and results of the two convolutions, of all branches. */
  readonly bias1: number;
  readonly bias2: number;
  readonly layer1: number;
  readonly layer2: number;
  /** Offsets by slot of the token cache: the vector, the normalised projection, the contribution to the first convolution. */
  readonly vectors: number;
  readonly projections: number;
  readonly partials: number;
  /** Bytes of all. */
  readonly size: number;
}

/** A multiple of what a SIMD instruction reads. */
const ALIGNMENT = 16;

export function layoutOf(slots: number): Layout {
  let size = 0;
  const reserve = (bytes: number): number => {
    const at = size;
    size += Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
    return at;
  };
  const matrices = new Map(
    Object.entries(SHAPES).map(([name, [inputs, outputs]]) => [name, reserve(inputs * outputs)]),
  );
  const addresses = {
    rows: reserve(TILE * JOINED * 2),
    scales: reserve(TILE * FLOAT),
    out: reserve(TILE * CHANNELS * 5 * FLOAT),
    values: reserve(JOINED * FLOAT),
    sum: reserve(JOINED * FLOAT),
    bias1: reserve(ALL_CHANNELS * FLOAT),
    bias2: reserve(ALL_CHANNELS * FLOAT),
    layer1: reserve(MAX_TOKENS * ALL_CHANNELS * FLOAT),
    layer2: reserve(MAX_TOKENS * ALL_CHANNELS * FLOAT),
    vectors: reserve(slots * DIMENSIONS * FLOAT),
    projections: reserve(slots * ALL_CHANNELS * FLOAT),
    partials: reserve(slots * PARTIALS * FLOAT),
  };
  return { matrices, ...addresses, size };
}
