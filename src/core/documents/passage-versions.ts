import type { DocumentStore } from '../ports/document-store.ts';
import { warn } from '../runtime/diagnostics.ts';
import type { Viewer } from '../viewer.ts';

/** Milliseconds between looks at the changes of other replicas. */
const FOLLOW_EVERY = 1_000;
/** Viewers and tenants that are remembered each; the rest share the base. */
const MOST = 50_000;

/**
 * A version of the passages that a viewer may read: the sequence number of the last change that may concern the viewer. Two
 * replicas that know the same changes give a viewer equal versions only where nothing changed for the viewer in between.
 * Between a change and the reading of it every version is unique, so that nothing is taken to be unchanged.
 */
export class PassageVersions {
  readonly #documents: Pick<DocumentStore, 'readersChangedAfter'>;
  readonly #viewers = new Map<string, number>();
  readonly #tenants = new Map<string, number>();
  /** Concerns all: the position at the start, removals, and what was forgotten. */
  #base = 0;
  #position = 0;
  #ready = false;
  #unique = 0;
  #changes = 0;
  #following: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(documents: Pick<DocumentStore, 'readersChangedAfter'>) {
    this.#documents = documents;
  }

  /** `shared`: other replicas write too. */
  async start(shared: boolean): Promise<void> {
    const { position } = await this.#documents.readersChangedAfter(Number.MAX_SAFE_INTEGER);
    this.#base = this.#position = position;
    this.#ready = true;
    if (!shared) return;
    this.#timer = setInterval(() => void this.#follow(), FOLLOW_EVERY);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** This process changed passages. */
  changed(): void {
    this.#changes += 1;
    void this.#follow();
  }

  version({ id, tenant }: Viewer): string {
    if (!this.#ready || this.#changes > 0) {
      this.#unique += 1;
      return `unknown-${process.pid}-${this.#unique}-${performance.timeOrigin}`;
    }
    return String(Math.max(this.#base, this.#viewers.get(id) ?? 0, this.#tenants.get(tenant) ?? 0));
  }

  #follow(): Promise<void> {
    this.#following ??= this.#read()
      .catch((error) => warn('passages', 'changes could not be read; caches compare passages until they are', error))
      .finally(() => {
        this.#following = undefined;
        if (this.#changes > 0 && this.#ready) setTimeout(() => void this.#follow(), 50).unref();
      });
    return this.#following;
  }

  async #read(): Promise<void> {
    const seen = this.#changes;
    const { position, removed, added } = await this.#documents.readersChangedAfter(this.#position);
    this.#base = Math.max(this.#base, removed);
    for (const { viewerId, tenant, shared, sequence } of added)
      if (shared) this.#remember(this.#tenants, tenant, sequence);
      else this.#remember(this.#viewers, viewerId, sequence);
    this.#position = Math.max(this.#position, position);
    this.#changes -= seen;
  }

  #remember(versions: Map<string, number>, key: string, sequence: number): void {
    versions.delete(key);
    versions.set(key, sequence);
    const [oldest] = versions;
    if (versions.size <= MOST || !oldest) return;
    versions.delete(oldest[0]);
    this.#base = Math.max(this.#base, oldest[1]);
  }
}
