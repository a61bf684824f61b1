/** Connects sockets of `ws` with graphql-ws, as its own use/ws does, without what that prints and tells clients of errors. */
import { CloseCode, makeServer, type ServerOptions } from 'graphql-ws';
import type { WebSocket } from 'ws';
import { fault } from '#core/runtime/diagnostics.ts';

export interface SocketExtra extends Record<PropertyKey, unknown> {
  readonly socket: WebSocket;
}
type Init = Record<string, unknown> | undefined;

/** What graphql-ws throws where a client sends what only a server may, such as `next`. */
const UNEXPECTED = /^Unexpected message of type /;
/** Milliseconds between pings, and that a client has to answer one. */
const KEEP_ALIVE = 30_000;
/** Bytes of answers that may wait for a client before no more of its messages are read. */
const MOST_UNREAD = 1_048_576;
/** Milliseconds between looks at whether it has read. */
const LOOK_EVERY = 50;

/** Answers the way to serve a socket that has been opened. */
export function protocolServer<E extends SocketExtra>(options: ServerOptions<Init, E>): (socket: WebSocket) => void {
  const server = makeServer<Init, SocketExtra>(options as ServerOptions<Init, SocketExtra>);
  return (socket) => {
    // A frame that is too large or malformed: ws closes with the code that fits.
    socket.on('error', () => undefined);
    const stopPings = keepAlive(socket);
    const closed = server.opened(
      {
        protocol: socket.protocol,
        // A client that is gone is no error: its end is told by 'close'.
        send: (data) => new Promise((resolve) => socket.send(data, () => resolve())),
        close: (code, reason) => socket.close(code, reason),
        onMessage: (handle) => {
          socket.on('message', (data) => {
            handle(String(data)).catch((error) => {
              if (UNEXPECTED.test(String(error?.message)))
                return socket.close(CloseCode.BadRequest, 'Unexpected message');
              fault('server', 'a message of a WebSocket failed unexpectedly', error);
              socket.close(CloseCode.InternalServerError, 'Internal server error');
            });
          });
        },
      },
      { socket },
    );
    boundUnread(socket);
    socket.once('close', (code, reason) => {
      stopPings();
      void closed(code, String(reason));
    });
  };
}

function keepAlive(socket: WebSocket): () => void {
  let missing: NodeJS.Timeout | undefined;
  const pings = setInterval(() => {
    if (socket.readyState !== socket.OPEN) return;
    missing ??= setTimeout(() => socket.terminate(), KEEP_ALIVE);
    socket.ping();
  }, KEEP_ALIVE);
  socket.on('pong', () => {
    clearTimeout(missing);
    missing = undefined;
  });
  return () => {
    clearInterval(pings);
    clearTimeout(missing);
  };
}

/**
 * Reads no more messages while the client does not read: each of them, also a `ping`, is answered, and the answers would fill the
 * memory. A client that reads nothing at all is closed by the keep-alive.
 */
function boundUnread(socket: WebSocket): void {
  const isFull = () => socket.readyState === socket.OPEN && socket.bufferedAmount > MOST_UNREAD;
  const check = () => {
    if (socket.isPaused || !isFull()) return;
    socket.pause();
    const looking = setInterval(() => {
      if (isFull()) return;
      clearInterval(looking);
      socket.resume();
    }, LOOK_EVERY);
  };
  socket.on('message', check); // ws itself bounds pongs to its own pings
}
