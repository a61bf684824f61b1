import { type ErrorCode, toAppError } from '../errors.ts';
import type { LanguageModel, LanguageModels, ModelPart, ModelRequest } from '../ports/language-model.ts';
import { emit } from '../runtime/diagnostics.ts';
import { polled } from '../runtime/each-value.ts';
import { DONE, type PolledSource } from '../runtime/polled.ts';
import { type StageSink, traceStage } from '../runtime/stage-trace.ts';
import { begin, type ModelWork, type Running } from '../runtime/work.ts';
import { GrowingText } from '../text/growing-text.ts';
import type { FinishReason, StageTrace, Usage } from '../turn.ts';
import { ChunkGaps } from './chunk-gaps.ts';
import { estimateTokens, TokenCount } from './token-estimate.ts';

/** What a call of one model needs to know of who asks. */
export interface AttemptCall {
  readonly signal: AbortSignal;
  /** The model that answers, told at its first token. */
  onModel(name: string): void;
  /** Once a provider call, however it ended; not where it failed before it said anything. */
  onUsage(usage: Usage, model: string): void;
  /** What the run's trace calls it. */
  readonly stage: 'generate' | 'ask';
  readonly run: StageSink;
}

/** One call of one provider: what it said, how long it took, what it is charged with. */
export class Attempt implements PolledSource<ModelPart> {
  readonly #models: LanguageModels;
  readonly #name: string;
  readonly #request: ModelRequest;
  readonly #call: AttemptCall;
  readonly #started = performance.now();
  #model: LanguageModel | undefined;
  readonly #text = new TokenCount();
  readonly #reasoning = new TokenCount();
  /** For those who watch. */
  #answer: GrowingText | undefined;
  #usage: Extract<ModelPart, { type: 'usage' }> | undefined;
  #ended: 'OK' | 'FAILED' | 'TIMED_OUT' = 'FAILED';
  #detail: string | null = 'broken off';
  #error: ErrorCode | null = null;
  #firstChunkMs: number | null = null;
  readonly #gaps = new ChunkGaps();
  #finishReason: FinishReason | null = null;
  readonly #work: ModelWork;
  #running: Running | undefined;
  #source: PolledSource<ModelPart> | undefined;

  constructor(models: LanguageModels, name: string, request: ModelRequest, call: AttemptCall) {
    this.#models = models;
    this.#name = name;
    this.#request = request;
    this.#call = call;
    this.#work = { kind: 'model', model: name, stage: call.stage, request };
  }

  get answered(): boolean {
    return this.#text.length > 0;
  }

  poll(wake: () => void): IteratorResult<ModelPart, undefined> | undefined {
    try {
      this.#source ??= this.#begin();
      const result = this.#source.poll(wake);
      if (result?.done) {
        this.#ended = 'OK';
        this.#detail = null;
      } else if (result) this.#note(result.value);
      return result;
    } catch (error) {
      const { code } = toAppError(error);
      this.#ended = code === 'TIMED_OUT' ? 'TIMED_OUT' : 'FAILED';
      this.#detail = code;
      this.#error = code;
      throw error;
    }
  }

  async return(): Promise<IteratorResult<ModelPart, undefined>> {
    await this.#source?.return();
    return DONE;
  }

  #begin(): PolledSource<ModelPart> {
    this.#model = this.#models.get(this.#name);
    this.#running = begin(this.#work);
    if (this.#running.isWatched) this.#answer = new GrowingText();
    return polled(this.#running.stream(this.#model.stream(this.#request, this.#call.signal)));
  }

  #note(part: ModelPart): void {
    if (part.type === 'usage') this.#usage = part;
    else if (part.type === 'finish') this.#finishReason = part.reason;
    else this.#chunk();
    if (part.type === 'reasoning-delta') this.#reasoning.add(part.text);
    else if (part.type === 'text-delta' && part.text !== '') {
      if (!this.answered) this.#call.onModel(this.#name);
      this.#text.add(part.text);
      this.#answer?.add(part.text);
    }
  }

  /**
   * A provider that does not tell is charged by estimate, and the trace says so. One that was at work when the caller went bills the
   * request also where it had said nothing yet.
   */
  account(): void {
    const said = this.#usage;
    const isBilled = this.#text.length + this.#reasoning.length > 0 || (this.#leftAtWork && !this.#model?.usesNoTokens);
    const estimated = isBilled && (said?.inputTokens == null || said.outputTokens == null);
    let usage: Usage | null = null;
    if (said || isBilled) {
      const inputTokens = said?.inputTokens ?? inputEstimate(this.#request);
      const outputTokens = said?.outputTokens ?? this.#reasoning.tokens + this.#text.tokens;
      const costUsd = this.#models.cost(this.#name, inputTokens, outputTokens, said?.cached);
      usage = { inputTokens, outputTokens, costUsd };
      this.#call.onUsage(usage, this.#name);
    }
    const detail = [this.#detail, estimated ? 'usage estimated' : null].filter(Boolean).join('; ') || null;
    const durationMs = performance.now() - this.#started;
    traceAttempt(this.#call, this.#name, this.#ended, durationMs, detail);
    Object.assign(this.#work, {
      ...{ outcome: this.#ended, error: this.#error, usage, answer: this.#answer?.read() ?? '' },
      ...{ firstChunkMs: this.#firstChunkMs, finishReason: this.#finishReason },
    } satisfies Partial<ModelWork>);
    this.#running?.end();
    emit('parley:model-call', {
      ...{ model: this.#name, stage: this.#call.stage, outcome: this.#ended, error: this.#error, durationMs, usage },
      ...{ firstChunkMs: this.#firstChunkMs, chunkGapsMs: this.#gaps.values, gapsEach: this.#gaps.each },
    });
  }

  get #leftAtWork(): boolean {
    return this.#running !== undefined && this.#ended !== 'OK' && this.#call.signal.aborted;
  }

  #chunk(): void {
    const now = performance.now();
    this.#firstChunkMs ??= now - this.#started;
    this.#gaps.add(now);
  }
}

export const inputEstimate = ({ system, messages, partial = '' }: ModelRequest): number =>
  messages.reduce(
    (sum, { content }) => sum + estimateTokens(content),
    estimateTokens(system) + estimateTokens(partial),
  );

export const traceAttempt = (
  call: AttemptCall,
  model: string,
  outcome: StageTrace['outcome'],
  durationMs: number,
  detail: string | null,
) => traceStage(call.run, { stage: call.stage, plugin: model, outcome, durationMs, detail });
