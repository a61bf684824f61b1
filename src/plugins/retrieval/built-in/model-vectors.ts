import { createHash } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { WORD_VECTORS } from '../embedding/word-vectors/index.ts';
import { dimensionsOf, type EngineChange, type Hit, type Scope, type VectorEntry } from '../engines/engine.ts';
import { DamagedFile } from './file-part.ts';
import { formerVectors } from './former-vectors.ts';
import type { Bits } from './number-rows.ts';
import { readSnapshot, type Snapshot, writeSnapshot } from './snapshot.ts';
import { VectorTable } from './vector-table.ts';

interface Kept {
  readonly table: VectorTable;
  sequence: number;
  written: number;
}
type Slicewise = <T>(items: readonly T[], work: (item: T) => void) => Promise<void>;

/** Vectors of models are kept in full; word vectors are coarse, and there is one for each sentence. */
const bitsOf = (format: string): Bits => (format === WORD_VECTORS ? 8 : 16);
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

  /** Where none serves: takes the word vectors out of an index of the former layout, before that is written again; they serve. */
  async adoptFormer(): Promise<void> {
    if (!this.#place || (await this.serving()) !== null) return;
    const former = formerVectors(this.#place.directory);
    if (!former) return;
    const kept = keptFrom(former, this.#place, former.table);
    if (!kept) return;
    this.#tables.set(former.format, { ...kept, written: -1 });
    await this.save();
    await this.#name(former.format);
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
    await this.#name(format);
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
    if (!snapshot || !this.#place || snapshot.header['format'] !== format) return null;
    const { origin, sequence, table } = snapshot.header;
    const own = { header: table as Record<string, unknown>, columns: snapshot.columns };
    return keptFrom({ format, origin, sequence }, this.#place, own);
  }

  async #name(format: string): Promise<void> {
    if (this.#place) await writeSnapshot(join(this.#place.directory, SERVING), { format }, {});
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
  table: new VectorTable(dimensionsOf(format), bitsOf(format)),
  sequence: 0,
  written: 0,
});

interface Written {
  readonly format: string;
  readonly origin: unknown;
  readonly sequence: unknown;
}

/** Null where it is of another database, or beyond what the store has, or damaged. */
function keptFrom(
  { format, origin, sequence }: Written,
  place: { readonly origin: string; readonly latest: number },
  table: Snapshot,
): Kept | null {
  if (origin !== place.origin || typeof sequence !== 'number' || sequence > place.latest) return null;
  try {
    return { table: new VectorTable(dimensionsOf(format), bitsOf(format), table), sequence, written: sequence };
  } catch (error) {
    if (error instanceof DamagedFile) return null;
    throw error;
  }
}
