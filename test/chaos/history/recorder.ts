import { createWriteStream, type WriteStream } from 'node:fs';
import type { HistoryRecord } from './records.ts';

type Unplaced = HistoryRecord extends infer R ? (R extends HistoryRecord ? Omit<R, 'at'> : never) : never;

/** Milliseconds between looks at the clock, and those of a stall that is worth a line. */
const TICK = 100;
const STALL = 150;

/** Keeps the history of one fault, and writes it as JSON lines. */
export class Recorder {
  readonly records: HistoryRecord[] = [];
  readonly #file: WriteStream | undefined;
  readonly #started = performance.now();
  readonly #clock: NodeJS.Timeout;
  #numbers = 0;

  constructor(path?: string) {
    this.#file = path === undefined ? undefined : createWriteStream(path);
    // Its place in the logs of nginx and of the servers.
    this.#file?.write(`${JSON.stringify({ at: 0, kind: 'begun', time: Date.now() / 1_000 })}\n`);
    let last = performance.now();
    this.#clock = setInterval(() => {
      const milliseconds = Math.round(performance.now() - last - TICK);
      last = performance.now();
      if (milliseconds > STALL) this.add({ kind: 'stall', milliseconds });
    }, TICK);
  }

  add(record: Unplaced): void {
    const placed = { at: Math.round(performance.now() - this.#started), ...record } as HistoryRecord;
    this.records.push(placed);
    this.#file?.write(`${JSON.stringify(placed)}\n`);
  }

  /** A number for an operation or a reader. */
  number(): number {
    this.#numbers += 1;
    return this.#numbers;
  }

  close(): void {
    clearInterval(this.#clock);
    this.#file?.end();
  }
}
