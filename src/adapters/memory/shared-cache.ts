import type { SharedCache } from '#core/ports/shared-cache.ts';

interface Entry {
  readonly value: Uint8Array;
  readonly until: number;
  readonly tags: readonly string[];
  readonly bytes: number;
}

/** Bytes of an entry besides its key and value: the map's slots and the object. */
const OVERHEAD = 200;
/** Claims are looked through for ended ones when there are this many. */
const MANY_CLAIMS = 10_000;

/** A cache within one process, bounded by bytes: the entry that was used least lately goes first. */
export function memorySharedCache({ maxBytes }: { readonly maxBytes: number }): SharedCache {
  const entries = new Map<string, Entry>();
  const claims = new Map<string, { holder: string; until: number }>();
  let bytes = 0;
  let evictions = 0;

  const remove = (key: string): boolean => {
    const entry = entries.get(key);
    if (!entry) return false;
    bytes -= entry.bytes;
    entries.delete(key);
    return true;
  };
  const dropEnded = (now: number) => {
    for (const [key, { until }] of claims) if (until <= now) claims.delete(key);
  };

  return {
    remote: false,
    stats: () => ({ bytes, evictions }),

    async get(key) {
      const entry = entries.get(key);
      if (!entry) return undefined;
      if (entry.until <= Date.now()) {
        remove(key);
        return undefined;
      }
      entries.delete(key);
      entries.set(key, entry);
      return entry.value;
    },

    async set(key, value, { ttlMs, tags = [] }) {
      remove(key);
      const size = OVERHEAD + key.length * 2 + value.byteLength + tags.reduce((sum, tag) => sum + tag.length * 2, 0);
      if (size > maxBytes || ttlMs <= 0) return;
      entries.set(key, { value: value.slice(), until: Date.now() + ttlMs, tags, bytes: size });
      bytes += size;
      for (const oldest of entries.keys()) {
        if (bytes <= maxBytes) break;
        remove(oldest);
        evictions += 1;
      }
    },

    async delete(key) {
      return remove(key);
    },

    async clear(tag) {
      let removed = 0;
      for (const [key, { tags }] of entries)
        if (tag === undefined || tags.includes(tag)) removed += Number(remove(key));
      return removed;
    },

    async claim(key, holder, ttlMs) {
      const now = Date.now();
      const claim = claims.get(key);
      if (claim && claim.until > now) return claim.holder;
      if (claims.size >= MANY_CLAIMS) dropEnded(now);
      claims.set(key, { holder, until: now + ttlMs });
      return holder;
    },

    async release(key, holder) {
      if (claims.get(key)?.holder === holder) claims.delete(key);
    },
  };
}
