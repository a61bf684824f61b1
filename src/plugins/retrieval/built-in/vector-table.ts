import type { IndexedPassage } from '#core/ports/store.ts';
import type { Hit, VectorEntry } from '../engines/engine.ts';
import { AccessColumns, accessParts, type Scope } from './access.ts';
import { columnsOf } from './columns-of.ts';
import type { Bits } from './number-rows.ts';
import type { ColumnSource, Snapshot } from './snapshot.ts';
import { ROWS_COLUMNS, VectorRows } from './vector-rows.ts';

/** Passages by their vectors. */
export class VectorTable {
  readonly #rows: VectorRows;
  readonly #access: AccessColumns;
  #ids: string[];
  #dead = 0;

  constructor(dimensions: number, bits: Bits, snapshot?: Snapshot) {
    const { columns = {}, header = {} } = snapshot ?? {};
    this.#rows = new VectorRows(dimensions, bits, snapshot && columnsOf(columns, ROWS_COLUMNS));
    this.#access = new AccessColumns(snapshot && accessParts(snapshot));
    this.#ids = (header['ids'] as string[] | undefined) ?? [];
  }

  /** Passages that can be found. */
  get size(): number {
    return this.#ids.length - this.#dead;
  }
  get dead(): number {
    return this.#dead;
  }

  /** Number of entries in this scope. */
  readable(scope: Scope): number {
    return this.#access.readable(scope).count;
  }

  /** Throws a RangeError where a vector has other dimensions; nothing is added then. */
  add(passage: IndexedPassage, vectors: VectorEntry): void {
    this.#rows.add(vectors);
    this.#access.add(passage);
    this.#ids.push(passage.id);
  }

  remove(documentId: string): void {
    this.#dead += this.#access.remove(documentId).length;
  }

  search(vector: Float32Array, scope: Scope, limit: number): Hit[] {
    return this.#rows
      .nearest(vector, limit, this.#access.readable(scope))
      .map(({ entry, cosine }) => ({ id: this.#ids[entry] as string, score: cosine }));
  }

  compact(): void {
    const live = this.#access.live();
    this.#rows.keep(live);
    this.#ids = live.map((entry) => this.#ids[entry] as string);
    this.#access.keep(live);
    this.#dead = 0;
  }

  /**
   * For a file. After this call only `compact` changes the table. Only live entries, those of a viewer adjacent, so that a search
   * reads them together.
   */
  parts(): { header: Record<string, unknown>; columns: Record<string, ColumnSource> } {
    const order = this.#access.byViewer(this.#access.live());
    const { names, ...access } = this.#access.parts(order);
    const ids = order.map((entry) => this.#ids[entry] as string);
    return { header: { ids, names }, columns: { ...access, ...this.#rows.sources(order) } };
  }
}
