/**
 * The order of a turn, told here and nowhere else. Each stage is a method below; what plugins add to a stage, the driver asks.
 */

import { AppError, toAppError } from '../errors.ts';
import type { PluginDriver } from '../hooks/driver.ts';
import type { LanguageModels } from '../ports/language-model.ts';
import type { BegunTurn, FinishTurn } from '../ports/store.ts';
import { emit } from '../runtime/diagnostics.ts';
import { deepFreeze } from '../runtime/freeze.ts';
import type { GenerationError, RecalledAnswer, Turn } from '../turn.ts';
import { cite } from './citations.ts';
import { INTERRUPTED, type TurnEnding } from './ending.ts';
import type { ModelCaller } from './model-caller.ts';
import { buildRequest } from './prompt.ts';
import type { Retrieval, TurnQuestion } from './retrieval.ts';
import { type Retrieving, startRetrieving } from './started-retrieval.ts';
import { StopRun, storable, type TurnRun } from './turn-run.ts';

export interface PipelineParts {
  readonly driver: PluginDriver;
  readonly models: LanguageModels;
  readonly caller: ModelCaller;
  readonly retrieval: Retrieval;
  readonly store: TurnEnding;
  readonly passageLimit: number;
}

export class Pipeline {
  readonly #parts: PipelineParts;

  constructor(parts: PipelineParts) {
    this.#parts = parts;
  }

  /** From a begun turn (GenerationStore.begin: the first stage) to its end. Every end is an event. `answered` is told when it is out, before it is judged. */
  async run(
    begun: BegunTurn,
    first: Turn,
    run: TurnRun,
    ahead: Retrieving | null,
    answered: () => void,
  ): Promise<void> {
    let turn = deepFreeze(first);
    let failure: unknown = null;
    try {
      this.#start(begun, run);
      turn = await this.#understand(turn, run);
      const retrieving = this.#retrieve(turn, run, ahead);
      const recalled = await this.#recall(turn, run);
      if (recalled) {
        retrieving?.abandon();
        this.#replay(recalled, run);
      } else {
        turn = deepFreeze({ ...turn, passages: (await retrieving?.passages) ?? [] });
        turn = await this.#route(turn, run);
        await this.#generate(turn, run);
        await this.#cite(turn, run);
      }
    } catch (error) {
      failure = error;
    }
    const complete = await this.#finish(turn, run, failure);
    answered();
    if (complete) await this.#assess(turn, run);
  }

  #start({ conversation, userMessage, assistantMessage, generation }: BegunTurn, run: TurnRun): void {
    emit('parley:generation:start', { generationId: generation.id, conversationId: conversation.id });
    run.emit({
      type: 'generation-started',
      conversationId: conversation.id,
      userMessageId: userMessage.id,
      assistantMessageId: assistantMessage.id,
      attempt: generation.epoch,
    });
  }

  async #understand(turn: Turn, run: TurnRun): Promise<Turn> {
    const intent = await this.#parts.driver.understand(turn, run);
    if (!intent) return turn;
    run.emit({ type: 'intent-tracked', intent: deepFreeze(intent) });
    return deepFreeze({ ...turn, intent, query: intent.standaloneQuery || turn.content });
  }

  /**
   * Retrieval needs nothing of what `begin` writes: where no plugin is asked before it, it may run beside it. Null where one is.
   */
  ahead(question: Omit<TurnQuestion, 'limit'>, features: ReadonlySet<string>): Retrieving | null {
    const { driver, retrieval, passageLimit: limit } = this.#parts;
    if (driver.has('understand', features) || !driver.has('retrieve', features)) return null;
    return startRetrieving(retrieval, { ...question, limit }, features);
  }

  /** Under way while `recall` is asked; abandoned when that has the answer. */
  #retrieve({ viewer, query, documentIds }: Turn, run: TurnRun, ahead: Retrieving | null): Retrieving | null {
    const { driver, retrieval, passageLimit: limit } = this.#parts;
    if (!ahead && !driver.has('retrieve', run.features)) return null;
    const retrieving = ahead ?? startRetrieving(retrieval, { viewer, query, documentIds, limit }, run.features);
    retrieving.join(run);
    return retrieving;
  }

  #recall(turn: Turn, run: TurnRun): Promise<RecalledAnswer | undefined> {
    return this.#parts.driver.recall(turn, run);
  }

  #replay({ cache, model, text, citations }: RecalledAnswer, run: TurnRun): void {
    run.cache = cache;
    run.model = model;
    run.emit({ type: 'cache-answered', cache });
    run.addText(text);
    run.endText();
    run.finishReason = 'STOP';
    run.citations = citations;
    for (const citation of citations) run.emit({ type: 'citation-added', citation });
  }

  async #route(turn: Turn, run: TurnRun): Promise<Turn> {
    if (turn.passages.length > 0) run.emit({ type: 'passages-retrieved', passages: turn.passages });
    if (turn.requestedModel !== null) return turn;
    const route = await this.#parts.driver.route(turn, run);
    if (!route) return turn;
    run.route = route;
    run.emit({ type: 'model-routed', route });
    return deepFreeze({ ...turn, route });
  }

  async #generate(turn: Turn, run: TurnRun): Promise<void> {
    const { caller, driver, models } = this.#parts;
    const { requestedModel, route } = turn;
    const names = requestedModel ? [requestedModel] : route ? [route.model, ...route.fallbacks] : models.fallbackOrder;
    const stream = driver.generate(
      turn,
      (request) =>
        caller.stream(request, {
          models: names,
          signal: run.signal,
          onAttempt: () => run.restart(),
          onModel: (name) => {
            run.model = name;
          },
          onUsage: (usage) => run.addUsage(usage),
          trace: (stage) => run.trace(stage),
        }),
      run,
    );
    for await (const part of stream(deepFreeze(buildRequest(turn)))) {
      run.signal.throwIfAborted();
      if (part.type === 'text-delta') run.addText(part.text);
      else if (part.type === 'reasoning-delta') run.addReasoning(part.text);
      else if (part.type === 'finish') run.finishReason = part.reason;
    }
    run.signal.throwIfAborted();
    run.endText();
    if (run.text === '') throw new AppError('MODEL_FAILED', 'The model ended without an answer');
  }

  async #cite(turn: Turn, run: TurnRun): Promise<void> {
    if (turn.passages.length === 0) return;
    run.citations = await run.timed('cite', () => cite(run.text, turn.passages)).catch(() => []);
    for (const citation of run.citations) run.emit({ type: 'citation-added', citation });
  }

  /** True where the answer is complete and stored. */
  async #finish(turn: Turn, run: TurnRun, thrown: unknown): Promise<boolean> {
    run.endText();
    if (thrown instanceof StopRun && thrown.why === 'LEASE_LOST') {
      await this.#parts.store.lost(turn.viewer, run, turn.assistantMessageId);
      return false;
    }
    const { status, error } = endOf(thrown);
    const stored = await this.#parts.store.finish(run, {
      generationId: run.generationId,
      epoch: run.epoch,
      status,
      content: run.text,
      reasoning: run.reasoning || null,
      finishReason: status === 'COMPLETE' ? (run.finishReason ?? 'OTHER') : null,
      citations: run.citations.map(({ passage, quote: _quote, ...citation }) => ({
        ...citation,
        passageId: passage.id,
        documentId: passage.documentId,
        score: passage.score,
        vectorScore: passage.vectorScore,
        keywordScore: passage.keywordScore,
      })),
      intent: turn.intent,
      topic: turn.intent?.topic ?? null,
      model: run.model,
      route: run.route,
      cache: run.cache,
      usage: run.usage,
      stages: run.stages,
      error,
      firstTokenMs: run.firstTokenMs,
      durationMs: run.durationMs,
    });
    return stored && status === 'COMPLETE';
  }

  async #assess(turn: Turn, run: TurnRun): Promise<void> {
    if (!this.#parts.driver.has('assess', run.features)) return;
    const before = run.stages.length;
    const answer = { text: run.text, model: run.model ?? '' };
    const [report] = await this.#parts.driver.assess(turn, answer, run).catch(() => []);
    await this.#parts.store.evaluate(turn.viewer, run, report, run.stages.slice(before));
  }
}

/** How a turn ends by what was thrown. */
function endOf(thrown: unknown): { readonly status: FinishTurn['status']; readonly error: GenerationError | null } {
  if (thrown === null) return { status: 'COMPLETE', error: null };
  if (thrown instanceof StopRun) {
    if (thrown.why === 'CANCELLED') return { status: 'CANCELLED', error: null };
    return { status: 'INTERRUPTED', error: INTERRUPTED };
  }
  const { code, message, retryable, retryAfter } = toAppError(thrown);
  const error = { code, message: storable(message), retryable };
  return {
    status: 'FAILED',
    error: retryAfter === undefined ? error : { ...error, retryAfterMs: Math.ceil(retryAfter * 1000) },
  };
}
