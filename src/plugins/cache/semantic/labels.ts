/** What is known of an entry's hits: from people who rated them, and from the comparison with the model's own answer. */
import { createHash } from 'node:crypto';
import type { SharedCache } from '#core/ports/shared-cache.ts';
import { normalised } from '../spelling.ts';
import type { Hits } from './bound.ts';

interface Labels extends Hits {
  /** Hashes of questions that the entry's answer was wrong for. */
  readonly refused: readonly string[];
}

/** Milliseconds: labels outlive the entries that they are about. */
const KEPT = 30 * 86_400_000;
/** Refused questions of an entry. */
const MOST_REFUSED = 64;
const NONE: Labels = { right: 0, wrong: 0, refused: [] };

/** Labels by the key of the entry that answered. Two replicas that label one entry at once may lose one of the labels. */
export class EntryLabels {
  readonly #cache: Pick<SharedCache, 'get' | 'set'>;

  constructor(cache: Pick<SharedCache, 'get' | 'set'>) {
    this.#cache = cache;
  }

  /** Null where the question is refused. */
  async of(key: string, question: string): Promise<Hits | null> {
    const labels = await this.#read(key);
    return labels.refused.includes(hashOf(question)) ? null : labels;
  }

  async add(key: string, question: string, isRight: boolean, tags: readonly string[]): Promise<void> {
    const { right, wrong, refused } = await this.#read(key);
    const labels: Labels = isRight
      ? { right: right + 1, wrong, refused }
      : { right, wrong: wrong + 1, refused: [...refused, hashOf(question)].slice(-MOST_REFUSED) };
    await this.#cache.set(labelsOf(key), Buffer.from(JSON.stringify(labels)), { ttlMs: KEPT, tags });
  }

  async #read(key: string): Promise<Labels> {
    const bytes = await this.#cache.get(labelsOf(key));
    try {
      const value = bytes ? (JSON.parse(Buffer.from(bytes).toString('utf8')) as Partial<Labels> | null) : null;
      const isWhole = Number.isInteger(value?.right) && Number.isInteger(value?.wrong) && Array.isArray(value?.refused);
      return isWhole ? (value as Labels) : NONE;
    } catch {
      return NONE;
    }
  }
}

const labelsOf = (key: string): string => `labels:${key}`;
const hashOf = (question: string): string =>
  createHash('sha256').update(normalised(question)).digest('base64url').slice(0, 16);
