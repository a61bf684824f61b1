import { withDeadline } from './deadline.ts';
import { warn } from './diagnostics.ts';

/** A component with a start and a stop. */
export interface Part {
  readonly name: string;
  start?(signal: AbortSignal): unknown;
  stop?(): unknown;
  /** Milliseconds; 30,000 and 5,000 unless said. */
  readonly startWithin?: number;
  readonly stopWithin?: number;
}

/** Starts parts in order, each within its time, and stops what has started in reverse; names who was late or failed. */
export class Lifecycle {
  readonly #started: Part[] = [];

  /** Rejects with the name of the part; what had started before is stopped again. */
  async start(part: Part): Promise<void> {
    try {
      await withDeadline(part.startWithin ?? 30_000, (signal) => part.start?.(signal));
      this.#started.push(part);
    } catch (error) {
      await this.stop();
      throw new Error(`${part.name} could not start: ${error instanceof Error ? error.message : error}`, {
        cause: error,
      });
    }
  }

  /** Never rejects: a part that fails or is late is named, and the next one is stopped. */
  async stop(): Promise<void> {
    for (let part = this.#started.pop(); part; part = this.#started.pop()) {
      const { name, stop, stopWithin = 5_000 } = part;
      await withDeadline(stopWithin, () => stop?.call(part)).catch((error) =>
        warn('lifecycle', `${name} did not stop cleanly`, error),
      );
    }
  }
}
