import type { HookRun, PluginDriver } from '../hooks/driver.ts';
import type { FoundPassage, RetrievalQuery, RetrievalResult } from '../plugin.ts';
import type { DocumentStore } from '../ports/store.ts';
import type { Passage } from '../turn.ts';
import type { Viewer } from '../viewer.ts';

/** What a turn asks for. */
export type TurnQuestion = Pick<RetrievalQuery, 'viewer' | 'query' | 'documentIds' | 'limit'>;

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
    const failed = (detail: string) =>
      run.trace({
        stage: 'retrieve',
        plugin: 'core',
        outcome: 'FAILED',
        durationMs: performance.now() - started,
        detail,
      });
    const { passages, degraded } = await this.find(query, run);
    for (const name of degraded) failed(name);
    try {
      return await this.read(asked.viewer, passages);
    } catch {
      failed('store');
      return [];
    }
  }

  /** The plugins' results, put together by score. */
  async find(query: RetrievalQuery, run: HookRun): Promise<RetrievalResult> {
    const results = await this.#driver.retrieve(query, run);
    const best = new Map<string, FoundPassage>();
    for (const passage of results.flatMap((result) => result.passages))
      if ((best.get(passage.id)?.score ?? -1) < passage.score) best.set(passage.id, passage);
    const passages = [...best.values()].sort((a, b) => b.score - a.score).slice(0, query.limit);
    const strategies = new Set(results.map((result) => result.strategy));
    const [strategy = 'KEYWORD'] = strategies;
    return {
      passages,
      strategy: strategies.size > 1 ? 'HYBRID' : strategy,
      degraded: [...new Set(results.flatMap((result) => result.degraded))],
    };
  }

  async read(viewer: Viewer, found: readonly FoundPassage[]): Promise<readonly Passage[]> {
    if (found.length === 0) return [];
    const records = await this.#documents.passages(
      viewer,
      found.map((passage) => passage.id),
    );
    return found.flatMap((passage) => {
      const record = records.get(passage.id);
      return record ? [{ ...record, ...passage }] : [];
    });
  }
}
