const PAGE = 65_536;
const MOST_PAGES = 65_536;
/** Bytes that are moved at a time. */
const STEP = 16 << 20;

/**
 * Memory that grows in place: nothing is copied or held twice, and new pages use no memory until they are written.
 * For a kernel, room for its arguments and results comes first.
 */
export class PagedMemory {
  readonly memory: WebAssembly.Memory;

  constructor(bytes: number) {
    this.memory = new WebAssembly.Memory({ initial: Math.ceil(bytes / PAGE), maximum: MOST_PAGES });
  }

  /** Valid until it grows. */
  get buffer(): ArrayBuffer {
    return this.memory.buffer as ArrayBuffer;
  }

  /** Takes over what a file held, from the end on: where its own memory can be made smaller, that is given back step by step. */
  take({ buffer, byteOffset, length }: Uint8Array<ArrayBuffer>, start: number): void {
    this.reserve(start + length);
    for (let end = length; end > 0; end -= STEP) {
      const from = Math.max(0, end - STEP);
      new Uint8Array(this.buffer, start + from).set(new Uint8Array(buffer, byteOffset + from, end - from));
      if (buffer.resizable) buffer.resize(byteOffset + from);
    }
    buffer.transfer(0);
  }

  /** Grows to this many bytes plus a quarter, so that it grows rarely. Throws a RangeError past 4 GiB. */
  reserve(bytes: number): void {
    if (bytes <= this.buffer.byteLength) return;
    const wanted = Math.min(MOST_PAGES, Math.ceil((bytes * 1.25) / PAGE));
    this.memory.grow(Math.max(Math.ceil(bytes / PAGE), wanted) - this.buffer.byteLength / PAGE);
  }
}
