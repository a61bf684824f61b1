import type { PluginContext } from '#core/plugin.ts';
import { signalWithin } from '#core/runtime/deadline.ts';
import type { ModelQuery } from '../built-in/calls.ts';
import type { Embedder } from '../embedding/embedder.ts';
import { BUILT_IN } from '../engines/built-in.ts';
import type { Hit, Scope, VectorEngine, VectorIndex } from '../engines/engine.ts';
import { DEPTH } from '../ranking/fusion.ts';
import { Follower } from './follower.ts';
import { OPENING, persist } from './persist.ts';
import { completeOf, openAgain, serveAgain, servingHere } from './serving.ts';

export interface VectorLegOptions {
  readonly engine: VectorEngine;
  readonly embedder: Embedder;
  /** The embedder of a format of old; null where it is not to be had any more. */
  readonly embedderOf: (format: string) => Embedder | null;
  readonly house: Pick<PluginContext, 'passages' | 'warn'>;
  readonly batchSize: number;
  readonly followEvery: number;
  readonly onProgress?: (share: number) => void;
}

export interface VectorProgress {
  readonly engine: string;
  readonly format: string;
  readonly count: number;
  readonly state: 'opening' | 'filling' | 'complete' | 'failing';
  /** The format of another model's vectors, which serve until this one's are complete. */
  readonly meanwhile: string | null;
}

/** An index with what makes its vectors and what keeps it up. */
interface Kept {
  readonly index: VectorIndex;
  readonly embedder: Embedder;
  readonly follower: Follower<readonly Float32Array[]>;
}

/**
 * Vectors in an engine. An index made with another model serves on, and is kept up, while the new model's is being built in the
 * background; once that is complete, it serves.
 */
export class VectorLeg {
  readonly #options: VectorLegOptions;
  readonly #stopping = new AbortController();
  #serving: Kept | undefined;
  #building: Kept | undefined;
  #opening: Promise<boolean> | undefined;

  constructor(options: VectorLegOptions) {
    this.#options = options;
  }

  /** True once there is an index that serves and is complete. */
  get ready(): boolean {
    return this.#serving?.follower.caughtUp === true;
  }
  /** The weighing of the serving index's embedder. */
  get weighing(): Embedder['weighing'] {
    return (this.#serving?.embedder ?? this.#options.embedder).weighing;
  }

  /** Cosines below it count as no match. */
  get floor(): number {
    return (this.#serving?.embedder ?? this.#options.embedder).floor;
  }

  /** False until there is an index that was complete once: nothing can be asked before. */
  get open(): boolean {
    return this.#serving !== undefined && !this.#serving.follower.rebuilding;
  }

  /** True while it lacks what came when its engine or its model was away. */
  get behind(): boolean {
    return this.#serving?.follower.behind === true;
  }

  /** Opens in the background, again and again while engine or model are down. Resolves when that was tried once. */
  start(): Promise<void> {
    const { engine, house } = this.#options;
    const { signal } = this.#stopping;
    const { opening, tried } = openAgain(
      () => this.#open(signal),
      signal,
      (error) => house.warn(`vectors by ${engine.name} cannot be opened; it tries again`, error),
    );
    this.#opening = opening;
    return tried;
  }

  /** True if encoding uses this machine's CPU. */
  get local(): boolean {
    return this.#options.embedder.local;
  }

  /** True if the vectors are in the built-in index, which searches keywords and vectors in one call. */
  get builtIn(): boolean {
    return this.#options.engine.name === BUILT_IN;
  }

  /** Null where the question has no vector. Rejects where there is nothing to search yet. */
  async query(query: string, signal: AbortSignal): Promise<ModelQuery | null> {
    const serving = this.#serving;
    if (!serving) throw new Error('the index of vectors is being built');
    const vector = await serving.embedder.query(query, signal);
    return vector && { format: serving.index.format, vector };
  }

  /** Null where the question has no vector. Rejects where there is nothing to search yet. */
  async search(query: string, scope: Scope, signal: AbortSignal): Promise<readonly Hit[] | null> {
    const serving = this.#serving;
    const asked = await this.query(query, signal);
    if (!asked || !serving) return null;
    return serving.follower.searched(serving.index.search({ vector: asked.vector, scope, limit: DEPTH }, signal));
  }

  /** Resolves when all that was committed before the call can be found by vectors. */
  async upToNow(signal: AbortSignal, whileDown: 'wait' | 'reject' = 'wait'): Promise<void> {
    const follower = this.#serving?.follower ?? this.#building?.follower;
    if (!follower) throw new Error('the index of vectors is not open yet');
    await follower.upToNow(signal, whileDown);
  }

  /** Drops what there is, before `start`. */
  async clear(signal: AbortSignal): Promise<void> {
    await this.#options.engine.clear(signal);
  }

  /** Resolves when there is an index that serves and has all that the store had at the call. */
  async complete(signal: AbortSignal): Promise<void> {
    await this.#opening;
    await completeOf(this, signal);
  }

  /** The index that is being filled, or that serves: what it is called, and passages that have a vector. */
  async progress(signal: AbortSignal): Promise<VectorProgress> {
    const { engine, embedder } = this.#options;
    const kept = this.#building ?? this.#serving;
    if (!kept)
      return {
        engine: engine.name,
        format: await embedder.format(signal),
        count: 0,
        state: 'opening',
        meanwhile: null,
      };
    const { follower, index } = kept;
    const state = follower.failing ? 'failing' : follower.caughtUp ? 'complete' : 'filling';
    const meanwhile = (this.#building && this.#serving?.index.format) ?? null;
    return { engine: engine.name, format: index.format, count: await index.count(signal), state, meanwhile };
  }

  /** Opens a model of this process before the first question needs it. */
  async warm(): Promise<void> {
    const { embedder } = this.#serving ?? this.#options;
    if (embedder.local) await embedder.query('warm', this.#stopping.signal).catch(() => undefined);
  }

  describe(): string {
    const { engine } = this.#options;
    const kept = this.#serving ?? this.#building;
    if (!kept) return `vectors by ${engine.name}: not open yet`;
    const state = kept.follower.failing ? ', does not answer' : kept.follower.caughtUp ? '' : ', catching up';
    return `vectors by ${engine.name} (${kept.index.format}${state}${this.#building && this.#serving ? ', another model’s index is being built' : ''})`;
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new Error('stopped'));
    await this.#opening;
    await Promise.all([this.#serving?.follower.stop(), this.#building?.follower.stop()]);
    await this.#options.engine.close();
  }

  async #open(signal: AbortSignal): Promise<void> {
    const { embedder, embedderOf, engine, house } = this.#options;
    const serving = await servingHere(engine, house, signalWithin(OPENING, signal));
    const former = serving === null ? null : embedderOf(serving);
    // The old index needs no model that may be down: it serves before the new one's dimensions are known.
    if (serving !== null && former && !this.#serving) this.#serving = await this.#keep(serving, former, signal);
    const wanted = await embedder.format(signal);
    if (wanted === this.#serving?.index.format) return;
    this.#building = await this.#keep(wanted, embedder, signal);
    void this.#replaceWhenComplete(this.#building);
  }

  async #keep(format: string, embedder: Embedder, signal: AbortSignal): Promise<Kept> {
    const { engine, house, batchSize, followEvery, onProgress } = this.#options;
    const index = await engine.open(format, signalWithin(OPENING, signal));
    const follower: Kept['follower'] = new Follower<readonly Float32Array[]>({
      index,
      feed: this.builtIn && embedder.local ? { ...house.passages, exclusively: always } : house.passages,
      entriesOf: (passages, during) => embedder.passages(passages, during),
      batchSize,
      followEvery,
      warn: house.warn,
      name: `vectors by ${engine.name} (${format})`,
      ...(onProgress ? { onProgress } : {}),
      onLost: () => {
        if (this.#serving?.follower === follower && !this.#building)
          void serveAgain(engine, format, follower, house, signal);
      },
    });
    follower.start();
    return { index, embedder, follower };
  }

  async #replaceWhenComplete(building: Kept): Promise<void> {
    const { signal } = this.#stopping;
    const { engine, house } = this.#options;
    const done = await persist(
      async () => {
        await building.follower.upToNow(signal);
        await engine.serve(building.index.format, signal);
      },
      signal,
      (error) => house.warn('the new index of vectors could not take the old one’s place; it tries again', error),
    );
    if (!done) return;
    const former = this.#serving;
    this.#serving = building;
    this.#building = undefined;
    await former?.follower.stop();
  }
}

/** Each replica fills its own index with its own encoder and waits for no other. */
const always = async (_name: string, work: () => Promise<void>): Promise<boolean> => {
  await work();
  return true;
};
