import type { DocumentStore } from '../ports/document-store.ts';
import { warn } from '../runtime/diagnostics.ts';
import type { Viewer } from '../viewer.ts';

/** Milliseconds between looks at the changes of other replicas. */
const FOLLOW_EVERY = 1_000;
/** Viewers and tenants that are remembered each; the rest share the base. */
const MOST = 50_000;

/** The number of a change, and milliseconds since 1970 at which this process learned of it. */
interface Change {
  readonly sequence: number;
  readonly at: number;
}
const NO_CHANGE: Change = { sequence: 0, at: 0 };

/**
 * A version of the passages that a viewer may read: the sequence number of the last change that may concern the viewer. Two
 * replicas that know the same changes give a viewer equal versions only where nothing changed for the viewer in between.
 * Between a change and the reading of it every version is unique, so that nothing is taken to be unchanged.
 */
export class PassageVersions {
  readonly #documents: Pick<DocumentStore, 'readersChangedAfter'>;
  readonly #viewers = new Map<string, Change>();
  readonly #tenants = new Map<string, Change>();
  /** Concerns all: the position at the start, removals, and what was forgotten. */
  #base: Change = NO_CHANGE;
  /** When this process last changed passages. */
  #changedHere = 0;
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
    this.#position = position;
    this.#base = { sequence: position, at: 0 };
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
    this.#changedHere = Date.now();
    void this.#follow();
  }

  version(viewer: Viewer): string {
    if (!this.#ready || this.#changes > 0) {
      this.#unique += 1;
      return `unknown-${process.pid}-${this.#unique}-${performance.timeOrigin}`;
    }
    return String(this.#latest(viewer).sequence);
  }

  /** Milliseconds since 1970 at which this process learned of the version; 0 where it has stood since before the start. */
  changedAt(viewer: Viewer): number {
    return Math.max(this.#latest(viewer).at, this.#changes > 0 ? this.#changedHere : 0);
  }

  #latest({ id, tenant }: Viewer): Change {
    return later(this.#base, later(this.#viewers.get(id), this.#tenants.get(tenant)));
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
    const at = Date.now();
    this.#base = later(this.#base, { sequence: removed, at });
    for (const { viewerId, tenant, shared, sequence } of added)
      if (shared) this.#remember(this.#tenants, tenant, { sequence, at });
      else this.#remember(this.#viewers, viewerId, { sequence, at });
    this.#position = Math.max(this.#position, position);
    this.#changes -= seen;
  }

  #remember(versions: Map<string, Change>, key: string, change: Change): void {
    versions.delete(key);
    versions.set(key, change);
    const [oldest] = versions;
    if (versions.size <= MOST || !oldest) return;
    versions.delete(oldest[0]);
    this.#base = later(this.#base, oldest[1]);
  }
}

const later = (one: Change = NO_CHANGE, other: Change = NO_CHANGE): Change =>
  other.sequence > one.sequence ? other : one;
