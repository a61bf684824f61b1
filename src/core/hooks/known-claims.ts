/** Claims that are kept at most; the oldest goes first. */
const MOST = 10_000;
/** Milliseconds that another process's claim is believed: it may have ended there since. */
const BELIEVED = 2_000;

interface Claim {
  readonly holder: string;
  readonly until: number;
}

/**
 * Who holds what, as far as this process knows. If the shared cache does not answer a claim, equal questions of this process still
 * follow one of them: a replica makes one call of its own at most.
 */
export class KnownClaims {
  readonly #claims = new Map<string, Claim>();

  /** The holder that is known, or `holder` from now on. */
  claim(key: string, holder: string, ttlMs: number): string {
    const known = this.#claims.get(key);
    return known && known.until > Date.now() ? known.holder : this.#keep(key, holder, ttlMs);
  }

  /** What the shared cache said when `asker` claimed the key: that it holds it, or another. */
  learn(key: string, asker: string, holder: string, ttlMs: number): string {
    return this.#keep(key, holder, holder === asker ? ttlMs : Math.min(ttlMs, BELIEVED));
  }

  #keep(key: string, holder: string, forMs: number): string {
    const known = this.#claims.get(key);
    if (known?.holder === holder && known.until > Date.now() + forMs) return holder;
    this.#claims.delete(key);
    this.#claims.set(key, { holder, until: Date.now() + forMs });
    const [oldest] = this.#claims.keys();
    if (this.#claims.size > MOST && oldest !== undefined) this.#claims.delete(oldest);
    return holder;
  }

  release(key: string, holder: string): void {
    if (this.#claims.get(key)?.holder === holder) this.#claims.delete(key);
  }
}
