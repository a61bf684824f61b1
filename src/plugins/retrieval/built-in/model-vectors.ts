import { createHash } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { dimensionsOf, type EngineChange, type Hit, type Scope, type VectorEntry } from '../engines/engine.ts';
import { readSnapshot, writeSnapshot } from './snapshot.ts';
import { VectorTable } from './vector-table.ts';

interface Kept {
  readonly table: VectorTable;
  sequence: number;
  written: number;
}
type Slicewise = <T>(items: readonly T[], work: (item: T) => void) => Promise<void>;

/** Vectors of models are kept in full. */
const BITS = 16;
const MOST_DEAD = 0.25;
const FEW = 1_000;

/** Vectors of embedding models, one table and file for each format. One of them serves. */
export class ModelVectors {
  readonly #place: { readonly directory: string; readonly origin: string; readonly latest: number } | null;
  readonly #tables = new Map<string, Kept>();
  #saving = false;

  /** Null: in memory alone. */
  constructor(place: { readonly directory: string; readonly origin: string; readonly latest: number } | null) {
    this.#place = place;
  }

  /** The format that serves: that of the file with the name for it. */
  async serving(): Promise<string | null> {
    const snapshot = this.#place && readSnapshot(join(this.#place.directory, SERVING));
    return typeof snapshot?.header['format'] === 'string' ? snapshot.header['format'] : null;
  }

  async open(format: string): Promise<void> {
    if (!this.#tables.has(format)) this.#tables.set(format, (await this.#read(format)) ?? emptyTable(format));
  }

  position(format: string): number {
    return this.#table(format).sequence;
  }

  count(format: string): number {
    return this.#table(format).table.size;
  }

  async apply(format: string, changes: readonly EngineChange<VectorEntry>[], slicewise: Slicewise): Promise<void> {
    const kept = this.#table(format);
    await slicewise(changes, (change) => {
      if (change.sequence <= kept.sequence) return;
      if (change.type === 'added') kept.table.add(change.passage, change.entry);
      else kept.table.remove(change.documentId);
      kept.sequence = change.sequence;
    });
    const { dead, size } = kept.table;
    if (!this.#saving && dead > FEW && dead > (dead + size) * MOST_DEAD) kept.table.compact();
  }

  /** Passages of this scope that have a vector. */
  readable(format: string, scope: Scope): number {
    return this.#table(format).table.readable(scope);
  }

  search(format: string, vector: Float32Array, scope: Scope, limit: number): Hit[] {
    return this.#table(format).table.search(vector, scope, limit);
  }

  async serve(format: string): Promise<void> {
    this.#table(format);
    for (const other of this.#tables.keys()) if (other !== format) this.#tables.delete(other);
    if (!this.#place) return;
    await mkdir(this.#place.directory, { recursive: true });
    await writeSnapshot(join(this.#place.directory, SERVING), { format }, {});
    const kept = new Set([SERVING, fileOf(format)]);
    for (const name of await readdir(this.#place.directory))
      if (name.startsWith(PREFIX) && !kept.has(name)) await rm(join(this.#place.directory, name), { force: true });
  }

  async clear(): Promise<void> {
    this.#tables.clear();
    if (!this.#place) return;
    for (const name of await readdir(this.#place.directory).catch(() => []))
      if (name.startsWith(PREFIX)) await rm(join(this.#place.directory, name), { force: true });
  }

  async save(): Promise<void> {
    if (!this.#place || this.#saving) return;
    this.#saving = true;
    try {
      await mkdir(this.#place.directory, { recursive: true });
      for (const [format, kept] of this.#tables) {
        const { sequence } = kept;
        if (sequence === kept.written) continue;
        const { header, columns } = kept.table.parts();
        const own = { format, origin: this.#place.origin, sequence, table: header };
        await writeSnapshot(join(this.#place.directory, fileOf(format)), own, columns);
        kept.written = sequence;
      }
    } finally {
      this.#saving = false;
    }
  }

  async #read(format: string): Promise<Kept | null> {
    const snapshot = this.#place && readSnapshot(join(this.#place.directory, fileOf(format)));
    if (!snapshot || !this.#place) return null;
    const { format: found, origin, sequence, table } = snapshot.header;
    if (found !== format || origin !== this.#place.origin) return null;
    if (typeof sequence !== 'number' || sequence > this.#place.latest) return null;
    const own = { header: table as Record<string, unknown>, columns: snapshot.columns };
    return { table: new VectorTable(dimensionsOf(format), BITS, own), sequence, written: sequence };
  }

  #table(format: string): Kept {
    const kept = this.#tables.get(format);
    if (!kept) throw new Error(`the index of ${format} is not open`);
    return kept;
  }
}

const PREFIX = 'vectors-';
const SERVING = `${PREFIX}serving.index`;
const fileOf = (format: string): string =>
  `${PREFIX}${createHash('sha256').update(format).digest('hex').slice(0, 16)}.index`;
const emptyTable = (format: string): Kept => ({
  table: new VectorTable(dimensionsOf(format), BITS),
  sequence: 0,
  written: 0,
});
