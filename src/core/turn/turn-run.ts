import type { GenerationEvent } from '../events.ts';
import type { HookRun } from '../hooks/driver.ts';
import type { EventLog } from '../ports/event-log.ts';
import type { BegunTurn, FinishTurn, GenerationRecord, OpenCall } from '../ports/store.ts';
import { emit } from '../runtime/diagnostics.ts';
import { traceStage } from '../runtime/stage-trace.ts';
import { inWork } from '../runtime/work.ts';
import { storable, wholeCharacters } from '../text/characters.ts';
import { GrowingText } from '../text/growing-text.ts';
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
import { OpenCalls } from './open-calls.ts';
import { storedCitation } from './stored-citations.ts';

/** Why a run was stopped from outside. */
export class StopRun extends Error {
  override readonly name = 'StopRun';
  readonly why: 'CANCELLED' | 'INTERRUPTED' | 'LEASE_LOST' | 'RELEASED';
  constructor(why: StopRun['why']) {
    super(why);
    this.why = why;
  }
}

/** Where a run begins that another replica had begun. */
export interface ResumedRun {
  /** The answer's beginning, which the model continues; empty where it starts again. */
  readonly text: string;
  /** Of provider calls before. */
  readonly usage: Usage;
}

/** Where a run's events go. */
export type RunLog = Pick<EventLog, 'open' | 'append' | 'close' | 'abandon'>;

/** A running generation: its text and events so far, and the sending of events to its readers. */
export class TurnRun implements HookRun {
  readonly generationId: string;
  readonly epoch: number;
  readonly features: ReadonlySet<string>;
  readonly signal: AbortSignal;
  readonly stages: StageTrace[] = [];
  readonly question: string;
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
  /** A summary of the conversation was stored with the answer. */
  isSummarised = false;
  /** Set by the pipeline. */
  ask: NonNullable<HookRun['ask']> = () => {
    throw new Error('a model was asked for before the turn began');
  };
  charge: NonNullable<HookRun['charge']> = () => undefined;
  retrieved: NonNullable<HookRun['retrieved']> = () => Promise.resolve([]);
  /** Answers the same message again; null where that cannot be now. Set by who starts the run. */
  again: ((revision: Revision, overall: number) => Promise<GenerationRecord | null>) | null = null;
  /** In a revision: receives its score. */
  revises: { judged(overall: number): Promise<void> } | null = null;
  /** Length of the text in the store. It lags behind by one flush. */
  flushed = 0;
  /** The same of the reasoning, which another model begins again. */
  flushedReasoning = '';
  readonly calls: OpenCalls;
  /** Of calls before the latest one. */
  usageBefore: Usage = NO_USAGE;
  /** By `performance.now()`: when another replica may take the generation over, unless the lease is renewed before. */
  heldUntil = Number.POSITIVE_INFINITY;
  /** Resolves when the lease is renewed, or is lost: then the run has been stopped. Set by who holds the leases. */
  renew: () => Promise<void> = () => Promise.resolve();
  /** Tells the store which provider call runs. Never rejects. Set by who holds the leases. */
  tell: () => Promise<void> = () => Promise.resolve();
  readonly #log: RunLog;
  readonly #started: number;
  readonly #controller = new AbortController();
  #ended: number | undefined;
  #text = new GrowingText();
  #reasoning = new GrowingText();
  #half = '';
  #halfReasoning = '';
  readonly #answer: () => void;

  /** `presumed`: the store counts a provider call until a flush tells otherwise. */
  constructor(
    log: RunLog,
    { generation, userMessage }: BegunTurn,
    { resumed = null, presumed = false }: { readonly resumed?: ResumedRun | null; readonly presumed?: boolean } = {},
  ) {
    this.#log = log;
    this.calls = new OpenCalls(presumed);
    this.generationId = generation.id;
    this.question = userMessage.content;
    this.epoch = generation.epoch;
    this.features = new Set(generation.features);
    this.signal = this.#controller.signal;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.answered = promise;
    this.#answer = resolve;
    this.#started = performance.now();
    if (resumed) {
      this.#text = new GrowingText(resumed.text);
      this.usage = resumed.usage;
      this.usageBefore = resumed.usage;
      this.#started -= Math.max(0, Date.now() - generation.startedAt.getTime());
    }
    log.open(this.generationId, this.epoch);
  }

  get text(): string {
    return this.#text.read();
  }

  /** A reasoning model's thoughts before its answer; separate from the answer everywhere. */
  get reasoning(): string {
    return this.#reasoning.read();
  }

  /** True where another replica had begun the turn: readers may hold more of its text than was stored. */
  get isResumed(): boolean {
    return this.epoch > 1;
  }

  /**
   * Before the answer grows: undefined while this replica holds the generation, as nearly always. Else it has slept, and another may
   * run the generation: a promise that resolves when it holds it still, and rejects when it does not.
   */
  held(): Promise<void> | undefined {
    if (performance.now() < this.heldUntil) return undefined;
    return this.renew().then(() => this.signal.throwIfAborted());
  }

  /** The answer is out. */
  answer(): void {
    this.isOver = true;
    this.#answer();
  }

  /** To the end of the answer. */
  get durationMs(): number {
    return Math.round((this.#ended ?? performance.now()) - this.#started);
  }

  stop(why: StopRun['why']): void {
    this.#answer();
    this.#controller.abort(new StopRun(why));
  }

  emit(event: GenerationEvent): void {
    this.#log.append(this.generationId, this.epoch, event);
  }

  texts(): readonly string[] {
    return [this.question, this.text];
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
    const offset = this.#text.length;
    this.#text.add(whole);
    if (this.firstTokenMs === null) {
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
    this.#text = new GrowingText(storable(text));
    if (first) this.firstTokenMs = this.durationMs;
    this.emit({ type: 'text-snapshot', text: this.text, attempt: this.epoch });
  }

  /** The answer is over: what was held back comes out. */
  endText(): void {
    this.#ended = performance.now();
    if (this.#half === '') return;
    this.#half = '';
    this.addText('\ufffd');
  }

  addReasoning(addition: string): void {
    const { whole, half } = wholeCharacters(this.#halfReasoning + addition);
    this.#halfReasoning = half;
    if (whole === '') return;
    const offset = this.#reasoning.length;
    this.#reasoning.add(whole);
    this.emit({ type: 'reasoning-delta', text: whole, offset });
  }

  /** Another model starts: discards the reasoning of the previous one, and its text unless the model continues it. */
  restart(continues: boolean): void {
    if (!continues) this.replaceText('');
    this.#reasoning = new GrowingText();
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

  /**
   * A provider call begins. A promise where it must wait until the store knows of it: in a turn that another server had begun, whose
   * first token is late anyway.
   */
  beginCall(call: OpenCall | null): Promise<void> | undefined {
    this.usageBefore = this.usage;
    if (!call || !this.calls.begin(call)) return undefined;
    const told = this.tell();
    return this.isResumed ? told : undefined;
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
      stages: [...this.stages],
      firstTokenMs: this.firstTokenMs,
      durationMs: this.durationMs,
    };
  }

  close(): void {
    this.#log.close(this.generationId, this.epoch);
  }

  /** Another replica runs it, or ended it: readers here find the rest there, or in the store. */
  abandon(): void {
    this.#log.abandon(this.generationId, this.epoch);
  }
}
