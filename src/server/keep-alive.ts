/** Finds WebSockets whose client is gone without a word. */
import type { WebSocket } from 'ws';

/** Milliseconds between pings, and that a client has to answer one. */
const KEEP_ALIVE = 30_000;
/** A socket belongs to one of so many groups, which have their turns one after the other: thousands are not pinged at once. */
const GROUPS = 30;

/** One timer for all sockets: a timer of its own would take half a kilobyte of each. */
export class KeepAlive {
  readonly #groups = Array.from({ length: GROUPS }, () => new Set<WebSocket>());
  /** Those that have not answered their latest ping. */
  readonly #silent = new Set<WebSocket>();
  readonly #answered: (this: WebSocket) => void;
  #turn = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor() {
    const silent = this.#silent;
    this.#answered = function () {
      silent.delete(this);
    };
  }

  watch(socket: WebSocket): void {
    // The group that had its turn last: the first ping comes after the whole time.
    this.#groups[this.#turn]?.add(socket);
    socket.on('pong', this.#answered);
    this.#timer ??= setInterval(this.#next, KEEP_ALIVE / GROUPS);
  }

  leave(socket: WebSocket): void {
    for (const group of this.#groups) if (group.delete(socket)) break;
    this.#silent.delete(socket);
    if (this.#groups.some(({ size }) => size > 0)) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  readonly #next = (): void => {
    this.#turn = (this.#turn + 1) % GROUPS;
    for (const socket of this.#groups[this.#turn] ?? []) {
      if (socket.readyState !== socket.OPEN) continue;
      if (this.#silent.has(socket)) socket.terminate();
      else {
        this.#silent.add(socket);
        socket.ping();
      }
    }
  };
}
