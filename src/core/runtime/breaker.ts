import { type CircuitChange, emit } from './diagnostics.ts';

export interface BreakerOptions {
  /** Failures in a row that open it. */
  readonly threshold?: number;
  /** Milliseconds that it stays open before one attempt is let through. */
  readonly coolDownMs?: number;
  readonly now?: () => number;
  /** The circuit's kind and name for listeners of `parley:circuit`. */
  readonly circuit?: Pick<CircuitChange, 'kind' | 'name'>;
}

/**
 * A circuit breaker (M. Nygard, Release It!, 2007): after `threshold` failures in a row nothing is tried for `coolDownMs`,
 * then one attempt decides.
 */
export class Breaker {
  readonly #threshold: number;
  readonly #coolDownMs: number;
  readonly #now: () => number;
  readonly #circuit: BreakerOptions['circuit'];
  #told = false;
  #failures = 0;
  #openUntil = 0;
  #trying = false;

  constructor({ threshold = 5, coolDownMs = 30_000, now = Date.now, circuit }: BreakerOptions = {}) {
    this.#threshold = threshold;
    this.#coolDownMs = coolDownMs;
    this.#now = now;
    this.#circuit = circuit;
  }

  /** True while an attempt would be refused. */
  get open(): boolean {
    return this.#failures >= this.#threshold && (this.#trying || this.#now() < this.#openUntil);
  }

  /** Milliseconds until an attempt is let through; 0 where one is now. */
  get opensInMs(): number {
    return this.#failures >= this.#threshold ? Math.max(0, this.#openUntil - this.#now()) : 0;
  }

  /** Asks to try; true must be followed by `succeed`, `fail` or `release`. */
  tryPass(): boolean {
    if (this.#failures < this.#threshold) return true;
    if (this.open) return false;
    this.#trying = true;
    return true;
  }

  succeed(): void {
    this.#failures = 0;
    this.#trying = false;
    this.#tell(false);
  }

  /** `holdMs` keeps it open for longer, for instance a provider's Retry-After. */
  fail(holdMs = 0): void {
    this.#failures = holdMs > 0 ? Math.max(this.#threshold, this.#failures + 1) : this.#failures + 1;
    this.#trying = false;
    if (this.#failures < this.#threshold) return;
    this.#openUntil = this.#now() + Math.max(this.#coolDownMs * (holdMs > 0 ? 0 : 1), holdMs);
    this.#tell(true);
  }

  /** Ends an attempt without a result, for example of a cancelled turn. */
  release(): void {
    this.#trying = false;
  }

  /** Each opening, and a closing that follows one. */
  #tell(open: boolean): void {
    if (this.#circuit && (open || this.#told))
      emit('parley:circuit', { ...this.#circuit, open, forMs: this.opensInMs });
    this.#told = open;
  }
}
