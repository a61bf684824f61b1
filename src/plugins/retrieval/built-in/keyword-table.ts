import type { IndexedPassage } from '#core/ports/store.ts';
import { type Analysis, keywordTokens, type Reading, readingOf } from '../analysis/passage-analysis.ts';
import type { Hit, KeywordAnswer } from '../engines/engine.ts';
import { AccessColumns, accessParts, type Scope } from './access.ts';
import { BM25_COLUMNS, Bm25, type Statistics } from './bm25.ts';
import { columnsOf } from './columns-of.ts';
import type { FilePart } from './file-part.ts';
import { READING_COLUMNS, Readings } from './readings.ts';
import type { ColumnSource, Snapshot } from './snapshot.ts';
import { topEntries } from './top-entries.ts';

/** Passages by their tokens, and what the second stage reads of them. */
export class KeywordTable {
  readonly #bm25: Bm25;
  readonly #access: AccessColumns;
  readonly #readings: Readings;
  #ids: string[];
  #entries: Map<string, number>;
  #dead: number;

  constructor(snapshot?: Snapshot) {
    const { columns = {}, header = {} } = snapshot ?? {};
    this.#bm25 = snapshot ? Bm25.from(columnsOf(columns, BM25_COLUMNS)) : new Bm25();
    this.#access = new AccessColumns(snapshot && accessParts(snapshot));
    this.#readings = new Readings(snapshot && columnsOf(columns, READING_COLUMNS));
    this.#ids = (header['ids'] as string[] | undefined) ?? [];
    this.#dead = 0;
    this.#entries = new Map();
    for (const [entry, id] of this.#ids.entries())
      if (this.#access.isLive(entry)) this.#entries.set(id, entry);
      else this.#dead += 1;
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

  add(passage: IndexedPassage, analysis: Analysis): void {
    const { id } = passage;
    // First: where it is full nothing is added.
    this.#readings.push(readingOf(passage.text, analysis));
    const entry = this.#bm25.add(keywordTokens(analysis));
    this.#access.add(passage);
    this.#ids.push(id);
    this.#entries.set(id, entry);
  }

  remove(documentId: string): void {
    for (const entry of this.#access.remove(documentId)) {
      this.#entries.delete(this.#ids[entry] as string);
      this.#dead += 1;
    }
  }

  search(tokens: readonly string[], scope: Scope, limit: number): KeywordAnswer {
    const readable = this.#access.readable(scope);
    const among = this.#statistics(tokens, scope);
    const scores = this.#bm25.scores(tokens, readable, among);
    const hits: Hit[] = topEntries(scores, limit, readable).map(({ item, score }) => ({
      id: this.#ids[item] as string,
      score,
    }));
    return { hits, frequencies: among.frequencies, size: among.size };
  }

  /** The number of the viewer's passages with each token, without a search. */
  frequencies(tokens: readonly string[], scope: Scope): Pick<KeywordAnswer, 'frequencies' | 'size'> {
    return this.#statistics(tokens, scope);
  }

  /** Statistics over all that the viewer may read, whichever documents the query names: other viewers' texts must not change a score. */
  #statistics(tokens: readonly string[], scope: Scope): Statistics {
    return this.#bm25.statistics(tokens, this.#access.readable({ ...scope, documentIds: null }));
  }

  /** Undefined where the passage is not there. Valid until the next change. */
  read(id: string): Reading | undefined {
    const entry = this.#entries.get(id);
    return entry === undefined ? undefined : this.#readings.get(entry);
  }

  compact(): void {
    const live = this.#access.live();
    this.#bm25.compact((entry) => this.#access.isLive(entry));
    this.#readings.keep(live);
    this.#ids = live.map((entry) => this.#ids[entry] as string);
    this.#access.keep(live);
    this.#entries = new Map(this.#ids.map((id, entry) => [id, entry]));
    this.#dead = 0;
  }

  /**
   * For a file. After this call only `compact` changes the table. The passages of a viewer are adjacent: a search reads them
   * together and skips the others. `written` receives what the file holds.
   */
  parts(): {
    header: Record<string, unknown>;
    columns: Record<string, ColumnSource>;
    written(file: FilePart): void;
  } {
    const order = this.#access.byViewer();
    const { names, ...access } = this.#access.parts(order);
    const readings = this.#readings.sources(order);
    return {
      header: { ids: order.map((entry) => this.#ids[entry] as string), names },
      columns: {
        ...this.#bm25.sources(order),
        ...access,
        ...readings,
      },
      written: (file) => this.#readings.moved({ ...readings, readings: file }, order),
    };
  }
}
