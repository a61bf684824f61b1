import type { GenerationEvent } from '../events.ts';
import type { HookRun } from '../hooks/driver.ts';
import type { EventLog } from '../ports/event-log.ts';
import type { BegunTurn, FinishTurn, GenerationRecord } from '../ports/store.ts';
import { emit } from '../runtime/diagnostics.ts';
import { traceStage } from '../runtime/stage-trace.ts';
import { inWork } from '../runtime/work.ts';
import {
  CACHE_MISS,
  type CacheOutcome,
  type Citation,
  type FinishReason,
  NO_USAGE,
  type Revision,
  type RouteDecision,
  type StageTrace,
  type Usage,
} from '../turn.ts';
import { storedCitation } from './stored-citations.ts';

/** Why a run was stopped from outside. */
export class StopRun extends Error {
  override readonly name = 'StopRun';
  readonly why: 'CANCELLED' | 'INTERRUPTED' | 'LEASE_LOST';
  constructor(why: StopRun['why']) {
    super(why);
    this.why = why;
  }
}

/** A running generation: its text and events so far, and the sending of events to its readers. */
export class TurnRun implements HookRun {
  readonly generationId: string;
  readonly epoch: number;
  readonly features: ReadonlySet<string>;
  readonly signal: AbortSignal;
  readonly stages: StageTrace[] = [];
  text = '';
  /** A reasoning model's thoughts before its answer; separate from the answer everywhere. */
  reasoning = '';
  finishReason: FinishReason | null = null;
  model: string | null = null;
  route: RouteDecision | null = null;
  cache: CacheOutcome = CACHE_MISS;
  usage: Usage = NO_USAGE;
  citations: readonly Citation[] = [];
  firstTokenMs: number | null = null;
  /** Resolves when the run is over and its end stored; set by who starts it. */
  ended: Promise<void> = Promise.resolve();
  /** Resolves when the answer is out or the run was stopped: what comes after needs no place among the generations. */
  readonly answered: Promise<void>;
  /** True once the end is stored: judging may continue, nothing is left to flush. */
  isOver = false;
  /** Set by the pipeline. */
  ask: NonNullable<HookRun['ask']> = () => {
    throw new Error('a model was asked for before the turn began');
  };
  retrieved: NonNullable<HookRun['retrieved']> = () => Promise.resolve([]);
  /** Answers the same message again; null where that cannot be now. Set by who starts the run. */
  again: ((revision: Revision, overall: number) => Promise<GenerationRecord | null>) | null = null;
  /** In a revision: receives its score. */
  revises: { judged(overall: number): Promise<void> } | null = null;
  /** Length of the text in the store. It lags behind by one flush. */
  flushed = 0;
  /** The same of the reasoning, which another model begins anew. */
  flushedReasoning = '';
  readonly #log: EventLog;
  readonly #started = performance.now();
  readonly #controller = new AbortController();
  #half = '';
  #halfReasoning = '';
  readonly #answer: () => void;

  constructor(log: EventLog, { generation }: BegunTurn) {
    this.#log = log;
    this.generationId = generation.id;
    this.epoch = generation.epoch;
    this.features = new Set(generation.features);
    this.signal = this.#controller.signal;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.answered = promise;
    this.#answer = resolve;
    this.signal.addEventListener('abort', () => resolve(), { once: true });
    log.open(this.generationId, this.epoch);
  }

  /** The answer is out. */
  answer(): void {
    this.isOver = true;
    this.#answer();
  }

  get durationMs(): number {
    return Math.round(performance.now() - this.#started);
  }

  stop(why: StopRun['why']): void {
    this.#controller.abort(new StopRun(why));
  }

  emit(event: GenerationEvent): void {
    this.#log.append(this.generationId, this.epoch, event);
  }

  /** Keeps it; what writes traces is `traceStage`. */
  trace(stage: StageTrace): void {
    this.stages.push({ ...stage, durationMs: Math.round(stage.durationMs * 1000) / 1000 });
  }

  /** Times one of core's own stages. */
  async timed<T>(stage: string, work: () => T | Promise<T>): Promise<T> {
    const started = performance.now();
    const end = (outcome: StageTrace['outcome']) => {
      traceStage(this, { stage, plugin: 'core', outcome, durationMs: performance.now() - started, detail: null });
    };
    try {
      const result = await inWork({ kind: 'stage', stage, plugin: 'core' }, async () => work());
      end('OK');
      return result;
    } catch (error) {
      end('FAILED');
      throw error;
    }
  }

  /** Appends to the answer. Never stores half a surrogate pair or characters that the store refuses. */
  addText(addition: string): void {
    const { whole, half } = wholeCharacters(this.#half + addition);
    this.#half = half;
    if (whole === '') return;
    const offset = this.text.length;
    this.text += whole;
    if (offset === 0) {
      this.firstTokenMs = this.durationMs;
      emit('parley:generation:first-token', {
        generationId: this.generationId,
        model: this.model ?? 'cache',
        firstTokenMs: this.firstTokenMs,
      });
    }
    this.emit({ type: 'text-delta', text: whole, offset });
  }

  /** Readers drop what they hold of the text and take this in its place. */
  replaceText(text: string): void {
    if (text === this.text) return;
    const first = this.text === '' && this.firstTokenMs === null;
    this.#half = '';
    this.text = storable(text);
    if (first) this.firstTokenMs = this.durationMs;
    this.emit({ type: 'text-snapshot', text: this.text, attempt: this.epoch });
  }

  /** The answer is over: what was held back comes out. */
  endText(): void {
    if (this.#half === '') return;
    this.#half = '';
    this.addText('\ufffd');
  }

  addReasoning(addition: string): void {
    const { whole, half } = wholeCharacters(this.#halfReasoning + addition);
    this.#halfReasoning = half;
    if (whole === '') return;
    const offset = this.reasoning.length;
    this.reasoning += whole;
    this.emit({ type: 'reasoning-delta', text: whole, offset });
  }

  /** Another model starts: discards the reasoning of the previous one. */
  restart(): void {
    this.reasoning = '';
    this.#halfReasoning = '';
    this.finishReason = null;
  }

  addUsage({ inputTokens, outputTokens, costUsd }: Usage): void {
    this.usage = {
      inputTokens: this.usage.inputTokens + inputTokens,
      outputTokens: this.usage.outputTokens + outputTokens,
      costUsd: this.usage.costUsd + costUsd,
    };
  }

  /** A stage of core's own that took no time worth telling. */
  note(stage: string, outcome: StageTrace['outcome'], detail: string): void {
    traceStage(this, { stage, plugin: 'core', outcome, durationMs: 0, detail });
  }

  /** The fields of the run to store, without its outcome. */
  stored(): Omit<FinishTurn, 'status' | 'error' | 'intent' | 'topic' | 'reasoning' | 'finishReason'> {
    return {
      generationId: this.generationId,
      epoch: this.epoch,
      content: this.text,
      citations: this.citations.map(storedCitation),
      model: this.model,
      route: this.route,
      cache: this.cache,
      usage: this.usage,
      stages: this.stages,
      firstTokenMs: this.firstTokenMs,
      durationMs: this.durationMs,
    };
  }

  close(): void {
    this.#log.close(this.generationId, this.epoch);
  }
}

/** Holds back a trailing high surrogate, and replaces what is no character: same length, so offsets stay. */
export function wholeCharacters(text: string): { readonly whole: string; readonly half: string } {
  const last = text.charCodeAt(text.length - 1);
  const half = last >= 0xd800 && last <= 0xdbff ? text.slice(-1) : '';
  return { whole: storable(half === '' ? text : text.slice(0, -1)), half };
}

/** Lone surrogates and NUL become U+FFFD: Postgres holds neither. The length stays. */
export const storable = (text: string): string => text.toWellFormed().replaceAll('\0', '\ufffd');
