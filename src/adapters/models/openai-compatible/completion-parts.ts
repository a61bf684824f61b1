import type { ModelPart } from '#core/ports/language-model.ts';
import { DONE, type PolledSource } from '#core/runtime/polled.ts';
import type { Answer } from '../answer.ts';
import type { Stall } from '../stall.ts';
import type { CompletionStream } from './completion-stream.ts';

/** The parts that the pieces of a completion become. While the provider is waited for, its time counts. */
export class CompletionParts implements PolledSource<ModelPart> {
  /** A piece has come. */
  hasBegun = false;
  readonly #completion: CompletionStream;
  readonly #answer: Answer;
  readonly #stall: Stall;
  readonly #tokenTimeoutMs: number;
  #parts: readonly ModelPart[] = [];
  #place = 0;

  constructor(completion: CompletionStream, answer: Answer, stall: Stall, tokenTimeoutMs: number) {
    this.#completion = completion;
    this.#answer = answer;
    this.#stall = stall;
    this.#tokenTimeoutMs = tokenTimeoutMs;
  }

  poll(wake: () => void): IteratorResult<ModelPart, undefined> | undefined {
    for (;;) {
      const value = this.#parts[this.#place];
      this.#place += 1;
      if (value) return { done: false, value };
      const piece = this.#completion.take();
      if (!piece) break;
      this.hasBegun = true;
      this.#stall.pause();
      this.#parts = this.#answer[piece.type](piece.text);
      this.#place = 0;
    }
    if (this.#completion.ended) return DONE;
    if (this.hasBegun) this.#stall.expect(this.#tokenTimeoutMs);
    this.#completion.wait(wake);
    return undefined;
  }

  return(): Promise<IteratorResult<ModelPart, undefined>> {
    return Promise.resolve(DONE);
  }
}
