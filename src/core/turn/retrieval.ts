import type { HookRun, PluginDriver } from '../hooks/driver.ts';
import type { FoundPassage, RetrievalQuery, RetrievalResult } from '../plugin.ts';
import type { DocumentStore, PassageRecord } from '../ports/store.ts';
import { deepFreeze } from '../runtime/freeze.ts';
import { traceStage } from '../runtime/stage-trace.ts';
import { inWork, type RetrievalWork } from '../runtime/work.ts';
import type { Passage } from '../turn.ts';
import type { Viewer } from '../viewer.ts';

/** The question of a turn. */
export type TurnQuestion = Pick<RetrievalQuery, 'viewer' | 'query' | 'documentIds' | 'limit'>;

/** The passages found, by id. `read` adds title and text from the store. */
export interface Found extends RetrievalResult {
  read(): Promise<readonly Passage[]>;
}

/** Passages by way of the plugins, with their text from the store: what the viewer may not read, or is deleted, is not there. */
export class Retrieval {
  readonly #driver: PluginDriver;
  readonly #documents: DocumentStore;

  constructor(driver: PluginDriver, documents: DocumentStore) {
    this.#driver = driver;
    this.#documents = documents;
  }

  /** Fails soft: no passages, and the trace says why. Rejects only when the run is aborted. */
  async forTurn(asked: TurnQuestion, run: HookRun): Promise<readonly Passage[]> {
    const query = { ...asked, strategy: null, vectorWeight: null, keywordWeight: null, rerank: true };
    const started = performance.now();
    const failed = (detail: string) => {
      const durationMs = performance.now() - started;
      traceStage(run, { stage: 'retrieve', plugin: 'core', outcome: 'FAILED', durationMs, detail });
    };
    const found = await this.find(query, run);
    for (const name of found.degraded) failed(name);
    try {
      return await found.read();
    } catch {
      failed('store');
      return [];
    }
  }

  /** The plugins' results, put together by score. */
  async find(asked: Omit<RetrievalQuery, 'read'>, run: HookRun): Promise<Found> {
    const reader = new PassageReader(this.#documents, asked.viewer);
    const work: RetrievalWork = { kind: 'retrieval', query: asked.query, limit: asked.limit };
    const results = await inWork(work, async () => {
      const answers = await this.#driver.retrieve({ ...asked, read: (ids) => reader.read(ids) }, run);
      work.found = answers.reduce((sum, { passages }) => sum + passages.length, 0);
      return answers;
    });
    const best = new Map<string, FoundPassage>();
    for (const passage of results.flatMap((result) => result.passages))
      if ((best.get(passage.id)?.score ?? -1) < passage.score) best.set(passage.id, passage);
    const passages = [...best.values()].sort((a, b) => b.score - a.score).slice(0, asked.limit);
    const strategies = new Set(results.map((result) => result.strategy));
    const [strategy = 'KEYWORD'] = strategies;
    return {
      passages,
      strategy: strategies.size > 1 ? 'HYBRID' : strategy,
      degraded: [...new Set(results.flatMap((result) => result.degraded))],
      read: () => reader.join(passages),
    };
  }

  read(viewer: Viewer, found: readonly FoundPassage[]): Promise<readonly Passage[]> {
    return new PassageReader(this.#documents, viewer).join(found);
  }
}

/** Reads passages for one query: none of them twice, whether a plugin asks for them or core. */
class PassageReader {
  readonly #documents: DocumentStore;
  readonly #viewer: Viewer;
  /** Null where there is none that the viewer may read. */
  readonly #read = new Map<string, PassageRecord | null>();

  constructor(documents: DocumentStore, viewer: Viewer) {
    this.#documents = documents;
    this.#viewer = viewer;
  }

  async read(ids: readonly string[]): Promise<ReadonlyMap<string, PassageRecord>> {
    const missing = ids.filter((id) => !this.#read.has(id));
    if (missing.length > 0) {
      const records = await this.#documents.passages(this.#viewer, missing);
      for (const id of missing) this.#read.set(id, deepFreeze(records.get(id) ?? null));
    }
    return new Map(
      ids.flatMap((id) => {
        const record = this.#read.get(id);
        return record ? [[id, record]] : [];
      }),
    );
  }

  /** Reads the text of the passages found. Leaves out what the viewer may not read. */
  async join(found: readonly FoundPassage[]): Promise<readonly Passage[]> {
    const records = await this.read(found.map(({ id }) => id));
    return found.flatMap((passage) => {
      const record = records.get(passage.id);
      return record ? [{ ...record, ...passage }] : [];
    });
  }
}
