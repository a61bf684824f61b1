import { AppError } from '../errors.ts';
import type { LanguageModels, ModelPart } from '../ports/language-model.ts';
import type { OpenCall } from '../ports/store.ts';
import { eachValue } from '../runtime/each-value.ts';
import type { Usage } from '../turn.ts';
import type { ModelCall, StartingAttempt } from './model-caller.ts';
import { openCall } from './open-calls.ts';
import type { TurnRun } from './turn-run.ts';

/** The call of models that answers a turn, and what its parts do to the run. */
export class Answering implements ModelCall {
  readonly stage = 'generate';
  readonly models: readonly string[];
  readonly run: TurnRun;
  readonly #all: LanguageModels;

  /** `models`: in the order of attempts. */
  constructor(models: readonly string[], all: LanguageModels, run: TurnRun) {
    this.models = models;
    this.run = run;
    this.#all = all;
  }

  get signal(): AbortSignal {
    return this.run.signal;
  }

  onAttempt({ model, request, continues }: StartingAttempt): Promise<void> | undefined {
    this.run.restart(continues);
    const call: OpenCall | null = openCall(this.#all, model, request, continues ? this.run.text : '');
    return this.run.beginCall(call);
  }

  onAttemptEnd(): void {
    this.run.calls.end();
  }

  onModel(name: string): void {
    this.run.model = name;
  }

  onUsage(usage: Usage): void {
    this.run.addUsage(usage);
  }

  /** Reads the answer to its end. */
  async read(parts: AsyncIterable<ModelPart>): Promise<void> {
    const { run } = this;
    await eachValue(parts, (part) => {
      run.signal.throwIfAborted();
      const held = run.held();
      return held ? held.then(() => this.#take(part)) : this.#take(part);
    });
    run.signal.throwIfAborted();
    run.endText();
    if (run.text === '') throw new AppError('MODEL_FAILED', 'The model ended without an answer');
  }

  #take(part: ModelPart): undefined {
    if (part.type === 'text-delta') this.run.addText(part.text);
    else if (part.type === 'reasoning-delta') this.run.addReasoning(part.text);
    else if (part.type === 'finish') this.run.finishReason = part.reason;
  }
}
