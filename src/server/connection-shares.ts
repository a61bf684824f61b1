import { AppError } from '#core/errors.ts';
import { shareOf } from '#core/turn/admission.ts';

export interface ConnectionSharesOptions {
  /** WebSockets and subscriptions at once. */
  readonly limit: number;
  /** The share of one viewer, 0 to 1. */
  readonly share: number;
}

export interface ConnectionShares {
  /** WebSockets and subscriptions now. */
  readonly total: number;
  /** Counts one more for this viewer. Throws OVERLOADED where all are taken, RATE_LIMITED over the viewer's share. */
  enter(viewerId: string): () => void;
}

/** Limits WebSockets and subscriptions: a total, and a share for each viewer, so that others always get in. */
export function connectionShares({ limit, share }: ConnectionSharesOptions): ConnectionShares {
  const perViewer = shareOf(limit, share);
  const counts = new Map<string, number>();
  let total = 0;
  return {
    get total() {
      return total;
    },
    enter(viewerId) {
      const count = counts.get(viewerId) ?? 0;
      if (total >= limit)
        throw new AppError('OVERLOADED', `All ${limit} connections are taken (MAX_CONNECTIONS)`, { retryAfter: 5 });
      if (count >= perViewer)
        throw new AppError('RATE_LIMITED', `One viewer has at most ${perViewer} connections (VIEWER_SHARE)`, {
          retryAfter: 5,
        });
      counts.set(viewerId, count + 1);
      total += 1;
      let left = false;
      return () => {
        if (left) return;
        left = true;
        total -= 1;
        const rest = (counts.get(viewerId) ?? 1) - 1;
        if (rest > 0) counts.set(viewerId, rest);
        else counts.delete(viewerId);
      };
    },
  };
}
