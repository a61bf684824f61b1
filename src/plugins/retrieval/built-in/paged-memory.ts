import type { Runs } from './runs.ts';

const PAGE = 65_536;
const MOST_PAGES = 65_536;

/** Memory that a kernel works on: room for what it is asked and answers first, then data that grows. */
export class PagedMemory {
  readonly memory: WebAssembly.Memory;

  constructor(bytes: number) {
    this.memory = new WebAssembly.Memory({ initial: Math.ceil(bytes / PAGE), maximum: MOST_PAGES });
  }

  /** Valid until it grows. */
  get buffer(): ArrayBuffer {
    return this.memory.buffer as ArrayBuffer;
  }

  /** Takes over these rows of what a file held, `width` bytes each; its own memory is given back at once rather than some day. */
  take(data: Uint8Array<ArrayBuffer>, start: number, width: number, rows: Runs): void {
    this.reserve(start + rows.count * width);
    const taken = new Uint8Array(this.buffer, start);
    let place = 0;
    for (const [first, end] of rows) {
      taken.set(data.subarray(first * width, end * width), place);
      place += (end - first) * width;
    }
    data.buffer.transfer(0);
  }

  /** Grows to so many bytes, and by a quarter, so that it need not grow again soon. Throws a RangeError past 4 GiB. */
  reserve(bytes: number): void {
    if (bytes <= this.buffer.byteLength) return;
    const wanted = Math.min(MOST_PAGES, Math.ceil((bytes * 1.25) / PAGE));
    this.memory.grow(Math.max(Math.ceil(bytes / PAGE), wanted) - this.buffer.byteLength / PAGE);
  }
}
