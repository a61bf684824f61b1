/**
 * Values by key that replicas share where a server for them is configured; in memory else. Never the only copy of anything:
 * losing it costs time, not answers. Every call ends within 250 ms, and what fails is a miss.
 */
export interface SharedCache {
  /** True where the values lie on a server, which other replicas see. */
  readonly remote: boolean;
  /** Statistics of this process. */
  stats(): { readonly bytes: number; readonly evictions: number };
  get(key: string): Promise<Uint8Array | undefined>;
  /** `tags` group entries for `clear`. */
  set(
    key: string,
    value: Uint8Array,
    options: { readonly ttlMs: number; readonly tags?: readonly string[] },
  ): Promise<void>;
  /** True where there was one. */
  delete(key: string): Promise<boolean>;
  /** Removes the entries of a tag, or all; answers how many. */
  clear(tag?: string): Promise<number>;
  /**
   * Returns the holder of this key: `holder` itself if nobody held it. For single flight across replicas. A claim ends after `ttlMs`
   * or by `release`. If the storage fails, the answer is `holder`: each replica then works alone.
   */
  claim(key: string, holder: string, ttlMs: number): Promise<string>;
  /** Ends a claim that `holder` still has. */
  release(key: string, holder: string): Promise<void>;
}
