import type { HookRun, PluginDriver } from '../hooks/driver.ts';
import type { LanguageModels, ModelRequest } from '../ports/language-model.ts';
import type { BegunTurn, NewSummary } from '../ports/store.ts';
import type { SummaryStore, UnsummarisedMessage } from '../ports/summary-store.ts';
import { signalWithin, untilAborted } from '../runtime/deadline.ts';
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

interface Running {
  readonly viewerId: string;
  readonly controller: AbortController;
  readonly work: Promise<void>;
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
  /** By conversation, one at a time. */
  readonly #running = new Map<string, Running>();
  #isStopped = false;

  constructor(options: SummariesOptions) {
    this.#options = options;
  }

  /**
   * A summary of sentences, to be stored with the answer. Null where none is due, where a model makes it, or where the turn has not
   * read all that it would cover: then `after` sees to it.
   */
  withAnswer(begun: BegunTurn, run: Pick<TurnRun, 'text'>): NewSummary | null {
    if (this.#light !== undefined || !this.#isDue(begun, run)) return null;
    const { limits } = this.#options;
    const { userMessage, history, summary } = begun;
    const from = summary === null ? 0 : summary.depth + 1;
    if (history.length !== userMessage.depth - from || history.some(({ unfinished }) => unfinished)) return null;
    const messages = [
      ...history.map(({ role, content }) => ({ role, content, status: 'COMPLETE' as const })),
      { role: 'USER' as const, content: userMessage.content, status: 'COMPLETE' as const },
      { role: 'ASSISTANT' as const, content: run.text, status: 'COMPLETE' as const },
    ];
    const folded = messagesToFold(messages, limits, this.#atOnce());
    const text = folded.length === 0 ? '' : extractiveSummary(summary?.text ?? null, folded, limits);
    return text === '' ? null : { depth: from + folded.length - 1, text };
  }

  /** Begins where it is time for it, and none was stored with the answer. */
  after(viewer: Viewer, begun: BegunTurn, run: TurnRun): void {
    const { conversation, assistantMessage } = begun;
    const { id } = conversation;
    if (run.isSummarised || !this.#isDue(begun, run)) return;
    const controller = new AbortController();
    const work = this.#condense(viewer, assistantMessage.id, run.features, controller.signal)
      .catch((error) => {
        if (!controller.signal.aborted) warn('summary', 'a conversation could not be summarised', error);
      })
      .finally(() => this.#running.delete(id));
    this.#running.set(id, { viewerId: viewer.id, controller, work });
  }

  #isDue({ conversation, userMessage, history, summary }: BegunTurn, { text }: Pick<TurnRun, 'text'>): boolean {
    const { limits } = this.#options;
    if (limits.tokens === 0 || limits.messages === 0) return false;
    if (this.#running.has(conversation.id) || this.#isStopped) return false;
    return isFull([summary?.text ?? '', ...history.map(({ content }) => content), userMessage.content, text], limits);
  }

  /** Resolves when all running summaries have ended. */
  async settled(): Promise<void> {
    await Promise.all([...this.#running.values()].map(({ work }) => work));
  }

  /** Aborts the running summaries of an erased viewer. */
  async abandon(viewerId: string): Promise<void> {
    const own = [...this.#running.values()].filter((running) => running.viewerId === viewerId);
    for (const { controller } of own) controller.abort();
    await Promise.all(own.map(({ work }) => work));
  }

  /** Aborts all running summaries: the next turn of each conversation starts again. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const { controller } of this.#running.values()) controller.abort();
    await this.settled();
  }

  async #condense(
    viewer: Viewer,
    messageId: string,
    features: ReadonlySet<string>,
    stopped: AbortSignal,
  ): Promise<void> {
    const { store, limits } = this.#options;
    const read = await store.unsummarised(viewer, messageId, {
      messages: limits.messages * READ,
      bytes: limits.tokens * BYTES_PER_TOKEN * READ,
    });
    const folded = read ? messagesToFold(read.messages, limits, this.#atOnce()) : [];
    const last = folded.at(-1);
    if (!read || !last) return;
    const before = read.summary?.text ?? null;
    const text =
      (await this.#byModel(viewer, before, folded, { features, stopped })) ?? extractiveSummary(before, folded, limits);
    stopped.throwIfAborted();
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
    { features, stopped }: { readonly features: ReadonlySet<string>; readonly stopped: AbortSignal },
  ): Promise<string | null> {
    const { driver, limits } = this.#options;
    const light = this.#light;
    if (light === undefined) return null;
    const signal = signalWithin(PATIENCE, stopped);
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
      stopped.throwIfAborted();
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
