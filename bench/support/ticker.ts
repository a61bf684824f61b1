import { setTimeout as sleep } from 'node:timers/promises';
import { Polled } from '#core/runtime/polled.ts';

export interface TickerOptions {
  readonly streams: number;
  /** Tokens a second of each stream. */
  readonly rate: number;
  readonly seconds: number;
}

/** Characters of a token. */
export const TOKEN_LENGTH = 5;
const CLOCK = 36 ** TOKEN_LENGTH;

/** A token that tells when it was due: milliseconds of the system's clock, without the days. */
const tokenDueAt = (time: number): string => (Math.round(time) % CLOCK).toString(36).padStart(TOKEN_LENGTH, '0');
/** Milliseconds since the token was due. */
export const delayOf = (token: string): number => (Date.now() % CLOCK) - Number.parseInt(token, 36);

/** One clock for all streams: each gets tokens at the rate, spread over the period, from the start. */
/** The tokens of one stream as they come. */
class Ticking extends Polled<string> {
  readonly #together: boolean;
  readonly #queue: string[] = [];
  #ended = false;
  #wake: (() => void) | undefined;

  /** `together`: tokens that wait for their reader come as one text, as the adapters of providers read them. */
  constructor(together: boolean) {
    super();
    this.#together = together;
  }

  push(text: string): void {
    this.#queue.push(text);
  }

  end(): void {
    this.#ended = true;
    this.wakeReader();
  }

  poll(wake: () => void): IteratorResult<string, undefined> | undefined {
    const queue = this.#queue;
    const value = this.#together && queue.length > 1 ? queue.splice(0).join('') : queue.shift();
    if (value !== undefined) return { done: false, value };
    if (this.#ended) return { done: true, value: undefined };
    this.#wake = wake;
    return undefined;
  }

  return(): Promise<IteratorResult<string, undefined>> {
    return Promise.resolve({ done: true, value: undefined });
  }

  /** A socket tells its reader once of all that has come. */
  wakeReader(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }
}

export function ticker({ streams, rate, seconds }: TickerOptions) {
  const members: Ticking[] = [];
  const total = rate * seconds;
  return {
    join({ together = false } = {}): Ticking {
      const member = new Ticking(together);
      members.push(member);
      return member;
    },
    /** Resolves when all streams wait for their first token. */
    async joined() {
      while (members.length < streams) await sleep(20);
    },
    start() {
      const slots = Math.max(1, Math.round(1000 / rate / 5));
      const length = 1000 / rate / slots;
      const began = performance.now();
      let slot = 0;
      const timer = setInterval(() => {
        const due = Math.min(total * slots, Math.floor((performance.now() - began) / length));
        const from = slot;
        for (; slot < due; slot += 1) {
          const token = tokenDueAt(performance.timeOrigin + began + (slot + 1) * length);
          for (let member = slot % slots; member < members.length; member += slots) members[member]?.push(token);
        }
        for (let first = from; first < Math.min(due, from + slots); first += 1)
          for (let member = first % slots; member < members.length; member += slots) members[member]?.wakeReader();
        if (slot < total * slots) return;
        clearInterval(timer);
        for (const member of members) member.end();
      }, 5);
      return { members: members.length, streams };
    },
  };
}
