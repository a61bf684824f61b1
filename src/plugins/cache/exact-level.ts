import type { HookContext, PluginContext } from '#core/plugin.ts';
import { within } from '#core/runtime/deadline.ts';
import { groundingOf } from '#core/turn/grounding.ts';
import type { CacheOutcome, FollowedGeneration, RecalledAnswer, Turn } from '#core/turn.ts';
import { decodeEntry, type Entry, encodeEntry } from './entry.ts';
import { type KeyScope, keyOf } from './key.ts';
import type { CacheSettings } from './settings.ts';
import type { SettledVersions } from './settled-versions.ts';

/** Milliseconds that a comparison waits for retrieval; a slower one is a miss, well before `recall` would be late. */
const PATIENCE = 300;
/** Milliseconds for which one turn may be the one that answers a question for all. */
const FLIGHT = 120_000;
/** Turns that follow another, of which that is remembered. */
const MOST_FOLLOWED = 10_000;

type House = Pick<PluginContext, 'cache' | 'metrics' | 'deadlineFactor'> & {
  readonly passages: Pick<PluginContext['passages'], 'changedAt'>;
};

/** Answers of the same question, by key. */
export class ExactLevel {
  readonly #house: House;
  readonly #settings: CacheSettings;
  readonly #versions: SettledVersions;
  /** By generation, the one that it was told to follow. */
  readonly #followed = new Map<string, string>();

  constructor(house: House, settings: CacheSettings, versions: SettledVersions) {
    this.#house = house;
    this.#settings = settings;
    this.#versions = versions;
  }

  /** The answer that was kept, where the same passages would ground it now. */
  async find(turn: Turn, context: Pick<HookContext, 'retrieved'>): Promise<RecalledAnswer | undefined> {
    for (const scope of this.scopes) {
      const key = keyOf(turn, scope);
      const entry = await this.entry(turn, key, scope, context);
      if (entry) return this.#answer(entry, key);
    }
    return undefined;
  }

  /** Told of each turn, so that it is known since when a version stands. */
  saw({ viewer, version }: Turn): void {
    this.#versions.settled(viewer, version);
  }

  /** Whose entries may answer. */
  get scopes(): readonly KeyScope[] {
    return this.#settings.CACHE_SCOPE === 'tenant' ? ['viewer', 'tenant'] : ['viewer'];
  }

  /** The entry of a key, where the same passages would ground its answer now. */
  async entry(
    turn: Turn,
    key: string,
    scope: KeyScope,
    { retrieved }: Pick<HookContext, 'retrieved'>,
  ): Promise<Entry | undefined> {
    const version = this.#versions.settled(turn.viewer, turn.version);
    const entry = decodeEntry(await this.#house.cache.get(key));
    if (!entry) return undefined;
    if (entry.version !== null && entry.version === version && scope === 'viewer') return entry;
    const passages = await within(PATIENCE * this.#house.deadlineFactor, retrieved());
    if (!passages || groundingOf(passages) !== entry.grounding) {
      this.#house.metrics.add('cache_stale_total');
      return undefined;
    }
    if (version !== null && scope === 'viewer') await this.#put(turn, key, { ...entry, version });
    return entry;
  }

  /**
   * The viewer's generation that is answering the same question now; undefined where this turn is the one that does. Asked again
   * by a turn whose leader ended without an answer. One that began before the documents changed is not followed.
   */
  async follow(turn: Turn): Promise<FollowedGeneration | undefined> {
    const own = turn.ids?.generationId;
    if (own === undefined) return undefined;
    const key = keyOf(turn, 'viewer');
    const flight = flightOf(key);
    const failed = this.#followed.get(own);
    let holder = await this.#house.cache.claim(flight, own, FLIGHT);
    if (holder === failed || this.#hasChangedSince(holder, own, turn)) {
      // Of those who do not follow it any more, the first to claim leads, and the others follow that one.
      await this.#house.cache.release(flight, holder);
      holder = await this.#house.cache.claim(flight, own, FLIGHT);
    }
    this.#followed.delete(own);
    if (holder === own) return undefined;
    this.#followed.set(own, holder);
    const [oldest] = this.#followed.keys();
    if (this.#followed.size > MOST_FOLLOWED && oldest !== undefined) this.#followed.delete(oldest);
    this.#house.metrics.add('cache_requests_total', 1, { outcome: 'followed' });
    return { follow: holder, cache: this.#outcome(key) };
  }

  /** True if the documents changed between the beginnings of the two: what `holder` answers may rest on passages that are no more. */
  #hasChangedSince(holder: string, own: string, { viewer }: Turn): boolean {
    const changedAt = this.#house.passages.changedAt(viewer);
    return beganAt(holder) <= changedAt && changedAt < beganAt(own);
  }

  /** The question is answered: the next one who asks it is not to follow any more. */
  async land(turn: Turn): Promise<void> {
    if (turn.ids) await this.#house.cache.release(flightOf(keyOf(turn, 'viewer')), turn.ids.generationId);
  }

  /** Counts this ask, and answers how often the question was asked within CACHE_TTL. */
  async asks(turn: Turn): Promise<number> {
    if (this.#settings.CACHE_ADMIT_ASKS === 1) return 1;
    const key = `asks:${keyOf(turn, 'viewer')}`;
    const bytes = await this.#house.cache.get(key);
    const asks = 1 + (bytes?.byteLength === 4 ? new DataView(bytes.buffer, bytes.byteOffset).getUint32(0) : 0);
    const value = new Uint8Array(4);
    new DataView(value.buffer).setUint32(0, Math.min(asks, 2 ** 31));
    await this.#house.cache.set(key, value, { ttlMs: this.#ttlMs, tags: tagsOf(turn.viewer) });
    return asks;
  }

  /** Answers whose entries it became. */
  async keep(turn: Turn, entry: Omit<Entry, 'version' | 'tenant'>): Promise<readonly KeyScope[]> {
    const version = this.#versions.settled(turn.viewer, turn.version);
    await this.#put(turn, keyOf(turn, 'viewer'), { ...entry, tenant: turn.viewer.tenant, version });
    const { passages } = turn;
    const isShared = passages.length > 0 && passages.every(({ shared }) => shared === true);
    if (this.#settings.CACHE_SCOPE !== 'tenant' || !isShared) return ['viewer'];
    await this.#put(turn, keyOf(turn, 'tenant'), { ...entry, tenant: turn.viewer.tenant, version: null });
    return ['viewer', 'tenant'];
  }

  /** Takes out an entry of the tenant, or of any where that is null. */
  async evictOf(key: string, tenant: string | null): Promise<number> {
    const entry = tenant === null ? null : decodeEntry(await this.#house.cache.get(key));
    return tenant === null || entry?.tenant === tenant ? this.evict({ key }) : 0;
  }

  /** Takes out what a generation left here, or an entry by its key. Answers whether there was any. */
  async evict({ key, generationId }: { readonly key?: string | null; readonly generationId?: string | null }) {
    const made = generationId ? await this.#house.cache.get(madeBy(generationId)) : undefined;
    const keys = [key ?? [], made ? Buffer.from(made).toString('utf8').split(' ') : []].flat();
    let removed = 0;
    for (const one of keys) removed += Number(await this.#house.cache.delete(one));
    if (generationId) await this.#house.cache.delete(madeBy(generationId));
    return removed;
  }

  async #put(turn: Turn, key: string, entry: Entry): Promise<void> {
    const options = { ttlMs: this.#ttlMs, tags: tagsOf(turn.viewer) };
    await this.#house.cache.set(key, encodeEntry(entry), options);
    const made = await this.#house.cache.get(madeBy(entry.generationId));
    const keys = new Set([...(made ? Buffer.from(made).toString('utf8').split(' ') : []), key]);
    await this.#house.cache.set(madeBy(entry.generationId), Buffer.from([...keys].join(' ')), options);
  }

  #answer({ text, citations, model, usage }: Entry, key: string): RecalledAnswer {
    const { metrics, cache } = this.#house;
    metrics.add('cache_requests_total', 1, { outcome: cache.remote ? 'remote' : 'memory' });
    metrics.add('cache_saved_tokens_total', usage.inputTokens + usage.outputTokens);
    metrics.add('cache_saved_usd_total', usage.costUsd);
    return { text, citations, model, cache: this.#outcome(key) };
  }

  #outcome(key: string): CacheOutcome {
    return { hit: true, level: this.#house.cache.remote ? 'REMOTE' : 'MEMORY', similarity: null, key };
  }

  get #ttlMs(): number {
    return this.#settings.CACHE_TTL * 1_000;
  }
}

/** Milliseconds since 1970, from a generation's id, a UUID of version 7 (RFC 9562); NaN of anything else. */
const beganAt = (generationId: string): number => Number.parseInt(generationId.replace('-', '').slice(0, 12), 16);
const flightOf = (key: string): string => `flight:${key}`;
const madeBy = (generationId: string): string => `made:${generationId}`;
/** The tag of all that is kept for a viewer. */
export const tagOf = (viewerId: string): string => `viewer:${viewerId}`;
/** The tag of all that is kept for the viewers of a tenant. */
export const tenantTagOf = (tenant: string): string => `tenant:${tenant}`;
export const tagsOf = ({ id, tenant }: Turn['viewer']) => [tagOf(id), tenantTagOf(tenant)];
