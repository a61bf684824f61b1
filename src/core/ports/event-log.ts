import type { GenerationEvent, LoggedEvent } from '../events.ts';

/**
 * The log of each generation's events, from its start until some time after its end. Losing the log loses no answer: the
 * store has it. Append first, wake readers second.
 */
export interface EventLog {
  /** Begins the log of a generation. An older epoch's writer is refused from then on. */
  open(generationId: string, epoch: number): void;
  /** False where a newer epoch has been opened, or the log is closed: nothing was written. */
  append(generationId: string, epoch: number, event: GenerationEvent): boolean;
  /** No further events; readers that have read all of it end. Kept for late readers within bounds of time and number. */
  close(generationId: string, epoch: number): void;
  /** Text so far, for the flush to the store; null where the log is not known here. */
  text(generationId: string): string | null;
  /**
   * Every event after `cursor` (all without one), then what comes, ending after the last. What queued up since the last
   * pull arrives merged: adjacent deltas as one, and past a bound as one `text-snapshot`. Undefined where the log is not
   * known here (any more): read the store instead. A cursor that this log never gave starts with a `text-snapshot`.
   */
  read(
    generationId: string,
    cursor: string | null,
    signal: AbortSignal,
  ): AsyncIterableIterator<LoggedEvent> | undefined;
  stop(): Promise<void>;
}
