import type { HookRun, PluginDriver } from '../hooks/driver.ts';
import type { LanguageModels, ModelRequest } from '../ports/language-model.ts';
import type { BegunTurn } from '../ports/store.ts';
import type { SummaryStore, UnsummarisedMessage } from '../ports/summary-store.ts';
import { untilAborted } from '../runtime/deadline.ts';
import { warn } from '../runtime/diagnostics.ts';
import type { Viewer } from '../viewer.ts';
import { dryTurn } from './dry-turn.ts';
import { BYTES_PER_TOKEN, historyBudget } from './history.ts';
import type { ModelCaller } from './model-caller.ts';
import {
  bounded,
  extractiveSummary,
  isFull,
  messagesToFold,
  type SummaryLimits,
  summaryRequest,
  summaryTokens,
} from './summarise.ts';
import type { TurnRun } from './turn-run.ts';

export interface SummariesOptions {
  readonly store: SummaryStore;
  readonly driver: PluginDriver;
  readonly caller: ModelCaller;
  readonly models: LanguageModels;
  readonly limits: SummaryLimits;
}

/** Milliseconds that the model may take. */
const PATIENCE = 60_000;
/** Of the limits, what is read: as much as is kept, and a turn's part of what is condensed. */
const READ = 2;

/**
 * Rolling summaries: after a turn whose history has nearly filled its share, the oldest part is condensed in the background,
 * together with the summary before it. Each summary belongs to the message that it ends with, so every branch below that
 * message has it, and no other. A turn condenses a bounded part, whatever the conversation's length.
 */
export class Summaries {
  readonly #options: SummariesOptions;
  readonly #stopping = new AbortController();
  /** By conversation: one at a time is enough. */
  readonly #running = new Map<string, Promise<void>>();

  constructor(options: SummariesOptions) {
    this.#options = options;
  }

  /** Begins where it is time for it. */
  after(
    viewer: Viewer,
    { conversation, userMessage, assistantMessage, history, summary }: BegunTurn,
    run: TurnRun,
  ): void {
    const texts = [summary?.text ?? '', ...history.map(({ content }) => content), userMessage.content, run.text];
    const { limits } = this.#options;
    const { id } = conversation;
    if (limits.tokens === 0 || limits.messages === 0 || !isFull(texts, limits)) return;
    if (this.#running.has(id) || this.#stopping.signal.aborted) return;
    const work = this.#condense(viewer, assistantMessage.id, run.features)
      .catch((error) => {
        if (!this.#stopping.signal.aborted) warn('summary', 'a conversation could not be summarised', error);
      })
      .finally(() => this.#running.delete(id));
    this.#running.set(id, work);
  }

  /** Resolves when what runs has ended. */
  async settled(): Promise<void> {
    await Promise.all(this.#running.values());
  }

  /** Breaks off what runs: the next turn of the conversation begins it again. */
  async stop(): Promise<void> {
    this.#stopping.abort(new Error('the server stops'));
    await this.settled();
  }

  async #condense(viewer: Viewer, messageId: string, features: ReadonlySet<string>): Promise<void> {
    const { store, limits } = this.#options;
    const read = await store.unsummarised(viewer, messageId, {
      messages: limits.messages * READ,
      bytes: limits.tokens * BYTES_PER_TOKEN * READ,
    });
    const folded = read ? messagesToFold(read.messages, limits, this.#atOnce()) : [];
    const last = folded.at(-1);
    if (!read || !last) return;
    const before = read.summary?.text ?? null;
    const text = (await this.#byModel(viewer, before, folded, features)) ?? extractiveSummary(before, folded, limits);
    this.#stopping.signal.throwIfAborted();
    if (text !== '') await store.add(viewer, last.id, text);
  }

  get #light(): string | undefined {
    return this.#options.models.list.find(({ tier }) => tier === 'LIGHT')?.name;
  }

  /** Tokens of messages that are condensed at once: what the light model can take. */
  #atOnce(): number {
    const { limits, models } = this.#options;
    return historyBudget(limits.tokens, this.#light === undefined ? null : models.contextTokens(this.#light));
  }

  /** By the light model, on the viewer's account; null where there is none, it fails, or the viewer's budget is spent. */
  async #byModel(
    viewer: Viewer,
    before: string | null,
    folded: readonly UnsummarisedMessage[],
    features: ReadonlySet<string>,
  ): Promise<string | null> {
    const { driver, limits } = this.#options;
    const light = this.#light;
    if (light === undefined) return null;
    const signal = AbortSignal.any([this.#stopping.signal, AbortSignal.timeout(PATIENCE)]);
    const run: HookRun = { generationId: null, features, signal, trace: () => undefined };
    const request = summaryRequest(before, folded, limits, this.#atOnce());
    try {
      const decided = driver.has('route', features)
        ? await driver.route(dryTurn(viewer, '', [], features), run)
        : undefined;
      if (decided && 'refuse' in decided) return null;
      const text = bounded(await this.#answer(request, light, signal, viewer, run), summaryTokens(limits));
      return text === '' ? null : text;
    } catch (error) {
      this.#stopping.signal.throwIfAborted();
      warn('summary', `${light} could not summarise a conversation; sentences of it are kept instead`, error);
      return null;
    }
  }

  async #answer(
    request: ModelRequest,
    model: string,
    signal: AbortSignal,
    viewer: Viewer,
    run: HookRun,
  ): Promise<string> {
    const most = summaryTokens(this.#options.limits) * BYTES_PER_TOKEN * 2;
    const parts = this.#options.caller.ask(request, [model], signal, viewer, run)[Symbol.asyncIterator]();
    let text = '';
    try {
      for (;;) {
        const { done, value } = await untilAborted(parts.next(), signal);
        if (done) return text;
        if (value.type === 'text-delta') text += value.text;
        if (text.length > most) return text;
      }
    } finally {
      // Not awaited: a model that hangs ends by its own time limit.
      void parts.return?.().catch(() => undefined);
    }
  }
}
