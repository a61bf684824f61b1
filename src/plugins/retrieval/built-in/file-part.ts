import { closeSync, openSync, readSync } from 'node:fs';

/**
 * Bytes that stay in a file and are read when they are needed, mostly from the kernel's cache. The file may be replaced by another
 * meanwhile: what was opened is read. Open until `close`.
 */
export class FilePart {
  readonly length: number;
  readonly #file: number;
  readonly #start: number;

  constructor(path: string, start: number, length: number) {
    this.#file = openSync(path, 'r');
    this.#start = start;
    this.length = length;
  }

  /** In memory of their own. Throws where the file cannot be read. */
  read(start: number, end: number): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(end - start);
    for (let read = 0; read < bytes.length; ) {
      const more = readSync(this.#file, bytes, read, bytes.length - read, this.#start + start + read);
      if (more === 0) throw new RangeError('the file is shorter than it was');
      read += more;
    }
    return bytes;
  }

  close(): void {
    closeSync(this.#file);
  }
}
