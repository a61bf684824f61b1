import type { IndexedPassage } from '#core/ports/store.ts';
import { GrowingColumn } from './columns.ts';
import { columnsOf, namesOf } from './columns-of.ts';
import { Runs } from './runs.ts';
import type { Snapshot } from './snapshot.ts';

export interface Scope {
  readonly viewerId: string;
  readonly tenant: string;
  /** Null: all that the viewer may read. */
  readonly documentIds: readonly string[] | null;
}

/** The part in a file: the columns, and the names whose numbers are their positions in the list, from 1. */
export interface AccessParts {
  readonly viewers: Uint32Array;
  readonly sharedIn: Uint32Array;
  readonly documents: Uint32Array;
  readonly names: { readonly viewers: string[]; readonly tenants: string[]; readonly documents: string[] };
}

const COLUMNS = { viewers: 'numbers', sharedIn: 'numbers', documents: 'numbers' } as const;

/** Reads the part of a file. Throws DamagedFile. */
export const accessParts = ({ columns, header }: Snapshot): AccessParts => ({
  ...columnsOf(columns, COLUMNS),
  names: namesOf(header['names'], ['viewers', 'tenants', 'documents']),
});

/** Viewers whose runs are remembered. */
const MOST_KNOWN = 256;
/** A number that no entry has. */
const NOBODY = -1;

/** The readers of each entry, in columns of numbers. 0 means none. */
export class AccessColumns {
  readonly #viewers: GrowingColumn<Uint32Array>;
  /** The tenant that a shared entry is shared in. */
  readonly #sharedIn: GrowingColumn<Uint32Array>;
  readonly #documents: GrowingColumn<Uint32Array>;
  readonly #viewerNumbers: Map<string, number>;
  readonly #tenantNumbers: Map<string, number>;
  #documentNumbers: Map<string, number>;
  #lastDocument: number;
  /** The readable entries of viewers, cached; the last used one last. */
  readonly #known = new Map<string, { readonly runs: Runs; until: number }>();

  constructor(parts?: AccessParts) {
    this.#viewers = new GrowingColumn(Uint32Array, parts?.viewers);
    this.#sharedIn = new GrowingColumn(Uint32Array, parts?.sharedIn);
    this.#documents = new GrowingColumn(Uint32Array, parts?.documents);
    this.#viewerNumbers = numbered(parts?.names.viewers);
    this.#tenantNumbers = numbered(parts?.names.tenants);
    this.#documentNumbers = numbered(parts?.names.documents);
    this.#lastDocument = parts?.names.documents.length ?? 0;
  }

  add({ viewerId, tenant, shared, documentId }: IndexedPassage): void {
    this.#viewers.push(numberOf(viewerId, this.#viewerNumbers));
    this.#sharedIn.push(shared ? numberOf(tenant, this.#tenantNumbers) : 0);
    let document = this.#documentNumbers.get(documentId);
    if (document === undefined) {
      this.#lastDocument += 1;
      document = this.#lastDocument;
      this.#documentNumbers.set(documentId, document);
    }
    this.#documents.push(document);
  }

  /** Removes the document's entries from all viewers. Returns them. */
  remove(documentId: string): number[] {
    const number = this.#documentNumbers.get(documentId);
    if (number === undefined) return [];
    this.#documentNumbers.delete(documentId);
    this.#known.clear();
    const removed: number[] = [];
    const documents = this.#documents.values;
    for (let entry = documents.indexOf(number); entry >= 0; entry = documents.indexOf(number, entry + 1)) {
      documents[entry] = 0;
      removed.push(entry);
    }
    return removed;
  }

  isLive(entry: number): boolean {
    return this.#documents.at(entry) !== 0;
  }

  /** The entries that may be found: live ones, the viewer's own or shared in the tenant, of the documents asked for. */
  readable({ viewerId, tenant, documentIds }: Scope): Runs {
    const viewer = this.#viewerNumbers.get(viewerId) ?? NOBODY;
    const all = this.#readableBy(viewer, this.#tenantNumbers.get(tenant) ?? NOBODY);
    return documentIds === null ? all : this.#within(all, documentIds);
  }

  /** Remembered, and only lengthened by what came since: the same viewers ask again and again. */
  #readableBy(viewer: number, tenant: number): Runs {
    const key = `${viewer} ${tenant}`;
    const known = this.#known.get(key) ?? { runs: new Runs(), until: 0 };
    this.#known.delete(key);
    this.#known.set(key, known);
    if (this.#known.size > MOST_KNOWN) this.#known.delete(this.#known.keys().next().value as string);
    const viewers = this.#viewers.values;
    const sharedIn = this.#sharedIn.values;
    const documents = this.#documents.values;
    for (let entry = known.until; entry < viewers.length; entry += 1)
      if ((viewers[entry] === viewer || sharedIn[entry] === tenant) && documents[entry] !== 0) known.runs.add(entry);
    known.until = viewers.length;
    return known.runs;
  }

  #within(runs: Runs, documentIds: readonly string[]): Runs {
    const wanted = new Uint8Array(this.#lastDocument + 1);
    for (const id of documentIds) wanted[this.#documentNumbers.get(id) ?? 0] = 1;
    const documents = this.#documents.values;
    const within = new Runs();
    for (const [first, end] of runs)
      for (let entry = first; entry < end; entry += 1) if (wanted[documents[entry] as number] === 1) within.add(entry);
    return within;
  }

  /** The entries that are live. */
  live(): number[] {
    return Array.from(this.#documents.values.keys()).filter((entry) => this.isLive(entry));
  }

  /** Groups these entries by viewer, in the order of their first entries. */
  byViewer(entries: Iterable<number> = this.#viewers.values.keys()): number[] {
    const viewers = this.#viewers.values;
    return [...entries].sort((one, other) => (viewers[one] as number) - (viewers[other] as number));
  }

  /** Keeps only these entries, renumbered in this order. They must be all live entries. */
  keep(entries: readonly number[]): void {
    this.#known.clear();
    for (const column of [this.#viewers, this.#sharedIn, this.#documents]) column.keep(entries);
    this.#documents.values.set(this.#renumbered(this.#documents.values));
    this.#documentNumbers = numbered([...this.#documentNumbers.keys()]);
    this.#lastDocument = this.#documentNumbers.size;
  }

  /** The columns of these entries in this order; of all if none are given. */
  parts(entries?: readonly number[]): AccessParts {
    return {
      viewers: this.#viewers.copy(entries),
      sharedIn: this.#sharedIn.copy(entries),
      documents: this.#renumbered(this.#documents.copy(entries)),
      names: {
        viewers: [...this.#viewerNumbers.keys()],
        tenants: [...this.#tenantNumbers.keys()],
        documents: [...this.#documentNumbers.keys()],
      },
    };
  }

  /** Documents by their place among those that are left; 0 for those that are gone. */
  #renumbered(documents: Uint32Array): Uint32Array {
    const numbers = new Uint32Array(this.#lastDocument + 1);
    for (const [place, old] of [...this.#documentNumbers.values()].entries()) numbers[old] = place + 1;
    return documents.map((old) => numbers[old] as number);
  }
}

function numberOf(name: string, numbers: Map<string, number>): number {
  const known = numbers.get(name);
  if (known !== undefined) return known;
  numbers.set(name, numbers.size + 1);
  return numbers.size;
}

const numbered = (names: readonly string[] = []): Map<string, number> =>
  new Map(names.map((name, place) => [name, place + 1]));
