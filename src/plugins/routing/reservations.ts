import type { Viewer } from '#core/viewer.ts';

export interface Reservation {
  readonly generationId: string;
  readonly viewerId: string;
  readonly tenant: string;
  readonly usd: number;
}

/** Milliseconds after which a turn no longer counts: a plugin does not learn of turns that fail between routing and the model. */
const KEPT = 60_000;
/** Turns that are kept; the oldest goes first. */
const MOST = 10_000;

/** What turns that are under way in this process are expected to cost: spending is counted only when they end. */
export class Reservations {
  readonly #kept = new Map<string, Reservation & { readonly until: number }>();

  add(reservation: Reservation, now = Date.now()): void {
    this.#kept.set(reservation.generationId, { ...reservation, until: now + KEPT });
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MOST && oldest !== undefined) this.#kept.delete(oldest);
  }

  release(generationId: string): void {
    this.#kept.delete(generationId);
  }

  /** Dollars, of the turns of a viewer and of a tenant that came before this one: of many at once, the first ones have room. */
  before(
    own: string,
    { id, tenant }: Pick<Viewer, 'id' | 'tenant'>,
    now = Date.now(),
  ): { readonly own: number; readonly tenant: number } {
    const sums = { own: 0, tenant: 0 };
    for (const { generationId, viewerId, tenant: other, usd, until } of this.#kept.values()) {
      if (generationId === own) break;
      if (until < now) this.#kept.delete(generationId);
      else if (other === tenant) {
        sums.tenant += usd;
        if (viewerId === id) sums.own += usd;
      }
    }
    return sums;
  }
}
