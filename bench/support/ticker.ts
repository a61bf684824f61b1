import { setTimeout as sleep } from 'node:timers/promises';

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
export function ticker({ streams, rate, seconds }: TickerOptions) {
  const members: { push(text: string): void; end(): void }[] = [];
  const total = rate * seconds;
  return {
    /** `together`: tokens that wait for their reader come as one text, as the adapters of providers read them. */
    async *join({ together = false } = {}): AsyncGenerator<string> {
      const queue: string[] = [];
      let ended = false;
      let wake: (() => void) | undefined;
      members.push({
        push(text) {
          queue.push(text);
          wake?.();
        },
        end() {
          ended = true;
          wake?.();
        },
      });
      for (;;) {
        const text = together && queue.length > 1 ? queue.splice(0).join('') : queue.shift();
        if (text !== undefined) yield text;
        else if (ended) return;
        else
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
      }
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
        for (; slot < due; slot += 1) {
          const token = tokenDueAt(performance.timeOrigin + began + (slot + 1) * length);
          for (let member = slot % slots; member < members.length; member += slots) members[member]?.push(token);
        }
        if (slot < total * slots) return;
        clearInterval(timer);
        for (const member of members) member.end();
      }, 5);
      return { members: members.length, streams };
    },
  };
}
