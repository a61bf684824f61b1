import type { DocumentStore } from '../ports/store.ts';
import { warn } from '../runtime/diagnostics.ts';

export interface IngestionClaimsOptions {
  readonly documents: Pick<DocumentStore, 'claim' | 'renewClaims' | 'unfinished'>;
  /** The same after a restart of this replica, so that it resumes its own unfinished work at once. */
  readonly owner: string;
  /** Called with each document that waits for someone to ingest it. */
  readonly onWaiting: (id: string) => void;
  /** Milliseconds without a sign of life after which another replica takes a document over. */
  readonly leaseMs?: number;
}

/** Why the work on a document ends. */
export class DocumentLost extends Error {
  override readonly name = 'DocumentLost';
  constructor() {
    super('the document is gone, or another replica goes on with it');
  }
}

/** The documents that are ingested here, and no other replica's: renewed while they are, and looked for where one has died. */
export class IngestionClaims {
  readonly owner: string;
  readonly #documents: IngestionClaimsOptions['documents'];
  readonly #onWaiting: (id: string) => void;
  readonly #leaseMs: number;
  readonly #held = new Map<string, AbortController>();
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

  /**
   * Runs `work` while the document is this replica's. Does nothing where it is another's, has ended, or is gone. The controller aborts
   * within a quarter of a lease where the document is deleted meanwhile, or another replica takes it over.
   */
  async holding(id: string, work: (lost: AbortController) => Promise<void>): Promise<void> {
    if (!(await this.#documents.claim(id, this.owner, this.#leaseMs))) return;
    const lost = new AbortController();
    this.#held.set(id, lost);
    try {
      await work(lost);
    } finally {
      this.#held.delete(id);
    }
  }

  async #tick(): Promise<void> {
    const held = [...this.#held];
    if (held.length > 0) {
      const ids = held.map(([id]) => id);
      const renewed = new Set(await this.#documents.renewClaims(this.owner, this.#leaseMs, ids));
      for (const [id, lost] of held) if (!renewed.has(id)) lost.abort(new DocumentLost());
    }
    if (Date.now() - this.#looked > this.#leaseMs) await this.#look();
  }

  async #look(): Promise<void> {
    this.#looked = Date.now();
    for (const id of await this.#documents.unfinished(this.owner)) this.#onWaiting(id);
  }
}
