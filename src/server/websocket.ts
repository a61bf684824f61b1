/** GraphQL over WebSocket, protocol graphql-transport-ws. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, Server } from 'node:http';
import {
  type ExecutionArgs,
  type ExecutionResult,
  type FormattedExecutionResult,
  GraphQLError,
  type GraphQLSchema,
} from 'graphql';
import { CloseCode } from 'graphql-ws';
import { type ServerOptions, type WebSocket, WebSocketServer } from 'ws';
import { AppError } from '#core/errors.ts';
import { newRequestId } from '#core/runtime/identifier.ts';
import { begin, type Running, UNWATCHED } from '#core/runtime/work.ts';
import type { Parley } from '#core/services/index.ts';
import type { Viewer } from '#core/viewer.ts';
import type { Context } from '#schema/index.ts';
import type { Authenticate } from './auth.ts';
import { type ConnectionShares, networkOf } from './connection-shares.ts';
import type { Engine } from './engine.ts';
import { maskError } from './errors.ts';
import { contextOf } from './graphql-http.ts';
import type { LiveConnections } from './live-connections.ts';
import { pathOf } from './path.ts';
import { protocolServer, type SocketExtra } from './protocol-server.ts';
import { HIGH_WATER, sentResults } from './sent-results.ts';
import type { TurningAway } from './turning-away.ts';

export interface WebSocketOptions {
  readonly server: Server;
  readonly schema: GraphQLSchema;
  readonly engine: Engine;
  readonly parley: Parley;
  readonly authenticate: Authenticate;
  readonly live: LiveConnections;
  readonly connections: ConnectionShares;
  readonly maxRequestBytes: number;
  /** The client's address, also behind a trusted proxy. */
  readonly addressOf: (request: IncomingMessage) => string;
  /** For tests. */
  readonly initTimeout?: number;
  /** False: the handshake is refused with 403. */
  readonly allowed: (request: IncomingMessage) => boolean;
  /** Absent for a server that is none of several. */
  readonly away?: TurningAway;
}

/** From the time at which the viewer is known. */
interface Extra extends SocketExtra {
  viewer?: Viewer;
  /** Aborts with the socket: what reads for it ends. */
  gone?: AbortController;
  leave?: () => void;
  /** By the id that the client gave to an operation. */
  operations?: Map<string, Running>;
}

/** What began an operation. */
interface Message {
  readonly running: Running;
  readonly socket: WebSocket;
  readonly id: string;
}

/** Subscriptions at once on one socket. */
const MOST_OPERATIONS = 100;
/** https://www.iana.org/assignments/websocket/websocket.xhtml#close-code-number; clients come again after both. */
const TRY_AGAIN_LATER = 1013;
const GOING_AWAY = 1001;
/** Milliseconds that clients get to answer the closing handshake. */
const CLOSING = 1_000;
/** Milliseconds that clients have to send connection_init. */
const INIT = 10_000;

/** Answers the way to stop: sockets are closed with 1001. */
export function serveWebSocket({
  server,
  schema,
  engine,
  parley,
  authenticate,
  live,
  connections,
  maxRequestBytes,
  addressOf,
  initTimeout = INIT,
  allowed,
  away,
}: WebSocketOptions): () => Promise<void> {
  // The types of ws do not know closeTimeout yet.
  const options: ServerOptions & { readonly closeTimeout: number } = {
    noServer: true,
    maxPayload: maxRequestBytes,
    closeTimeout: CLOSING,
    handleProtocols: (protocols) => (protocols.has('graphql-transport-ws') ? 'graphql-transport-ws' : false),
  };
  const sockets = new WebSocketServer(options);
  /** What counts a socket until its viewer is known. */
  const waiting = new WeakMap<WebSocket, () => void>();
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    const refuse = (status: string) => {
      socket.once('finish', () => socket.destroy()); // a client that does not hang up would hold the server's end back
      socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\n\r\n`);
    };
    if (pathOf(request) !== '/graphql') return refuse('404 Not Found');
    if (!allowed(request)) return refuse('403 Forbidden');
    if (away?.reasonFor(request)) return void socket.destroy(); // a proxy asks another server
    if (parley.database.awayHereAlone) return refuse('503 Service Unavailable\r\nretry-after: 1');
    let known: () => void;
    try {
      known = connections.wait(networkOf(addressOf(request)));
    } catch (error) {
      const isFull = (error as AppError).code === 'OVERLOADED'; // another server may have room
      return refuse(`${isFull ? '503 Service Unavailable' : '429 Too Many Requests'}\r\nretry-after: 5`);
    }
    socket.once('close', known);
    sockets.handleUpgrade(request, socket, head, (opened) => {
      waiting.set(opened, known);
      if (away?.isProxy(request)) proxied.add(opened);
      serve(opened);
    });
  });

  const proxied = new WeakSet<WebSocket>();
  /** Why a client that asks more on a socket from before is to come again at another server. */
  const closesFor = (socket: WebSocket): [code: number, reason: string] | undefined => {
    if (parley.database.awayForLong) return [TRY_AGAIN_LATER, 'The database is away']; // others have what ran here
    return away?.leaving && proxied.has(socket) ? [GOING_AWAY, 'Going away'] : undefined;
  };
  const inside = new WeakMap<object, Message>();
  /** Runs a step of an operation as part of its message. */
  const within = <T>({ contextValue }: ExecutionArgs, step: () => T): T =>
    (inside.get(contextValue as object)?.running ?? UNWATCHED).run(step);
  const serve = protocolServer<Extra>({
    connectionInitWaitTimeout: initTimeout,
    async onConnect({ connectionParams, extra }) {
      const given = connectionParams?.['authorization'] ?? connectionParams?.['Authorization'];
      const authorization = typeof given === 'string' ? given : undefined;
      try {
        extra.viewer = await authenticate(authorization);
      } catch (error) {
        // No verdict where the database or the key server is away. Else it closes with 4403.
        if (maskError(error, randomUUID()).extensions.code !== 'UNAUTHENTICATED')
          extra.socket.close(TRY_AGAIN_LATER, 'The credential could not be checked');
        return false;
      }
      let discount: () => void;
      try {
        waiting.get(extra.socket)?.();
        discount = connections.enter(extra.viewer.id);
      } catch (error) {
        extra.socket.close(TRY_AGAIN_LATER, (error as Error).message);
        return false;
      }
      const unwatch = live.watch(authorization, () =>
        extra.socket.close(CloseCode.Forbidden, 'The credential is no longer valid'),
      );
      extra.gone = new AbortController();
      extra.operations = new Map();
      extra.leave = () => {
        discount();
        unwatch();
      };
      if (extra.socket.readyState !== extra.socket.OPEN) extra.leave(); // it went while its credential was looked up
      return true;
    },
    onClose({ extra }) {
      extra.gone?.abort();
      extra.leave?.();
      for (const operation of extra.operations?.values() ?? []) operation.end();
    },
    onSubscribe({ extra, subscriptions }, id, payload) {
      const { viewer, gone, operations } = extra;
      const elsewhere = closesFor(extra.socket);
      if (elsewhere) {
        extra.socket.close(...elsewhere);
        return [asGraphQLError(overloaded())]; // nothing of it is done, so that it may be asked again
      }
      if (!viewer || !gone || !operations || Object.keys(subscriptions).length > MOST_OPERATIONS)
        return [asGraphQLError(tooMany())];
      const context = contextOf(parley, viewer, newRequestId(), gone.signal);
      const running = begin({ kind: 'message', requestId: context.requestId });
      const { document, errors } = running.run(() => engine.prepare(payload.query));
      if (!document || errors.length > 0) {
        running.end();
        return errors;
      }
      operations.set(id, running);
      inside.set(context, { running, socket: extra.socket, id });
      return {
        schema,
        document,
        operationName: payload.operationName ?? null,
        variableValues: payload.variables ?? null,
        contextValue: context,
      };
    },
    execute: (given: ExecutionArgs) =>
      within(given, () => engine.execute(operation(given))) as ExecutionResult | Promise<ExecutionResult>,
    async subscribe(given: ExecutionArgs) {
      const answer = await within(given, () => engine.subscribe(operation(given)));
      const message = inside.get(given.contextValue as object);
      if (!message || !(Symbol.asyncIterator in answer)) return answer as ExecutionResult;
      return sentResults(answer, message.socket, message.id);
    },
    onComplete({ extra: { operations } }, id) {
      operations?.get(id)?.end();
      operations?.delete(id);
    },
    // Errors before execution. graphql-ws accepts only GraphQLErrors from onSubscribe; otherwise it closes the socket.
    onError: (_context, _id, _payload, errors) => errors.map((error) => maskError(error, randomUUID())),
    async onNext({ extra: { socket } }, _id, _payload, _arguments, result) {
      while (socket.bufferedAmount > HIGH_WATER && socket.readyState === socket.OPEN)
        await new Promise((resolve) => setTimeout(resolve, 20));
      return result as FormattedExecutionResult; // masked and plain already
    },
  });
  return async () => {
    // A client that does not answer the closing handshake may not hold the server's end back.
    const late = setTimeout(() => {
      for (const socket of sockets.clients) socket.terminate();
    }, CLOSING);
    for (const socket of sockets.clients) socket.close(GOING_AWAY, 'Going away');
    await new Promise<void>((resolve) => sockets.close(() => resolve()));
    clearTimeout(late);
  };
}

const tooMany = () =>
  new AppError('RATE_LIMITED', `One socket carries at most ${MOST_OPERATIONS} operations`, { retryAfter: 1 });
const overloaded = () => new AppError('OVERLOADED', 'Another server goes on', { retryAfter: 1 });
const asGraphQLError = (originalError: AppError) => new GraphQLError(originalError.message, { originalError });

const operation = ({ document, operationName, variableValues, contextValue }: ExecutionArgs) => ({
  document,
  operationName: operationName ?? null,
  variables: (variableValues ?? {}) as Record<string, unknown>,
  context: contextValue as Context,
});
