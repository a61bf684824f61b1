/**
 * Work that has a beginning and an end, for tracing: the channels START and END. A subscriber binds a store to START
 * (`bindStore`); whatever begins inside the work finds it there, across awaits and background work. Without a subscriber
 * this costs no more than a look whether there is one.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { channel } from 'node:diagnostics_channel';
import type { ErrorCode } from '../errors.ts';
import type { ModelRequest } from '../ports/language-model.ts';
import type { FinishReason, StageOutcome, Usage } from '../turn.ts';
import { isPolled } from './polled.ts';

/** A request of GraphQL over HTTP. */
export interface RequestWork {
  readonly kind: 'request';
  readonly method: string;
  readonly route: string;
  readonly requestId: string;
  /** Where the caller's trace stands: https://www.w3.org/TR/trace-context/ */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  status?: number;
}
/** A message on a WebSocket: parsing, validation and execution belong to it, as they belong to a request of HTTP. */
export interface MessageWork {
  readonly kind: 'message';
  readonly requestId: string;
}
/** A step of a GraphQL operation; the figures are those of its execution. */
export interface StepWork {
  readonly kind: 'parse' | 'validate' | 'execute';
  type?: 'query' | 'mutation' | 'subscription';
  /** As the client calls it. */
  name?: string | undefined;
  /** The field at the root. */
  field?: string;
  failed?: boolean;
}
/** A place in a trace that this process did not begin: what `carriedTrace` answered there. */
interface Carried {
  readonly trace?: string | undefined;
}
/** A turn that another replica began is resumed here: its beginning, its retrieval and the turn are inside. */
export interface TakeoverWork extends Carried {
  readonly kind: 'takeover';
  readonly generationId: string;
}
/** From a begun turn to what is remembered of it: it outlives its operation. */
export interface TurnWork {
  readonly kind: 'turn';
  readonly generationId: string;
  readonly conversationId: string;
}
export interface StageWork {
  readonly kind: 'stage';
  readonly stage: string;
  /** `core` for core's own stages. */
  readonly plugin: string;
  outcome?: StageOutcome;
}
/** A call of a service in place of a plugin's hook. */
export interface ServiceWork {
  readonly kind: 'service';
  readonly service: string;
  readonly hook: string;
  failed?: boolean;
}
/** A call of one model. The texts are here by reference, and for subscribers alone that were told to show them. */
export interface ModelWork {
  readonly kind: 'model';
  /** `provider:model` */
  readonly model: string;
  readonly stage: 'generate' | 'ask';
  readonly request: ModelRequest;
  answer?: string;
  outcome?: StageOutcome;
  error?: ErrorCode | null;
  firstChunkMs?: number | null;
  finishReason?: FinishReason | null;
  usage?: Usage | null;
}
export interface RetrievalWork {
  readonly kind: 'retrieval';
  readonly query: string;
  readonly limit: number;
  found?: number;
}
/** Work that outlives its request: an ingestion, an evaluation run. */
export interface JobWork extends Carried {
  readonly kind: 'job';
  readonly job: string;
  readonly id: string;
}
export type Work = { failure?: unknown } & (
  | RequestWork
  | MessageWork
  | StepWork
  | TakeoverWork
  | TurnWork
  | StageWork
  | ServiceWork
  | ModelWork
  | RetrievalWork
  | JobWork
);

/** Named as `tracingChannel('parley:work')` names its own. */
export const START = channel('tracing:parley:work:start');
export const END = channel('tracing:parley:work:asyncEnd');

export interface Running {
  /** False: its end is not published. */
  readonly isWatched: boolean;
  /** Runs a function inside the work. */
  run<T>(inside: () => T): T;
  /** An iterator whose every step runs inside the work. */
  stream<T>(source: AsyncIterableIterator<T>): AsyncIterableIterator<T>;
  stream<T>(source: AsyncIterable<T>): AsyncIterable<T>;
  /** Only the first call counts. */
  end(failure?: unknown): void;
}

/** Of work that nobody watches. */
export const UNWATCHED: Running = {
  isWatched: false,
  run: (inside) => inside(),
  stream: <T>(source: AsyncIterableIterator<T>) => source,
  end: () => undefined,
};

/** Work that nobody watches, whose inside is run by a function: there a tracer notes that nothing of it is traced. */
export const unwatched = (run: Within): Running => ({
  ...UNWATCHED,
  run,
  stream: <T>(source: AsyncIterable<T>) => inside(source, run),
});

/** Begins a piece of work. `end` must be called; figures that are known by then are set on the object before. */
export function begin(work: Work): Running {
  if (!START.hasSubscribers) return UNWATCHED;
  const leftOut = tracer.leavesOut(work);
  if (leftOut) return leftOut;
  const run = START.runStores(work, tracer.here);
  let over = false;
  return {
    isWatched: true,
    run,
    stream: <T>(source: AsyncIterable<T>) => inside(source, run),
    end(failure) {
      if (over) return;
      over = true;
      if (failure !== undefined) work.failure = failure;
      END.publish(work);
    },
  };
}

/** Work that is a promise. */
export function inWork<T>(work: Work, promised: () => Promise<T>): Promise<T> {
  const running = begin(work);
  const promise = running.run(promised);
  if (running.isWatched)
    promise.then(
      () => running.end(),
      (error) => running.end(error),
    );
  return promise;
}

/** No promise more than the source gives: it is read once a token. */
function inside<T>(source: AsyncIterable<T>, run: Within): AsyncIterableIterator<T> {
  const iterator = run(() => source[Symbol.asyncIterator]());
  return {
    ...(isPolled<T>(iterator) ? { poll: (wake: () => void) => run(() => iterator.poll(wake)) } : {}),
    next: () => run(() => iterator.next()),
    return: (value) => run(() => iterator.return?.(value) ?? Promise.resolve({ done: true, value })),
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

/** Where timers that outlive the request begin: without its work. */
export const outside: Within = AsyncLocalStorage.snapshot() as Within;

export interface TraceIds {
  readonly trace_id: string;
  readonly span_id: string;
}
/** Runs a function at a place in the tree of work. */
export type Within = <T>(inside: () => T) => T;
export interface Tracer {
  ids(): TraceIds | undefined;
  carried(): string | undefined;
  /**
   * Undefined for work that is traced. Otherwise how its inside runs: a trace that is not kept is decided on where it begins,
   * before anything is made for it.
   */
  leavesOut(work: Work): Running | undefined;
  /** Runs functions at the place where it is called; cheaper than a snapshot of all stores. */
  here(): Within;
}
export const NO_TRACER: Tracer = {
  ids: () => undefined,
  carried: () => undefined,
  leavesOut: () => undefined,
  here: () => AsyncLocalStorage.snapshot() as Within,
};
let tracer = NO_TRACER;

/** The trace that is under way here, for the log. */
export const traceIds = (): TraceIds | undefined => tracer.ids();
/**
 * The place in the trace that is under way here, for work that goes on in another process; also that nothing of it is kept. Opaque to
 * core (a header `traceparent`); undefined where nothing is traced.
 */
export const carriedTrace = (): string | undefined => tracer.carried();
export const provideTracer = (given: Tracer): void => {
  tracer = given;
};
