/** The questions whose answers may be given again, by what shapes their answers beside the words. Bounded in number and bytes. */
import type { Known } from './match.ts';

export interface Candidate extends Known {
  readonly partition: string;
  readonly viewerId: string;
  readonly tenant: string;
  /** Milliseconds since the epoch at which its answer is gone. */
  readonly until: number;
}

/** Questions of one partition, and bytes of all; the oldest go first. */
const MOST_OF_ONE = 2_000;
const MOST_BYTES = 64 * 2 ** 20;
/** What a candidate takes beside its text and its vector: tokens, forms, objects. */
const OVERHEAD = 600;
const BYTES_PER_CHARACTER = 12;

export class Candidates {
  readonly #partitions = new Map<string, Map<string, Candidate>>();
  readonly #mostBytes: number;
  #bytes = 0;
  #size = 0;

  constructor(mostBytes = MOST_BYTES) {
    this.#mostBytes = mostBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get size(): number {
    return this.#size;
  }

  /** Oldest first. */
  of(partition: string, now = Date.now()): Candidate[] {
    const known = this.#partitions.get(partition);
    if (!known) return [];
    this.#partitions.delete(partition);
    this.#partitions.set(partition, known);
    for (const candidate of known.values()) {
      if (candidate.until > now) break;
      this.#remove(known, candidate);
    }
    return [...known.values()];
  }

  add(candidate: Candidate): void {
    const known = this.#partitions.get(candidate.partition) ?? new Map<string, Candidate>();
    this.#partitions.set(candidate.partition, known);
    const former = known.get(candidate.key);
    if (former) this.#remove(known, former);
    this.#partitions.set(candidate.partition, known);
    known.set(candidate.key, candidate);
    this.#size += 1;
    this.#bytes += bytesOf(candidate);
    const [oldest] = known.values();
    if (known.size > MOST_OF_ONE && oldest) this.#remove(known, oldest);
    while (this.#bytes > this.#mostBytes && this.#evictOldest());
  }

  /** An answer is gone. */
  remove(key: string): void {
    for (const known of this.#partitions.values()) {
      const candidate = known.get(key);
      if (candidate) this.#remove(known, candidate);
    }
  }

  forget(partition: string): void {
    for (const candidate of this.#partitions.get(partition)?.values() ?? [])
      this.#remove(this.#partitions.get(partition) ?? new Map(), candidate);
  }

  /** All that a viewer, or the viewers of a tenant, asked; answers how many. */
  erase(of: { readonly viewerId: string } | { readonly tenant: string }): number {
    const before = this.#size;
    const isTheirs = (candidate: Candidate) =>
      'tenant' in of ? candidate.tenant === of.tenant : candidate.viewerId === of.viewerId;
    for (const known of [...this.#partitions.values()])
      for (const candidate of [...known.values()]) if (isTheirs(candidate)) this.#remove(known, candidate);
    return before - this.#size;
  }

  clear(): void {
    this.#partitions.clear();
    this.#bytes = 0;
    this.#size = 0;
  }

  #evictOldest(): boolean {
    const [known] = this.#partitions.values();
    const [oldest] = known?.values() ?? [];
    if (!known || !oldest) return false;
    this.#remove(known, oldest);
    return true;
  }

  #remove(known: Map<string, Candidate>, candidate: Candidate): void {
    if (!known.delete(candidate.key)) return;
    this.#size -= 1;
    this.#bytes -= bytesOf(candidate);
    if (known.size === 0) this.#partitions.delete(candidate.partition);
  }
}

const bytesOf = ({ message, vector, key, partition }: Candidate): number =>
  OVERHEAD +
  message.text.length * BYTES_PER_CHARACTER +
  (vector?.byteLength ?? 0) +
  2 * (key.length + partition.length);
