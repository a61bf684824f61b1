/** Connects sockets of `ws` with graphql-ws, as its own use/ws does, without what that prints and tells clients of errors. */
import { CloseCode, makeServer, type ServerOptions } from 'graphql-ws';
import type { WebSocket } from 'ws';
import { fault } from '#core/runtime/diagnostics.ts';
import { KeepAlive } from './keep-alive.ts';

export interface SocketExtra extends Record<PropertyKey, unknown> {
  readonly socket: WebSocket;
}
type Init = Record<string, unknown> | undefined;

/** What graphql-ws throws where a client sends what only a server may, such as `next`. */
const UNEXPECTED = /^Unexpected message of type /;
/** Bytes of answers that may wait for a client before no more of its messages are read. */
const MOST_UNREAD = 1_048_576;
/** Milliseconds between looks at whether it has read. */
const LOOK_EVERY = 50;

/** Answers the way to serve a socket that has been opened. */
export function protocolServer<E extends SocketExtra>(options: ServerOptions<Init, E>): (socket: WebSocket) => void {
  const server = makeServer<Init, SocketExtra>(options as ServerOptions<Init, SocketExtra>);
  const pings = new KeepAlive();
  return (socket) => {
    // A frame that is too large or malformed: ws closes with the code that fits.
    socket.on('error', ignore);
    pings.watch(socket);
    const closed = server.opened(new Transport(socket), { socket });
    socket.on('message', boundUnread); // ws itself bounds pongs to its own pings
    socket.once('close', (code, reason) => {
      pings.leave(socket);
      void closed(code, String(reason));
    });
  };
}

const ignore = (): void => undefined;

/** What graphql-ws sees of a socket. */
class Transport {
  readonly protocol: string;
  readonly #socket: WebSocket;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    this.protocol = socket.protocol;
  }

  /** A client that is gone is no error: its end is told by 'close'. */
  send(data: string): Promise<void> {
    return new Promise((resolve) => this.#socket.send(data, () => resolve()));
  }

  close(code?: number, reason?: string): void {
    this.#socket.close(code, reason);
  }

  onMessage(handle: (data: string) => Promise<void>): void {
    const socket = this.#socket;
    socket.on('message', (data) => {
      handle(String(data)).catch((error) => {
        if (UNEXPECTED.test(String(error?.message))) return socket.close(CloseCode.BadRequest, 'Unexpected message');
        fault('server', 'a message of a WebSocket failed unexpectedly', error);
        socket.close(CloseCode.InternalServerError, 'Internal server error');
      });
    });
  }
}

/**
 * Reads no more messages while the client does not read: each of them, also a `ping`, is answered, and the answers would fill the
 * memory. A client that reads nothing at all is closed by the keep-alive. Called for each message.
 */
function boundUnread(this: WebSocket): void {
  const isFull = () => this.readyState === this.OPEN && this.bufferedAmount > MOST_UNREAD;
  if (this.isPaused || !isFull()) return;
  this.pause();
  const looking = setInterval(() => {
    if (isFull()) return;
    clearInterval(looking);
    this.resume();
  }, LOOK_EVERY);
}
