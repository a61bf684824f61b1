import type { GenerationEvent, LoggedEvent } from '#core/events.ts';
import { formatCursor } from '#core/turn/cursor.ts';
import type { Waited } from './delivery-queue.ts';

type Delta = Extract<GenerationEvent, { type: 'text-delta' | 'reasoning-delta' }>;
type Told = Exclude<GenerationEvent, Delta>;

/** The text that a delta belongs to: the answer's, or from 1 on the reasoning of one model after the other. */
const ANSWER = 0;
const NONE = -1;
/** Deltas side by side whose pieces become one string: a string a token would be most of what a garbage collection marks. */
const BLOCK = 32;

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
  /** A delta's piece, or its block's pieces joined, or the event itself. */
  readonly #told: (string | Told)[] = [];
  readonly #texts: number[] = [];
  /** By block: true where its pieces are joined. */
  readonly #isJoined: boolean[] = [];
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
    if (this.size % BLOCK === 0) this.#isJoined.push(this.#joinBlock(this.size - BLOCK, text));
  }

  /** False where the entries of the block are not all deltas of this text, one after the other. */
  #joinBlock(first: number, text: number): boolean {
    if (text === NONE) return false;
    for (let index = first; index < this.size; index += 1) if (this.#texts[index] !== text) return false;
    this.#told.fill(this.#told.slice(first).join(''), first);
    return true;
  }

  #delta(from: number, to: number): Delta {
    const type = this.#texts[from] === ANSWER ? 'text-delta' : 'reasoning-delta';
    let text = this.#piece(from);
    if (to - from > 1) {
      const pieces = [text];
      for (let index = from + 1; index < to; index += 1) pieces.push(this.#piece(index));
      text = pieces.join('');
    }
    return { type, text, offset: this.#offset(from) };
  }

  /** Of a delta. */
  #piece(index: number): string {
    const told = String(this.#told[index]);
    if (!this.#isIn(index)) return told;
    const from = this.#offset(index) - this.#blockOffset(index, told);
    return told.slice(from, from + (this.#ends[index] ?? 0) - this.#offset(index));
  }

  /** Where a delta begins in its text. */
  #offset(index: number): number {
    const told = String(this.#told[index]);
    if (!this.#isIn(index)) return (this.#ends[index] ?? 0) - told.length;
    return index % BLOCK === 0 ? this.#blockOffset(index, told) : (this.#ends[index - 1] ?? 0);
  }

  #blockOffset(index: number, told: string): number {
    return (this.#ends[index - (index % BLOCK) + BLOCK - 1] ?? 0) - told.length;
  }

  /** In a block whose pieces are joined. */
  #isIn(index: number): boolean {
    return this.#isJoined[Math.floor(index / BLOCK)] === true;
  }

  #textUntil(to: number): string {
    const pieces: string[] = [];
    for (let index = to - 1; index >= 0; index -= 1) {
      const told = this.#told[index];
      if (typeof told === 'object' && told.type === 'text-snapshot') {
        pieces.push(told.text);
        break;
      }
      if (typeof told === 'string' && this.#texts[index] === ANSWER) pieces.push(this.#piece(index));
    }
    return pieces.reverse().join('');
  }
}
