import type { PluginContext } from '#core/plugin.ts';
import { signalWithin } from '#core/runtime/deadline.ts';
import { searchTokens } from '../analysis/query-terms.ts';
import { TOKENISER_VERSION } from '../analysis/tokens.ts';
import type { IndexClient } from '../built-in/index-client.ts';
import type { KeywordAnswer, KeywordEngine, KeywordIndex, Scope, TokenEntry } from '../engines/engine.ts';
import { DEPTH } from '../ranking/fusion.ts';
import { Follower } from './follower.ts';
import { OPENING, persist } from './persist.ts';
import { completeOf, openAgain, serveAgain, servingHere } from './serving.ts';

export interface KeywordLegOptions {
  readonly engine: KeywordEngine;
  /** Cuts texts into tokens off the main loop. */
  readonly client: IndexClient;
  readonly house: Pick<PluginContext, 'passages' | 'warn'>;
  readonly batchSize: number;
  readonly followEvery: number;
  readonly onProgress?: (share: number) => void;
}

interface Kept {
  readonly index: KeywordIndex;
  readonly follower: Follower<TokenEntry>;
}

const FORMAT = `tokens-${TOKENISER_VERSION}`;
/** Keywords in an engine. An index of an older tokeniser serves on while the new one is being built in the background. */
export class KeywordLeg {
  readonly #options: KeywordLegOptions;
  readonly #stopping = new AbortController();
  #serving: KeywordIndex | undefined;
  #kept: Kept | undefined;
  #opening: Promise<boolean> | undefined;

  constructor(options: KeywordLegOptions) {
    this.#options = options;
  }

  get engine(): string {
    return this.#options.engine.name;
  }

  get ready(): boolean {
    return this.#kept?.follower.caughtUp === true;
  }

  /** False until there is an index that was complete once: nothing can be asked before. */
  get open(): boolean {
    return this.#serving !== undefined && !(this.#serving === this.#kept?.index && this.#kept.follower.rebuilding);
  }

  /** True while it lacks what came when its engine was away. */
  get behind(): boolean {
    return this.#serving !== undefined && this.#serving === this.#kept?.index && this.#kept.follower.behind;
  }

  /** Opens in the background, again and again while the engine is down. Resolves when that was tried once. */
  start(): Promise<void> {
    const { engine, house } = this.#options;
    const { signal } = this.#stopping;
    const { opening, tried } = openAgain(
      () => this.#open(signal),
      signal,
      (error) => house.warn(`keywords by ${engine.name} cannot be opened; it tries again`, error),
    );
    this.#opening = opening;
    return tried;
  }

  async search(query: string, scope: Scope, signal: AbortSignal): Promise<KeywordAnswer> {
    if (!this.#serving) throw new Error('the index of keywords is being built');
    const tokens = searchTokens(query);
    if (tokens.length === 0) return { hits: [], frequencies: new Map(), size: 0 };
    const search = this.#serving.search({ tokens, scope, limit: DEPTH }, signal);
    return this.#kept ? this.#kept.follower.searched(search) : search;
  }

  async upToNow(signal: AbortSignal, whileDown: 'wait' | 'reject' = 'wait'): Promise<void> {
    if (!this.#kept) throw new Error('the index of keywords is not open yet');
    await this.#kept.follower.upToNow(signal, whileDown);
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

  describe(): string {
    const { follower } = this.#kept ?? {};
    const state = !follower
      ? ': not open yet'
      : follower.failing
        ? ': does not answer'
        : follower.caughtUp
          ? ''
          : ': catching up';
    return `keywords by ${this.#options.engine.name}${state}`;
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new Error('stopped'));
    await this.#opening;
    await this.#kept?.follower.stop();
    await this.#options.engine.close();
  }

  async #open(signal: AbortSignal): Promise<void> {
    const { engine, client, house, batchSize, followEvery, onProgress } = this.#options;
    const within = signalWithin(OPENING, signal);
    const serving = await servingHere(engine, house, within);
    const index = await engine.open(FORMAT, within);
    if (serving !== null) this.#serving = serving === FORMAT ? index : await engine.open(serving, within);
    const follower: Follower<TokenEntry> = new Follower<TokenEntry>({
      index,
      feed: house.passages,
      entriesOf: (passages, during) => client.work('tokenize', { passages }, during),
      batchSize,
      followEvery,
      warn: house.warn,
      name: `keywords by ${engine.name}`,
      ...(onProgress ? { onProgress } : {}),
      onLost: () => {
        if (this.#serving === index) void serveAgain(engine, FORMAT, follower, house, signal);
      },
    });
    this.#kept = { index, follower };
    follower.start();
    if (this.#serving !== index) void this.#replaceWhenComplete(index, follower, signal);
  }

  async #replaceWhenComplete(index: KeywordIndex, follower: Follower<TokenEntry>, signal: AbortSignal): Promise<void> {
    const { engine, house } = this.#options;
    const done = await persist(
      async () => {
        await follower.upToNow(signal);
        await engine.serve(index.format, signal);
      },
      signal,
      (error) => house.warn('the new index of keywords could not take the old one’s place; it tries again', error),
    );
    if (done) this.#serving = index;
  }
}
