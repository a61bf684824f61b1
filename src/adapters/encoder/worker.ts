/** Runs the encoder in its own thread, so that encoding never blocks the event loop that serves streams. */
import { readFileSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { zstdDecompressSync } from 'node:zlib';
import { serve } from '#core/runtime/thread.ts';
import type { EncoderCalls } from './calls.ts';
import { Encoder } from './encoder.ts';

const FILE = new URL('./encoder.bin.zst', import.meta.url);
/** More than the file decompressed, so that it is one piece; pages that nothing is written to take up no physical memory. */
const ROOM = 48 * 2 ** 20;
/** Milliseconds of passages after which a query that waits gets its turn. */
const SLICE = 2;

const encoder = new Encoder(decompressed());
/** Requests for passages are answered one after the other. */
let passages: Promise<unknown> = Promise.resolve();

/** The compressed bytes are given back at once: in a thread that allocates little, the collector would keep 24 MB for long. */
function decompressed(): Uint8Array {
  const compressed = readFileSync(FILE);
  const bytes = zstdDecompressSync(compressed, { chunkSize: ROOM });
  compressed.buffer.transfer(0);
  return bytes;
}

async function encodePassages(texts: readonly string[]): Promise<Float32Array[]> {
  const vectors: Float32Array[] = [];
  let started = performance.now();
  for (const text of texts) {
    vectors.push(encoder.encode(text));
    if (performance.now() - started < SLICE) continue;
    await nextTurn();
    started = performance.now();
  }
  return vectors;
}

serve<EncoderCalls>({
  encode({ texts, purpose }) {
    if (purpose === 'query') return texts.map((text) => encoder.encode(text));
    const vectors = passages.then(() => encodePassages(texts));
    passages = vectors.catch(() => undefined);
    return vectors;
  },
});
