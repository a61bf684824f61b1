import type { GenerationEvent, LoggedEvent } from '../events.ts';

/**
 * The log of each generation's events, from its start until some time after its end. Losing the log loses no answer: the
 * store has it. An adapter appends first and wakes readers second.
 *
 * `open`, `append` and `close` may take effect later than they are called. For one generation they take effect in the order
 * of the calls: the adapter keeps that order, and callers need not wait. They never reject: an adapter that cannot write
 * warns, and readers fall back to the store.
 */
export interface EventLog {
  /** True where other replicas write: a log may fall silent in the middle of a generation, when its replica dies. */
  readonly shared: boolean;
  /** Begins the log of a generation. From then on a writer with an older epoch is refused. */
  open(generationId: string, epoch: number): void;
  /** Resolves to false where a newer epoch was opened, the log is closed, or it cannot be written: the event is not in it. */
  append(generationId: string, epoch: number, event: GenerationEvent): boolean | Promise<boolean>;
  /** Ends the log: readers end after its last event. It is kept for late readers within bounds of time and number. */
  close(generationId: string, epoch: number): void;
  /**
   * Every event after `cursor` (all without one), then what comes, ending after the last. What queued up since the last
   * pull arrives merged: adjacent deltas as one, and past a bound as one `text-snapshot`. Resolves to undefined where the log
   * is not known here (any more): read the store instead. A cursor that this log never gave starts with a `text-snapshot`;
   * one that the store gave of this attempt gets nothing but the next attempt.
   * Rejects with BAD_USER_INPUT for a string that is no cursor.
   */
  read(
    generationId: string,
    cursor: string | null,
    signal: AbortSignal,
    options?: {
      /** The generation has ended: a log that is not at hand is not waited for. */ readonly ended?: boolean;
    },
  ): Promise<AsyncIterableIterator<LoggedEvent> | undefined>;
  /** Whether the log is known here to its end: a reader that ended has got all. */
  isWhole(generationId: string): boolean;
  /** Forgets the log here, because another replica writes it from now on, or the store alone knows it: readers end, and find it there. */
  abandon(generationId: string, epoch: number): void;
  /** Ends every reader, and writes nothing any more. */
  stop(): Promise<void>;
}
