import type { IndexedPassage } from '#core/ports/store.ts';

export interface Scope {
  readonly viewerId: string;
  readonly tenant: string;
  /** Null: all that the viewer may read. */
  readonly documentIds: readonly string[] | null;
}

/** Who may read which entry, in columns of numbers, so that a scan asks it of every entry. 0 stands for nobody and nothing. */
export class AccessColumns {
  #viewers = new Uint32Array(1_024);
  /** The tenant that a shared entry is shared in. */
  #sharedIn = new Uint32Array(1_024);
  #documents = new Uint32Array(1_024);
  readonly #viewerNumbers = new Map<string, number>();
  readonly #tenantNumbers = new Map<string, number>();
  readonly #documentNumbers = new Map<string, number>();
  #lastDocument = 0;

  set(entry: number, { viewerId, tenant, shared, documentId }: IndexedPassage): void {
    if (entry >= this.#viewers.length) this.#grow();
    this.#viewers[entry] = numberOf(viewerId, this.#viewerNumbers);
    this.#sharedIn[entry] = shared ? numberOf(tenant, this.#tenantNumbers) : 0;
    let document = this.#documentNumbers.get(documentId);
    if (document === undefined) {
      this.#lastDocument += 1;
      document = this.#lastDocument;
      this.#documentNumbers.set(documentId, document);
    }
    this.#documents[entry] = document;
  }

  /** Nobody finds the entry from now on. */
  remove(entry: number): void {
    this.#documents[entry] = 0;
  }

  forgetDocument(documentId: string): void {
    this.#documentNumbers.delete(documentId);
  }

  isLive(entry: number): boolean {
    return this.#documents[entry] !== 0;
  }

  /** Whether an entry may be found: a live one, the viewer's own or shared in the tenant, and of the documents asked for. */
  filter({ viewerId, tenant, documentIds }: Scope): (entry: number) => boolean {
    const viewers = this.#viewers;
    const sharedIn = this.#sharedIn;
    const documents = this.#documents;
    const viewer = this.#viewerNumbers.get(viewerId) ?? -1;
    const home = this.#tenantNumbers.get(tenant) ?? -1;
    const wanted = documentIds && new Set(documentIds.map((id) => this.#documentNumbers.get(id) ?? -1));
    return (entry) => {
      const document = documents[entry] as number;
      if (document === 0 || (viewers[entry] !== viewer && sharedIn[entry] !== home)) return false;
      return wanted === null || wanted.has(document);
    };
  }

  #grow(): void {
    const twice = (column: Uint32Array) => {
      const larger = new Uint32Array(column.length * 2);
      larger.set(column);
      return larger;
    };
    this.#viewers = twice(this.#viewers);
    this.#sharedIn = twice(this.#sharedIn);
    this.#documents = twice(this.#documents);
  }
}

function numberOf(name: string, numbers: Map<string, number>): number {
  const known = numbers.get(name);
  if (known !== undefined) return known;
  numbers.set(name, numbers.size + 1);
  return numbers.size;
}
