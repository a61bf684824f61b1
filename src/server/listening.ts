import type { Server, ServerResponse } from 'node:http';
import { setImmediate as nextTurn } from 'node:timers/promises';

/** Milliseconds that answers get to end once a server has stopped listening. */
const ENDING = 2_000;

/** Milliseconds of a turn of the event loop that had nothing to do, and turns that are waited for one. */
const QUIET = 0.3;
const TURNS = 1_000;

/**
 * Resolves after a turn in which nobody connected. A turn accepts one connection, and the kernel breaks off those that were not
 * accepted at the end of listening, with what a proxy has sent already.
 */
async function quietTurn(server: Server): Promise<void> {
  let connected = 0;
  server.on('connection', () => {
    connected += 1;
  });
  for (let turn = 0; turn < TURNS; turn += 1) {
    const [began, before] = [performance.now(), connected];
    await nextTurn();
    if (connected === before && performance.now() - began < QUIET) return;
  }
}

/** Rejects with what to do where the port is taken. */
export const listen = (server: Server, port: number, host: string): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE' ? new Error(`port ${port} is taken; stop what listens there, or set PORT`) : error,
      ),
    );
    server.listen(port, host, resolve);
  });

/** Stops listening, breaks streams off, and lets the other `open` answers end. */
export async function closeServer(
  server: Server,
  open: ReadonlySet<ServerResponse>,
  closeSockets: () => Promise<void>,
): Promise<void> {
  await quietTurn(server);
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  // Streams break off rather than end: their clients come again, to another server, with their last cursor.
  for (const response of open) if (isStream(response)) response.destroy();
  await closeSockets();
  const forced = setTimeout(() => server.closeAllConnections(), ENDING);
  await closed;
  clearTimeout(forced);
}

const isStream = (response: ServerResponse): boolean =>
  String(response.getHeader('content-type')).startsWith('text/event-stream');
