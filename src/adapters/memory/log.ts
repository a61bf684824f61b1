import type { GenerationEvent, LoggedEvent } from '#core/events.ts';
import { formatCursor } from '#core/turn/cursor.ts';
import type { Waited } from './delivery-queue.ts';
import { DeltaRun } from './delta-run.ts';
import { Waiters } from './waiters.ts';

type Delta = Extract<GenerationEvent, { type: DeltaRun['type'] }>;
/** Any other event, at its position. */
interface Told {
  readonly first: number;
  readonly at: number;
  readonly event: Exclude<GenerationEvent, Delta>;
}

/** The events of one attempt at a generation. An object a token would be most of what a stream takes: deltas of one text are a run. */
export class Log implements Waited {
  readonly generationId: string;
  readonly epoch: number;
  readonly isCopy: boolean;
  readonly waiting = new Waiters();
  /** How many read it. */
  readers = 0;
  isDue = false;
  closed = false;
  /** Number of events. */
  size = 0;
  /** UTF-16 code units of the answer so far. */
  length = 0;
  /** In the order of their positions. */
  readonly #parts: (DeltaRun | Told)[] = [];
  #reasoned = 0;
  #last: { from: number; to: number; logged: LoggedEvent } | undefined;

  constructor(generationId: string, epoch: number, isCopy: boolean) {
    this.generationId = generationId;
    this.epoch = epoch;
    this.isCopy = isCopy;
  }

  wake(): void {
    for (const wake of this.waiting.take()) wake();
  }

  /** `at`: milliseconds since the epoch. */
  add(event: GenerationEvent, at: number): void {
    if (event.type === 'text-delta') {
      this.#run(event, this.length).add(event.text, at);
      this.length += event.text.length;
    } else if (event.type === 'reasoning-delta') {
      if (event.offset === 0) this.#reasoned = 0; // another model's
      this.#run(event, this.#reasoned).add(event.text, at);
      this.#reasoned += event.text.length;
    } else {
      if (event.type === 'text-snapshot') this.length = event.text.length;
      this.#parts.push({ first: this.size, at, event });
    }
    this.size += 1;
  }

  /** The events, one by one. */
  events(from: number, to: number): GenerationEvent[] {
    return Array.from({ length: Math.max(0, Math.min(to, this.size) - from) }, (_, index) =>
      this.#event(from + index, from + index + 1),
    );
  }

  /** The event that takes a reader from entry `from` to entry `to`; readers side by side share one. */
  merged(from: number, to: number, snapshot: boolean): LoggedEvent {
    if (this.#last?.from === from && this.#last.to === to && !snapshot) return this.#last.logged;
    const last = this.#part(to - 1);
    const event =
      snapshot && last instanceof DeltaRun
        ? { type: 'text-snapshot' as const, text: this.#textUntil(to), attempt: this.epoch }
        : this.#event('event' in last ? to - 1 : from, to);
    const logged = {
      cursor: formatCursor(this.epoch, to),
      generationId: this.generationId,
      at: last.at,
      event,
    };
    // Kept for no other reader it would outlive collections of the young generation.
    if (this.readers > 1) this.#last = { from, to, logged };
    return logged;
  }

  /** The position after the last event that can be one with this one: deltas of one text are. */
  runEnd(position: number): number {
    const part = this.#part(position);
    return part instanceof DeltaRun ? part.next : position + 1;
  }

  /** UTF-16 code units of the answer in these entries, which are deltas of one text. */
  answerIn(from: number, to: number): number {
    const part = this.#part(from);
    return part instanceof DeltaRun && part.type === 'text-delta' ? part.offset(to) - part.offset(from) : 0;
  }

  /** The position after the last entry that changed the text, which is a snapshot's position. 0 if there is none. */
  get textPosition(): number {
    const part = this.#parts.findLast((one) => isAnswer(one));
    return part ? this.runEnd(part.first) : 0;
  }

  /** The run that a delta at the end of the log belongs to; `begin` is where it begins in its text. */
  #run({ type, text }: Delta, begin: number): DeltaRun {
    const last = this.#parts.at(-1);
    if (last instanceof DeltaRun && last.type === type && last.end === begin && last.takes(text)) return last;
    const run = new DeltaRun(type, this.size, begin);
    this.#parts.push(run);
    return run;
  }

  /** The part with an entry. */
  #part(position: number): DeltaRun | Told {
    let [low, high] = [0, this.#parts.length - 1];
    if (position >= (this.#parts[high]?.first ?? 0)) low = high;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.#parts[middle]?.first ?? 0) <= position) low = middle;
      else high = middle - 1;
    }
    return this.#parts[low] as DeltaRun | Told;
  }

  #event(from: number, to: number): GenerationEvent {
    const part = this.#part(from);
    if ('event' in part) return part.event;
    return { type: part.type, text: part.text(from, to), offset: part.offset(from) };
  }

  #textUntil(to: number): string {
    const pieces: string[] = [];
    for (let index = this.#parts.length - 1; index >= 0; index -= 1) {
      const part = this.#parts[index];
      if (!part || part.first >= to || !isAnswer(part)) continue;
      if ('event' in part) {
        if (part.event.type === 'text-snapshot') pieces.push(part.event.text);
        break;
      }
      pieces.push(part.text(part.first, Math.min(to, part.next)));
    }
    return pieces.reverse().join('');
  }
}

/** It changed the text of the answer. */
const isAnswer = (part: DeltaRun | Told): boolean =>
  part instanceof DeltaRun ? part.type === 'text-delta' : part.event.type === 'text-snapshot';
