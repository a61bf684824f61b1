import { AppError, toAppError } from '../errors.ts';
import type { PubSub } from '../ports/pub-sub.ts';
import type { EvaluationRecord, FinishTurn, MessageRecord, Store } from '../ports/store.ts';
import { emit, fault, warn } from '../runtime/diagnostics.ts';
import { newId } from '../runtime/identifier.ts';
import { retry } from '../runtime/retry.ts';
import { scoresOf } from '../services/scores.ts';
import { storable } from '../text/characters.ts';
import {
  type GenerationError,
  isTerminal,
  type QualityReport,
  type StageTrace,
  type Turn,
  type Usage,
} from '../turn.ts';
import type { Viewer } from '../viewer.ts';
import type { Charge } from './model-caller.ts';
import { terminalEvent } from './stored-stream.ts';
import { StopRun, type TurnRun } from './turn-run.ts';

export const INTERRUPTED: GenerationError = Object.freeze({
  code: 'INTERRUPTED',
  message: 'The server stopped in the middle of the answer; what there was is kept',
  retryable: true,
});

const DELETED: GenerationError = Object.freeze({
  code: 'NOT_FOUND',
  message: 'The conversation was deleted',
  retryable: false,
});

/** Some 6 s while the database does not answer; after the last attempt the generation is left to recovery. */
const RETRIES = { firstMs: 50, longestMs: 3_000, tries: 9, keepAlive: true };

/** The end of a turn: into the store first, then to the readers. */
export class TurnEnding {
  readonly #store: Store;
  readonly #pubSub: PubSub;
  readonly #charge: Charge;

  constructor(store: Store, pubSub: PubSub, charge: Charge) {
    this.#store = store;
    this.#pubSub = pubSub;
    this.#charge = charge;
  }

  /** True where it is stored. Readers get their terminal event in every case: here, or from where the generation ends. */
  async finish({ viewer, ids }: Pick<Turn, 'viewer' | 'ids'>, run: TurnRun, turn: FinishTurn): Promise<boolean> {
    const outcome = await this.#attempt(turn);
    if (outcome === 'refused') {
      await this.lost(viewer, run, ids?.assistantMessageId ?? '');
      return false;
    }
    if (outcome.stored) {
      run.emit(terminalEvent(outcome.stored, turn.error));
      this.#announce(turn, outcome.stored);
      if (outcome.stored.evaluation) tellEvaluation(run, outcome.stored.evaluation);
    } else if (this.#store.shared) {
      // A replica resumes the generation once the store answers: this is not its end.
      run.abandon();
    } else run.emit({ type: 'generation-failed', error: outcome.error });
    emit('parley:generation:end', {
      generationId: turn.generationId,
      model: turn.model,
      status: outcome.stored ? turn.status : 'FAILED',
      durationMs: turn.durationMs,
      firstTokenMs: turn.firstTokenMs,
      usage: turn.usage,
      errorCode: (outcome.stored ? turn.error : outcome.error)?.code ?? null,
    });
    return outcome.stored !== null;
  }

  /**
   * The generation ended, was taken over or deleted elsewhere, or is released. Readers here may hold more text than counts: they
   * continue where it runs now, or from the store.
   */
  async lost(viewer: Viewer, run: TurnRun, messageId: string): Promise<void> {
    const message = await this.#store.messages.get(viewer, messageId).catch(() => undefined);
    if (message === null) run.emit({ type: 'generation-failed', error: DELETED });
    else run.abandon();
    const rest = message === undefined ? null : uncounted(message, run);
    if (rest && rest.inputTokens + rest.outputTokens > 0)
      this.#charge(viewer, { id: newId(), model: run.model ?? run.calls.model ?? '', usage: rest });
  }

  /** Stores the report of an answer that was stored without it, with the stages of its making. */
  async evaluate(viewer: Viewer, run: TurnRun, report: QualityReport, stages: readonly StageTrace[]): Promise<void> {
    try {
      const evaluation = await this.#store.generations.evaluate(
        viewer,
        run.generationId,
        { id: newId(), report },
        stages,
      );
      if (evaluation) tellEvaluation(run, evaluation);
    } catch (error) {
      fault('assess', 'the evaluation could not be stored', error, { generationId: run.generationId });
    }
  }

  /** Nobody judges the stored answer of this run any more. */
  async unjudged({ generationId }: TurnRun): Promise<void> {
    await this.#store.takeovers
      .unjudged([generationId], false)
      .catch((error) => warn('assess', 'it is tried again', error));
  }

  async #attempt(
    turn: FinishTurn,
  ): Promise<
    | { readonly stored: MessageRecord; readonly error: null }
    | { readonly stored: null; readonly error: GenerationError }
    | 'refused'
  > {
    try {
      const isTransient = (error: unknown) => error instanceof AppError && error.code === 'STORE_UNAVAILABLE';
      const stored = await retry(() => this.#store.generations.finish(turn), { ...RETRIES, isTransient });
      return stored ? { stored, error: null } : 'refused';
    } catch (error) {
      fault('finish', 'a generation could not be stored', error, { generationId: turn.generationId });
    }
    return {
      stored: null,
      error: { code: 'STORE_UNAVAILABLE', message: 'The answer could not be stored', retryable: true },
    };
  }

  #announce({ topic, intent }: FinishTurn, { conversationId, id: messageId, generation }: MessageRecord): void {
    const of = { conversationId, viewerId: generation?.viewerId ?? '', at: Date.now() };
    this.#pubSub.publish({ type: 'message-finished', messageId, ...of });
    if (topic !== null && intent?.topicShift) this.#pubSub.publish({ type: 'topic-changed', topic, ...of });
  }
}

/** Of the usage of a run whose generation ended or was taken over elsewhere, what is counted nowhere. */
function uncounted(message: MessageRecord | null, run: TurnRun): Usage | null {
  if (!message?.generation) return run.usage;
  const { epoch, usage, status } = message.generation;
  // Who takes a generation over, or interrupts it, counts each call that the store knew of.
  if (epoch !== run.epoch) {
    const isLost = run.signal.reason instanceof StopRun && run.signal.reason.why === 'LEASE_LOST';
    return isLost && run.calls.isUntold ? minus(run.usage, run.usageBefore) : null;
  }
  // Who only cancels it knows what was stored. Where this run's own end was stored, and the answer to that was lost, nothing is left.
  return isTerminal(status) && status !== 'INTERRUPTED' ? minus(run.usage, usage) : null;
}

const minus = (all: Usage, part: Usage): Usage => ({
  inputTokens: Math.max(0, all.inputTokens - part.inputTokens),
  outputTokens: Math.max(0, all.outputTokens - part.outputTokens),
  costUsd: Math.max(0, all.costUsd - part.costUsd),
});

/** To the readers and to listeners. */
function tellEvaluation(run: TurnRun, evaluation: EvaluationRecord): void {
  run.emit({ type: 'evaluation-added', evaluation });
  const scores = scoresOf(evaluation.report).map(({ name, value, label, source, judge }) => ({
    name,
    value,
    label,
    source,
    judge,
  }));
  emit('parley:evaluation', { generationId: run.generationId, scores });
}

/** Another replica ends the generation, or has ended it. */
export const isElsewhere = (thrown: unknown): boolean =>
  thrown instanceof StopRun && (thrown.why === 'LEASE_LOST' || thrown.why === 'RELEASED');

/** How a turn ends, by the thrown value. */
export function endOf(thrown: unknown): {
  readonly status: FinishTurn['status'];
  readonly error: GenerationError | null;
} {
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
