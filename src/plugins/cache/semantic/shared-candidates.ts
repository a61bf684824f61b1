/**
 * The questions of other replicas. Each replica writes its own segments, and one list of all segments a partition: two that write
 * the list at once lose a segment from it, until the one that lost it writes again. What is lost costs hits, never a wrong one.
 */
import { randomUUID } from 'node:crypto';
import type { SharedCache } from '#core/ports/shared-cache.ts';
import type { Candidate, Candidates } from './candidates.ts';
import { readMessage } from './utterance.ts';

type Stored = readonly [
  key: string,
  text: string,
  vector: string | null,
  viewerId: string,
  tenant: string,
  until: number,
];
/** Segments with how many questions each has. */
type List = Readonly<Record<string, number>>;

const SEGMENT = 64;
const MOST_SEGMENTS = 32;
/** Partitions that are remembered with what was read of them. */
const MOST_PARTITIONS = 5_000;

interface Partition {
  /** Questions that were read, or written, by segment. */
  readonly seen: Map<string, number>;
  own: { readonly id: string; readonly questions: Stored[] };
}

export class SharedCandidates {
  readonly #cache: SharedCache;
  readonly #candidates: Candidates;
  readonly #partitions = new Map<string, Partition>();

  constructor(cache: SharedCache, candidates: Candidates) {
    this.#cache = cache;
    this.#candidates = candidates;
  }

  /** Takes up what other replicas added. A partition that is gone there was cleared, and goes here. */
  async refresh(partition: string): Promise<void> {
    if (!this.#cache.remote) return;
    const list = listOf(await this.#cache.get(listKey(partition)));
    const known = this.#partition(partition);
    if (!list) {
      this.#candidates.forget(partition);
      this.#partitions.delete(partition);
      return;
    }
    const changed = Object.entries(list).filter(([id, count]) => (known.seen.get(id) ?? 0) < count);
    await Promise.all(changed.slice(-MOST_SEGMENTS).map(([id, count]) => this.#read(partition, id, count, known)));
  }

  async add(candidate: Candidate, tags: readonly string[]): Promise<void> {
    this.#candidates.add(candidate);
    if (!this.#cache.remote) return;
    const { partition, key, message, vector, viewerId, tenant, until } = candidate;
    const known = this.#partition(partition);
    if (known.own.questions.length >= SEGMENT) known.own = { id: randomUUID(), questions: [] };
    known.own.questions.push([
      key,
      message.text,
      vector && Buffer.from(vector).toString('base64'),
      viewerId,
      tenant,
      until,
    ]);
    known.seen.set(known.own.id, known.own.questions.length);
    const options = { ttlMs: until - Date.now(), tags };
    await this.#cache.set(segmentKey(partition, known.own.id), encoded(known.own.questions), options);
    const list = { ...listOf(await this.#cache.get(listKey(partition))), [known.own.id]: known.own.questions.length };
    const kept = Object.fromEntries(Object.entries(list).slice(-MOST_SEGMENTS));
    await this.#cache.set(listKey(partition), encoded(kept), options);
  }

  async #read(partition: string, id: string, count: number, known: Partition): Promise<void> {
    const questions = parsed(await this.#cache.get(segmentKey(partition, id)));
    if (!Array.isArray(questions)) return;
    known.seen.set(id, count);
    for (const stored of questions.slice(0, SEGMENT)) {
      const candidate = candidateOf(partition, stored);
      if (candidate && candidate.until > Date.now()) this.#candidates.add(candidate);
    }
  }

  #partition(partition: string): Partition {
    const known = this.#partitions.get(partition) ?? { seen: new Map(), own: { id: randomUUID(), questions: [] } };
    this.#partitions.delete(partition);
    this.#partitions.set(partition, known);
    const [oldest] = this.#partitions.keys();
    if (this.#partitions.size > MOST_PARTITIONS && oldest !== undefined) {
      this.#partitions.delete(oldest);
      this.#candidates.forget(oldest);
    }
    return known;
  }
}

const listKey = (partition: string): string => `questions:${partition}`;
const segmentKey = (partition: string, id: string): string => `questions:${partition}:${id}`;
const encoded = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));

function parsed(bytes: Uint8Array | undefined): unknown {
  try {
    return bytes && JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return undefined;
  }
}

function listOf(bytes: Uint8Array | undefined): List | undefined {
  const value = parsed(bytes);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return Object.values(value).every(Number.isInteger) ? (value as List) : undefined;
}

/** Undefined for what is none: the store is shared, and may hold anything. */
function candidateOf(partition: string, stored: unknown): Candidate | undefined {
  if (!Array.isArray(stored)) return undefined;
  const [key, text, vector, viewerId, tenant, until] = stored as readonly unknown[];
  if (![key, text, viewerId, tenant].every((field) => typeof field === 'string')) return undefined;
  if (typeof until !== 'number' || !(vector === null || typeof vector === 'string')) return undefined;
  const bytes = vector === null ? null : new Int8Array(Buffer.from(vector, 'base64'));
  const of = { key: String(key), viewerId: String(viewerId), tenant: String(tenant) };
  return { ...of, partition, message: readMessage(String(text)), vector: bytes, until };
}
