import type { ExecutionResult } from 'graphql';
import { type Context, loaders } from '#schema/index.ts';
import type { Compiled } from './compiler.ts';
import type { Observed } from './operation-observer.ts';
import type { Result, Tell, ToldOptions } from './results.ts';

export interface LiveOperationParts {
  readonly observed: Observed;
  /** Null: its source gives results, not events. */
  readonly compiled: Compiled | null;
  readonly variables: Readonly<Record<string, unknown>> | null | undefined;
  /** Its place among the connections. */
  readonly discount: (() => void) | undefined;
  readonly told: Tell;
}

/** A subscription that runs. A class, for there is one a reader: closures take three times the memory. */
export class LiveOperation implements ToldOptions, EventListenerObject {
  /**
   * A loader's cache is right for one moment: each event reads again. The signal is the operation's own: a client may end it and keep
   * its socket.
   */
  readonly context: Context;
  readonly #client: AbortSignal;
  readonly #parts: LiveOperationParts;
  readonly #values: Readonly<Record<string, unknown>>;
  readonly #over = new AbortController();
  #failed = false;

  constructor(given: Context, parts: LiveOperationParts) {
    this.#client = given.signal;
    this.#parts = parts;
    this.#values = { ...parts.compiled?.defaults, ...parts.variables };
    const { signal } = this.#over;
    this.context = { ...given, signal, loaders: loaders(given.parley, given.viewer, { signal, remember: false }) };
    if (given.signal.aborted) this.leave();
    else given.signal.addEventListener('abort', this);
  }

  execute(event: unknown): ExecutionResult | Promise<ExecutionResult> {
    const { compiled, observed } = this.#parts;
    if (!compiled) return event as ExecutionResult;
    return observed.run(() => compiled.query(event, this.context, this.#values));
  }

  told(result: ExecutionResult): Result {
    const answer = this.#parts.told(result, this.context);
    this.#failed ||= hasErrors(answer);
    return answer;
  }

  /** It is over; only the first call counts. */
  leave(): void {
    this.#client.removeEventListener('abort', this);
    this.#parts.discount?.();
    this.#parts.observed.end(this.#failed);
    this.#over.abort();
  }

  /** The client has gone. */
  handleEvent(): void {
    this.leave();
  }
}

export const hasErrors = ({ errors }: Result): boolean => errors !== undefined && errors.length > 0;
