import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** Bytes read at a time. */
const MOST_READ = 256 << 20;

/** A file of the index does not hold what was written to it, or cannot be read: it is of no use any more. */
export class DamagedFile extends Error {
  override readonly name = 'DamagedFile';
}

/**
 * Bytes that stay in a file and are read when they are needed, mostly from the kernel's cache. The file may be replaced by another
 * meanwhile: what was opened is read. Open until `close`.
 */
export class FilePart {
  readonly length: number;
  readonly #file: number;
  readonly #start: number;

  private constructor(file: number, start: number, length: number) {
    this.#file = file;
    this.#start = start;
    this.length = length;
  }

  /** All of a file. Throws where there is none. */
  static open(path: string): FilePart {
    const file = openSync(path, 'r');
    return new FilePart(file, 0, fstatSync(file).size);
  }

  /** A part of the same file: closing one closes the other. */
  part(start: number, length: number): FilePart {
    return new FilePart(this.#file, this.#start + start, length);
  }

  /** Reads into new memory. Throws DamagedFile. */
  read(start: number, end: number): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(end - start);
    this.readTo(bytes, start);
    return bytes;
  }

  /** Fills `bytes`. Throws DamagedFile. */
  readTo(bytes: Uint8Array, start: number): void {
    try {
      for (let read = 0; read < bytes.length; ) {
        const wanted = Math.min(bytes.length - read, MOST_READ);
        const more = readSync(this.#file, bytes, read, wanted, this.#start + start + read);
        if (more === 0) throw new RangeError('the file is shorter than it says');
        read += more;
      }
    } catch (error) {
      throw new DamagedFile('a file of the index cannot be read', { cause: error });
    }
  }

  close(): void {
    closeSync(this.#file);
  }
}
