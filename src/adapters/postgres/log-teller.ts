import { warn } from '#core/runtime/diagnostics.ts';
import { outside } from '#core/runtime/work.ts';
import type { LogPart, MemoryEventLog } from '../memory/event-log.ts';

/** Milliseconds that a follower is taken for alive after it has asked. */
const ALIVE = 15_000;
/** Events of one generation that one message takes, so that a long log does not hold up the others. */
const AT_ONCE = 2_000;

interface Followed {
  /** Events that were sent. */
  sent: number;
  until: number;
}

/** Tells other replicas of generations that run here, as long as somebody follows them: everything new in one go. */
export class LogTeller {
  readonly #log: MemoryEventLog;
  readonly #send: (parts: readonly (LogPart & { readonly id: string })[]) => Promise<void>;
  readonly #followed = new Map<string, Followed>();
  readonly #changed = new Set<string>();
  #telling: Promise<void> | undefined;

  constructor(log: MemoryEventLog, send: (parts: readonly (LogPart & { readonly id: string })[]) => Promise<void>) {
    this.#log = log;
    this.#send = send;
  }

  /** Somebody has the first `position` events, and wants the others. */
  follow(id: string, position: number): void {
    const sent = Math.min(position, this.#followed.get(id)?.sent ?? position);
    this.#followed.set(id, { sent, until: Date.now() + ALIVE });
    this.changed(id);
  }

  changed(id: string): void {
    const followed = this.#followed.get(id);
    if (!followed) return;
    if (followed.until < Date.now()) this.#followed.delete(id);
    else this.#tell(id);
  }

  forget(id: string): void {
    this.#followed.delete(id);
  }

  /** Resolves when all that is known is told. */
  async settled(): Promise<void> {
    while (this.#telling) await this.#telling;
  }

  #tell(id: string): void {
    this.#changed.add(id);
    // One message tells of many generations, so it belongs to no turn's trace.
    this.#telling ??= outside(() => Promise.resolve().then(() => this.#tellAll()))
      .catch((error) => warn('notifications', 'readers at other servers go on from the store', error))
      .finally(() => {
        this.#telling = undefined;
      });
  }

  async #tellAll(): Promise<void> {
    while (this.#changed.size > 0) {
      const ids = [...this.#changed];
      this.#changed.clear();
      const parts = ids.flatMap((id) => this.#part(id) ?? []);
      if (parts.length > 0) await this.#send(parts);
    }
  }

  #part(id: string): (LogPart & { readonly id: string }) | undefined {
    const followed = this.#followed.get(id);
    const part = followed && this.#log.since(id, followed.sent, AT_ONCE);
    if (!followed || !part) {
      this.#followed.delete(id);
      return undefined;
    }
    const isNew = followed.sent === 0 || part.events.length > 0 || part.closed;
    followed.sent += part.events.length;
    if (part.closed) this.#followed.delete(id);
    else if (part.events.length === AT_ONCE) this.#changed.add(id);
    return isNew ? { id, ...part } : undefined;
  }
}
