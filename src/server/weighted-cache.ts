/** The entries that were used last, up to a total weight. Reading an entry makes it the newest. */
export class WeightedCache<Key, Value> {
  readonly #limit: number;
  readonly #entries = new Map<Key, { readonly value: Value; readonly weight: number }>();
  #weight = 0;

  /** `limit`: the total weight, in the unit of `set`. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get weight(): number {
    return this.#weight;
  }

  get(key: Key): Value | undefined {
    const entry = this.#entries.get(key);
    if (!entry) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry.value;
  }

  /** Evicts the oldest entries until the total fits. An entry that weighs more than the limit is not kept. */
  set(key: Key, value: Value, weight: number): void {
    this.#remove(key);
    if (weight > this.#limit) return;
    this.#entries.set(key, { value, weight });
    this.#weight += weight;
    for (const oldest of this.#entries.keys()) {
      if (this.#weight <= this.#limit) return;
      this.#remove(oldest);
    }
  }

  #remove(key: Key): void {
    const entry = this.#entries.get(key);
    if (!entry) return;
    this.#entries.delete(key);
    this.#weight -= entry.weight;
  }
}
