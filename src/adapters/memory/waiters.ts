type Wake = () => void;

/**
 * Readers of one log that wait. Nearly always there is one: to empty a set at each token makes its table again, which outlives
 * collections of the young generation.
 */
export class Waiters {
  #first: Wake | undefined;
  #others: Set<Wake> | undefined;

  get size(): number {
    return (this.#first ? 1 : 0) + (this.#others?.size ?? 0);
  }

  add(wake: Wake): void {
    if (this.#others?.has(wake)) return;
    if (this.#first === undefined) this.#first = wake;
    else if (this.#first !== wake) {
      this.#others ??= new Set();
      this.#others.add(wake);
    }
  }

  delete(wake: Wake): void {
    if (this.#first === wake) this.#first = undefined;
    this.#others?.delete(wake);
  }

  /** Those that waited; they wait no more. */
  take(): readonly Wake[] {
    const taken = this.#first ? [this.#first] : [];
    this.#first = undefined;
    if (this.#others && this.#others.size > 0) {
      taken.push(...this.#others);
      this.#others = undefined;
    }
    return taken;
  }
}
