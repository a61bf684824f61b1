import type { EncoderFile } from './encoder-file.ts';

/** The pieces in the order of their UTF-16 code units, so that those with a common beginning are a range. */
export class Vocabulary {
  readonly scores: Float32Array;
  /** All pieces, one after the other; piece p is units[starts[p]..starts[p + 1]]. */
  readonly #units: Uint16Array;
  readonly #starts: Uint32Array;
  /** Maps a first code unit to the first piece that starts with it or with a later one. */
  readonly #byFirst = new Uint32Array(0x10001);

  constructor(file: EncoderFile) {
    this.scores = file.floats('scores');
    const text = file.text('pieces');
    const { pieces: count } = file.header;
    this.#units = new Uint16Array(text.length);
    this.#starts = new Uint32Array(count + 1);
    let piece = 0;
    let length = 0;
    let first = 0;
    for (let place = 0; place <= text.length; place += 1) {
      const unit = place < text.length ? text.charCodeAt(place) : NEW_LINE;
      if (unit !== NEW_LINE) {
        this.#units[length++] = unit;
        continue;
      }
      const head = this.#units[this.#starts[piece] as number] as number;
      while (first <= head) this.#byFirst[first++] = piece;
      piece += 1;
      this.#starts[piece] = length;
    }
    if (piece !== count) throw new Error('the encoder file is damaged: its vocabulary is incomplete');
    this.#byFirst.fill(count, first);
  }

  /** Calls `found` with each piece that the text has at `start`, shortest first, and its length in code units. */
  matches(text: string, start: number, found: (piece: number, length: number) => void): void {
    const starts = this.#starts;
    const first = text.charCodeAt(start);
    let low = this.#byFirst[first] as number;
    let high = this.#byFirst[first + 1] as number;
    for (let depth = 1; low < high; depth += 1) {
      if ((starts[low] as number) + depth === starts[low + 1]) {
        found(low, depth);
        low += 1;
      }
      if (start + depth >= text.length) return;
      const next = text.charCodeAt(start + depth);
      low = this.#lowerBound(low, high, depth, next);
      high = this.#lowerBound(low, high, depth, next + 1);
    }
  }

  /** The first piece of the range whose code unit at `depth` is `unit` or a later one. */
  #lowerBound(low: number, high: number, depth: number, unit: number): number {
    let [below, above] = [low, high];
    while (below < above) {
      const middle = (below + above) >>> 1;
      if ((this.#units[(this.#starts[middle] as number) + depth] as number) < unit) below = middle + 1;
      else above = middle;
    }
    return below;
  }
}

const NEW_LINE = 10;
