import type { Answer, HookContext, PluginContext, RecalledAnswer, Turn, Viewer } from '#core/plugin.ts';
import { signalWithin } from '#core/runtime/deadline.ts';
import type { Entry } from '../entry.ts';
import { type ExactLevel, tagsOf } from '../exact-level.ts';
import { type KeyScope, keyOf, partitionOf } from '../key.ts';
import { lowerBound, together } from './bound.ts';
import { type Candidate, Candidates } from './candidates.ts';
import { EntryLabels } from './labels.ts';
import { bestMatch, type Match, quantised } from './match.ts';
import { compareAnswers, type Verdict } from './same-answer.ts';
import { calibration } from './score.ts';
import type { SemanticSettings } from './settings.ts';
import { SharedCandidates } from './shared-candidates.ts';
import { LONGEST, type Message, readMessage } from './utterance.ts';

/** Milliseconds that the embedder may take of the time before the model. */
const EMBED_WITHIN = 150;
/** The same after an answer: the encoder may still be opening. */
const LEARN_WITHIN = 1_200;
/** Turns whose answer is awaited, to be compared with the one that was known. */
const MOST_PENDING = 1_000;

type House = Pick<PluginContext, 'cache' | 'metrics' | 'embeddings' | 'deadlineFactor'>;

/** What would be said of a question before the model answers it. */
interface Considered {
  readonly key: string;
  readonly scope: KeyScope;
  readonly entry: Entry;
  readonly similarity: number | null;
  /** HIT: sure enough to be served. GREY: no gate is closed, and it is not sure enough. */
  readonly said: 'HIT' | 'GREY';
}

/** Answers of questions that say the same in other words. */
export class SemanticLevel {
  readonly #house: House;
  readonly #settings: SemanticSettings;
  readonly #entries: ExactLevel;
  readonly #labels: EntryLabels;
  readonly candidates = new Candidates();
  readonly #shared: SharedCandidates;
  readonly #pending = new Map<string, Considered>();

  constructor(house: House, settings: SemanticSettings, entries: ExactLevel) {
    this.#house = house;
    this.#settings = settings;
    this.#entries = entries;
    this.#labels = new EntryLabels(house.cache);
    this.#shared = new SharedCandidates(house.cache, this.candidates);
  }

  async find(turn: Turn, context: HookContext): Promise<RecalledAnswer | undefined> {
    this.#entries.saw(turn);
    if (!turn.ids || turn.content.length > LONGEST) return undefined;
    const considered = await this.#consider(turn, context);
    if (!considered) return undefined;
    const { key, entry, similarity, said } = considered;
    const isServed = said === 'HIT' && this.#settings.CACHE_SEMANTIC_MODE === 'serve';
    this.#house.metrics.add('cache_semantic_total', 1, { said: said.toLowerCase(), served: isServed ? 'yes' : 'no' });
    if (!isServed) {
      this.#await(turn.ids.generationId, considered);
      return undefined;
    }
    await this.#noteServed(turn);
    this.#house.metrics.add('cache_semantic_saved_usd_total', entry.usage.costUsd);
    const { text, citations, model } = entry;
    return { text, citations, model, cache: { hit: true, level: 'SEMANTIC', similarity, key } };
  }

  /** The model answered: what was known is compared with it. */
  async verify(turn: Turn, answer: Answer, judge: string | undefined, context: HookContext): Promise<void> {
    const generationId = turn.ids?.generationId ?? '';
    const considered = this.#pending.get(generationId);
    if (!considered) return;
    this.#pending.delete(generationId);
    const answers = { question: turn.content, kept: considered.entry.text, fresh: answer.text };
    const verdict = await compareAnswers(answers, judge, context);
    this.#house.metrics.add('cache_semantic_verdicts_total', 1, {
      said: considered.said.toLowerCase(),
      verdict: verdict.toLowerCase(),
    });
    await this.#label(turn, considered.key, verdict);
  }

  /** The turn's answer may answer others from now on. */
  async learn(turn: Turn, entry: Omit<Entry, 'version' | 'tenant'>, ttlMs: number, signal: AbortSignal): Promise<void> {
    if (turn.content.length > LONGEST) return;
    const vector = await this.#vectorOf(turn.content, signal, LEARN_WITHIN);
    const message = readMessage(turn.content);
    const until = Date.now() + ttlMs;
    for (const scope of await this.#entries.keep(turn, entry)) {
      const [key, partition] = [keyOf(turn, scope), partitionOf(turn, scope)];
      const { id: viewerId, tenant } = turn.viewer;
      const candidate = { key, partition, message, vector: vector && quantised(vector), viewerId, tenant, until };
      await this.#shared.add(candidate, tagsOf(turn.viewer));
    }
  }

  /** A person found an answer bad: it goes, and where another question had it, the pair is labelled. */
  async refuse(viewer: Viewer, key: string | null, generationId: string | null): Promise<void> {
    const served = generationId === null ? undefined : await this.#house.cache.get(servedBy(generationId));
    if (served && key !== null) this.#house.metrics.add('cache_semantic_refused_total');
    if (served && key !== null)
      await this.#labels.add(key, Buffer.from(served).toString('utf8'), false, tagsOf(viewer));
    await this.#entries.evict({ key, generationId });
    if (key !== null) this.candidates.remove(key);
  }

  async #consider(turn: Turn, context: HookContext): Promise<Considered | undefined> {
    const asked = readMessage(turn.content);
    let grey: Considered | undefined;
    for (const scope of this.#entries.scopes) {
      const partition = partitionOf(turn, scope);
      await this.#shared.refresh(partition);
      const match = await this.#match(asked, this.candidates.of(partition), context.signal);
      if (!match) continue;
      const { key } = match.known;
      const own = await this.#labels.of(key, turn.content);
      if (!own) continue;
      const isSure = lowerBound(together(match.prior, own)) >= 1 - this.#settings.CACHE_MAX_ERROR;
      const entry = await this.#entries.entry(turn, key, scope, context);
      if (!entry) continue;
      const considered: Considered = { key, scope, entry, similarity: match.similarity, said: isSure ? 'HIT' : 'GREY' };
      if (isSure) return considered;
      grey ??= considered;
    }
    return grey;
  }

  async #match(
    asked: Message,
    known: readonly Candidate[],
    signal: AbortSignal,
  ): Promise<Match<Candidate> | undefined> {
    if (known.length === 0) return undefined;
    const isKnown = known.some(({ message }) => message.form === asked.form);
    const vector = isKnown ? null : await this.#vectorOf(asked.text, signal);
    const embed = async (words: readonly string[]) => this.#embed(words, signal);
    return bestMatch(asked, known, { calibration: calibration(), vector, embed }).catch(() => undefined);
  }

  /** Null without an embedder, or where it is slow, or knows nothing of the script. */
  async #vectorOf(text: string, signal: AbortSignal, withinMs = EMBED_WITHIN): Promise<Float32Array | null> {
    if (!this.#house.embeddings) return null;
    const [vector] = await this.#embed([text], signal, withinMs).catch(() => []);
    signal.throwIfAborted();
    return vector?.some((value) => value !== 0) ? vector : null;
  }

  async #embed(
    texts: readonly string[],
    signal: AbortSignal,
    withinMs = EMBED_WITHIN,
  ): Promise<readonly Float32Array[]> {
    if (!this.#house.embeddings) throw new Error('there is no embedder');
    return this.#house.embeddings.embed(texts, signalWithin(withinMs * this.#house.deadlineFactor, signal), 'query');
  }

  async #label(turn: Turn, key: string, verdict: Verdict): Promise<void> {
    if (verdict === 'UNKNOWN') return;
    await this.#labels.add(key, turn.content, verdict === 'EQUAL', tagsOf(turn.viewer));
  }

  #await(generationId: string, considered: Considered): void {
    this.#pending.set(generationId, considered);
    const [oldest] = this.#pending.keys();
    if (this.#pending.size > MOST_PENDING && oldest !== undefined) this.#pending.delete(oldest);
  }

  /** So that a rating of this answer is known to be of this question. */
  async #noteServed(turn: Turn): Promise<void> {
    const options = { ttlMs: KEPT_SERVED, tags: tagsOf(turn.viewer) };
    await this.#house.cache.set(servedBy(turn.ids?.generationId ?? ''), Buffer.from(turn.content), options);
  }
}

/** Milliseconds in which an answer may be rated. */
const KEPT_SERVED = 7 * 86_400_000;
const servedBy = (generationId: string): string => `served:${generationId}`;
