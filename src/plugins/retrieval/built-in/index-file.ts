import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { TOKENISER_VERSION } from '../analysis/tokens.ts';
import type { FilePart } from './file-part.ts';
import { PassageIndex } from './passage-index.ts';
import { closeSnapshot, readSnapshot, type Snapshot, writeSnapshot } from './snapshot.ts';

/** The file that a PassageIndex is kept in, so that a start need not read the whole store. */
export class IndexFile {
  readonly #directory: string;
  readonly #origin: string;
  #writing = false;
  #written = -1;

  constructor(directory: string, origin: string) {
    this.#directory = directory;
    this.#origin = origin;
  }

  /** While true the index must not be compacted. */
  get writing(): boolean {
    return this.#writing;
  }

  /** Null where there is none that fits: made by this version, from this database, not beyond its latest change. */
  async read(latest: number): Promise<PassageIndex | null> {
    const snapshot = readSnapshot(this.#path);
    if (!snapshot) return null;
    const { format, origin, sequence, keywords } = snapshot.header;
    const fits = format === FORMAT && origin === this.#origin;
    if (!fits || typeof sequence !== 'number' || sequence > latest) {
      closeSnapshot(snapshot);
      return null;
    }
    this.#written = sequence;
    return new PassageIndex({ sequence, keywords: part(snapshot, 'keywords', keywords) });
  }

  /** False where it is being written, or nothing has changed since. */
  async write(index: PassageIndex): Promise<boolean> {
    if (this.#writing || index.sequence === this.#written) return false;
    this.#writing = true;
    try {
      // All at one moment: what is applied while the file is being written is not in it.
      const { sequence } = index;
      const keywords = index.keywords.parts();
      const header = { format: FORMAT, origin: this.#origin, sequence };
      await mkdir(this.#directory, { recursive: true });
      const stays = await writeSnapshot(
        this.#path,
        { ...header, keywords: keywords.header },
        prefixed('keywords', keywords.columns),
      );
      keywords.written(stays['keywords.readings'] as FilePart);
      this.#written = sequence;
      return true;
    } finally {
      this.#writing = false;
    }
  }

  /** Deletes a file that is no longer used. */
  async remove(): Promise<void> {
    await rm(this.#path, { force: true });
  }

  get #path(): string {
    return join(this.#directory, 'passages.index');
  }
}

const FORMAT = `layout 5, tokens ${TOKENISER_VERSION}`;

function prefixed<T>(prefix: string, columns: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(columns).map(([name, column]) => [`${prefix}.${name}`, column]));
}

function part({ columns }: Snapshot, prefix: string, header: unknown): Snapshot {
  const own = Object.entries(columns).flatMap(([name, column]) =>
    name.startsWith(`${prefix}.`) ? [[name.slice(prefix.length + 1), column]] : [],
  );
  return { header: header as Snapshot['header'], columns: Object.fromEntries(own) };
}
