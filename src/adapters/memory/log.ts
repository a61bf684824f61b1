import type { GenerationEvent, LoggedEvent } from '#core/events.ts';
import { formatCursor } from '#core/turn/cursor.ts';
import type { Waited } from './delivery-queue.ts';

type Delta = Extract<GenerationEvent, { type: 'text-delta' | 'reasoning-delta' }>;
type Told = Exclude<GenerationEvent, Delta>;

/** The text that a delta belongs to: the answer's, or from 1 on the reasoning of one model after the other. */
const ANSWER = 0;
const NONE = -1;

/**
 * The events of one attempt at a generation, in columns: an object a token would be most of what a stream takes. Deltas keep their own
 * pieces of text, so that reading the newest one does not touch the text before it.
 */
export class Log implements Waited {
  readonly generationId: string;
  readonly epoch: number;
  readonly isCopy: boolean;
  readonly waiting = new Set<() => void>();
  isDue = false;
  closed = false;
  /** UTF-16 code units of the answer so far. */
  length = 0;
  readonly #times: number[] = [];
  /** A delta's piece, or the event itself. */
  readonly #told: (string | Told)[] = [];
  readonly #texts: number[] = [];
  /** Where a delta ends in its text. */
  readonly #ends: number[] = [];
  #reasoning = ANSWER + 1;
  #reasoned = 0;
  #last: { from: number; to: number; logged: LoggedEvent } | undefined;

  constructor(generationId: string, epoch: number, isCopy: boolean) {
    this.generationId = generationId;
    this.epoch = epoch;
    this.isCopy = isCopy;
  }

  get size(): number {
    return this.#told.length;
  }

  wake(): void {
    const woken = [...this.waiting];
    this.waiting.clear();
    for (const wake of woken) wake();
  }

  add(event: GenerationEvent, at: number): void {
    if (event.type === 'text-delta') {
      this.length += event.text.length;
      this.#push(at, event.text, ANSWER, this.length);
    } else if (event.type === 'reasoning-delta') {
      if (event.offset === 0 && this.#reasoned > 0) {
        this.#reasoning += 1;
        this.#reasoned = 0;
      }
      this.#reasoned += event.text.length;
      this.#push(at, event.text, this.#reasoning, this.#reasoned);
    } else {
      if (event.type === 'text-snapshot') this.length = event.text.length;
      this.#push(at, event, NONE, 0);
    }
  }

  /** The events, one by one. */
  events(from: number, to: number): GenerationEvent[] {
    return this.#told
      .slice(from, to)
      .map((told, index) => (typeof told === 'object' ? told : this.#delta(from + index, from + index + 1)));
  }

  /** The event that takes a reader from entry `from` to entry `to`; readers side by side share one. */
  merged(from: number, to: number, snapshot: boolean): LoggedEvent {
    if (this.#last?.from === from && this.#last.to === to && !snapshot) return this.#last.logged;
    const last = this.#told[to - 1];
    const event =
      typeof last === 'object'
        ? last
        : snapshot
          ? { type: 'text-snapshot' as const, text: this.#textUntil(to), attempt: this.epoch }
          : this.#delta(from, to);
    const at = this.#times[to - 1] ?? 0;
    const logged = { cursor: formatCursor(this.epoch, to), generationId: this.generationId, at, event };
    this.#last = { from, to, logged };
    return logged;
  }

  /** True where both entries are deltas of one text. */
  areOne(first: number, second: number): boolean {
    return (this.#texts[first] ?? NONE) !== NONE && this.#texts[first] === this.#texts[second];
  }

  /** UTF-16 code units of the answer in these entries, which are deltas of one text. */
  answerIn(from: number, to: number): number {
    return this.#texts[from] === ANSWER ? (this.#ends[to - 1] ?? 0) - this.#offset(from) : 0;
  }

  /** The position after the last entry that changed the text, which is a snapshot's position. 0 if there is none. */
  get textPosition(): number {
    for (let index = this.size; index > 0; index -= 1) {
      const told = this.#told[index - 1];
      if (this.#texts[index - 1] === ANSWER || (typeof told === 'object' && told.type === 'text-snapshot'))
        return index;
    }
    return 0;
  }

  #push(at: number, told: string | Told, text: number, end: number): void {
    this.#times.push(at);
    this.#told.push(told);
    this.#texts.push(text);
    this.#ends.push(end);
  }

  #delta(from: number, to: number): Delta {
    const text = to - from === 1 ? String(this.#told[from]) : this.#told.slice(from, to).join('');
    const type = this.#texts[from] === ANSWER ? 'text-delta' : 'reasoning-delta';
    return { type, text, offset: this.#offset(from) };
  }

  #offset(index: number): number {
    return (this.#ends[index] ?? 0) - String(this.#told[index]).length;
  }

  #textUntil(to: number): string {
    const pieces: string[] = [];
    for (let index = to - 1; index >= 0; index -= 1) {
      const told = this.#told[index];
      if (typeof told === 'object' && told.type === 'text-snapshot') {
        pieces.push(told.text);
        break;
      }
      if (typeof told === 'string' && this.#texts[index] === ANSWER) pieces.push(told);
    }
    return pieces.reverse().join('');
  }
}
