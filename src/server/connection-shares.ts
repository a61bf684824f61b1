import { isIPv6 } from 'node:net';
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
  /**
   * Counts a WebSocket of which nobody knows yet whose it is. All of those together have one viewer's share, and one address has the
   * same share of that, so that known viewers always get in. Throws OVERLOADED or RATE_LIMITED.
   */
  wait(address: string): () => void;
}

/** Limits WebSockets and subscriptions: a total, and a share for each viewer, so that others always get in. */
export function connectionShares({ limit, share }: ConnectionSharesOptions): ConnectionShares {
  const perViewer = shareOf(limit, share);
  const perAddress = shareOf(perViewer, share);
  const viewers = counts();
  const addresses = counts();
  const total = () => viewers.total() + addresses.total();
  const checkRoom = () => {
    if (total() >= limit)
      throw new AppError('OVERLOADED', `All ${limit} connections are taken (MAX_CONNECTIONS)`, { retryAfter: 5 });
  };
  const tooMany = (message: string) => new AppError('RATE_LIMITED', `${message} (VIEWER_SHARE)`, { retryAfter: 5 });
  return {
    get total() {
      return total();
    },
    enter(viewerId) {
      checkRoom();
      if (viewers.of(viewerId) >= perViewer) throw tooMany(`One viewer has at most ${perViewer} connections`);
      return viewers.add(viewerId);
    },
    wait(address) {
      checkRoom();
      if (addresses.total() >= perViewer || addresses.of(address) >= perAddress)
        throw tooMany('Too many WebSockets wait for their connection_init');
      return addresses.add(address);
    },
  };
}

function counts() {
  const each = new Map<string, number>();
  let total = 0;
  return {
    total: () => total,
    of: (who: string) => each.get(who) ?? 0,
    /** Answers the way to take it back, which may be called twice. */
    add(who: string): () => void {
      each.set(who, (each.get(who) ?? 0) + 1);
      total += 1;
      let left = false;
      return () => {
        if (left) return;
        left = true;
        total -= 1;
        const rest = (each.get(who) ?? 1) - 1;
        if (rest > 0) each.set(who, rest);
        else each.delete(who);
      };
    },
  };
}

/** Where a connection comes from: an IPv4 address, or the network of an IPv6 address (64 bits), which one host has whole. */
export function networkOf(address = ''): string {
  const [plain = ''] = address.replace(/^::ffff:(?=\d+\.)/i, '').split('%');
  if (!isIPv6(plain)) return plain;
  const [head = '', tail] = plain.split('::');
  const first = head.split(':').filter(Boolean);
  const missing = tail === undefined ? 0 : 8 - first.length - tail.split(':').filter(Boolean).length;
  return [...first, ...Array<string>(Math.max(0, missing)).fill('0'), ...(tail ?? '').split(':')].slice(0, 4).join(':');
}
