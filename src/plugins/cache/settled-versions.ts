import type { Viewer } from '#core/viewer.ts';

/** Milliseconds that a version of the passages must have stood: by then every index has taken it up. */
const SETTLED_AFTER = 10_000;
const MOST = 50_000;

/**
 * Tells whether a version of a viewer's passages has stood long enough to be trusted. An index follows the store: just after a
 * change an answer may rest on the passages of before, under the version of after.
 */
export class SettledVersions {
  readonly #settledAfter: number;
  readonly #seen = new Map<string, { readonly version: string; readonly since: number }>();

  constructor(settledAfter = SETTLED_AFTER) {
    this.#settledAfter = settledAfter;
  }

  /** The version where it is settled, else null. Asked with each turn, so that it knows since when a version stands. */
  settled({ id }: Viewer, version: string, now = Date.now()): string | null {
    const seen = this.#seen.get(id);
    if (seen?.version === version) return now - seen.since >= this.#settledAfter ? version : null;
    this.#seen.delete(id);
    this.#seen.set(id, { version, since: now });
    if (this.#seen.size > MOST) {
      const [oldest] = this.#seen.keys();
      if (oldest !== undefined) this.#seen.delete(oldest);
    }
    return this.#settledAfter === 0 ? version : null;
  }
}
