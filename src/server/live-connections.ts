/** Milliseconds between looks at whether a credential still holds. */
const RECHECK = 5_000;

export interface LiveConnections {
  /** Calls back once when the credential has ceased to hold. Returns the way to leave. */
  watch(authorization: string | undefined, ended: () => void): () => void;
  stop(): void;
}

/** Long subscriptions outlive the check at their beginning: each credential is checked again while they last. */
/** `authenticate` rejects with UNAUTHENTICATED for a credential that is no longer valid. */
export function liveConnections(authenticate: (authorization: string) => Promise<unknown>): LiveConnections {
  const watched = new Map<string, Set<() => void>>();
  const timer = setInterval(async () => {
    for (const [authorization, listeners] of watched) {
      try {
        await authenticate(authorization);
      } catch (error) {
        if ((error as { code?: unknown }).code !== 'UNAUTHENTICATED') continue; // the store is away: no verdict
        watched.delete(authorization);
        for (const ended of listeners) ended();
      }
    }
  }, RECHECK);
  timer.unref();
  return {
    watch(authorization = '', ended) {
      const listeners = watched.get(authorization) ?? new Set();
      watched.set(authorization, listeners.add(ended));
      return () => {
        listeners.delete(ended);
        if (listeners.size === 0 && watched.get(authorization) === listeners) watched.delete(authorization);
      };
    },
    stop: () => clearInterval(timer),
  };
}
