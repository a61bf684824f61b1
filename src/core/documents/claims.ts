import type { DocumentStore } from '../ports/store.ts';
import { warn } from '../runtime/diagnostics.ts';

export interface IngestionClaimsOptions {
  readonly documents: Pick<DocumentStore, 'claim' | 'renewClaims' | 'unfinished'>;
  /** Stays the same over restarts of this replica, so that it goes on at once with what a former life left behind. */
  readonly owner: string;
  /** Called with each document that waits for someone to ingest it. */
  readonly onWaiting: (id: string) => void;
  /** Milliseconds without a sign of life after which another replica takes a document over. */
  readonly leaseMs?: number;
}

/** The documents that are ingested here, and no other replica's: renewed while they are, and looked for where one has died. */
export class IngestionClaims {
  readonly owner: string;
  readonly #documents: IngestionClaimsOptions['documents'];
  readonly #onWaiting: (id: string) => void;
  readonly #leaseMs: number;
  readonly #held = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #looked = 0;

  constructor({ documents, owner, onWaiting, leaseMs = 10_000 }: IngestionClaimsOptions) {
    this.owner = owner;
    this.#documents = documents;
    this.#onWaiting = onWaiting;
    this.#leaseMs = leaseMs;
  }

  /** Looks now, and from now on each time that a lease may be over. */
  async start(): Promise<void> {
    await this.#look();
    this.#timer = setInterval(() => {
      this.#tick().catch((error) => warn('ingest', 'claims on documents could not be renewed', error));
    }, this.#leaseMs / 4);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Runs `work` while the document is this replica's. Does nothing where it is another's, has ended, or is gone. */
  async holding(id: string, work: () => Promise<void>): Promise<void> {
    if (!(await this.#documents.claim(id, this.owner, this.#leaseMs))) return;
    this.#held.add(id);
    try {
      await work();
    } finally {
      this.#held.delete(id);
    }
  }

  async #tick(): Promise<void> {
    if (this.#held.size > 0) await this.#documents.renewClaims(this.owner, this.#leaseMs, [...this.#held]);
    if (Date.now() - this.#looked > this.#leaseMs) await this.#look();
  }

  async #look(): Promise<void> {
    this.#looked = Date.now();
    for (const id of await this.#documents.unfinished(this.owner)) this.#onWaiting(id);
  }
}
