import type { DocumentRecord, DocumentStore } from '../ports/store.ts';
import type { Viewer } from '../viewer.ts';

/** Milliseconds between looks at the store, for what other replicas do. */
const LOOK_EVERY = 1_000;
/** Milliseconds between two events of one document. */
const LEAST = 100;

/** Tells readers of this process that a document has moved on. */
export class DocumentProgress {
  readonly #waiting = new Map<string, Set<() => void>>();

  changed(id: string): void {
    for (const wake of this.#waiting.get(id) ?? []) wake();
  }

  /** The document as it is, then after each change; ends after INDEXED or FAILED, or when it is gone. */
  async *follow(
    store: Pick<DocumentStore, 'get'>,
    viewer: Viewer,
    first: DocumentRecord,
    signal: AbortSignal,
  ): AsyncGenerator<DocumentRecord> {
    let shown: DocumentRecord | undefined;
    for (let now: DocumentRecord | null = first; now; now = await store.get(viewer, first.id)) {
      if (shown?.status !== now.status || shown.progress !== now.progress) yield now;
      shown = now;
      if (now.status === 'INDEXED' || now.status === 'FAILED') return;
      await this.#next(first.id, signal);
      if (signal.aborted) return;
    }
  }

  /** The next change, or a second. */
  async #next(id: string, signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const waiting = this.#waiting.get(id) ?? new Set();
    this.#waiting.set(id, waiting.add(resolve));
    const timer = setTimeout(resolve, LOOK_EVERY);
    signal.addEventListener('abort', () => resolve(), { once: true });
    await promise;
    clearTimeout(timer);
    waiting.delete(resolve);
    if (waiting.size === 0) this.#waiting.delete(id);
    if (!signal.aborted) await new Promise((done) => setTimeout(done, LEAST));
  }
}
