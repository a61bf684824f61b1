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
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import { AppError } from '#core/errors.ts';
import { begin, type Running, UNWATCHED } from '#core/runtime/work.ts';
import type { Parley } from '#core/services/index.ts';
import type { Viewer } from '#core/viewer.ts';
import type { Context } from '#schema/index.ts';
import type { Authenticate } from './auth.ts';
import type { ConnectionShares } from './connection-shares.ts';
import type { Engine } from './engine.ts';
import { maskError } from './errors.ts';
import { contextOf } from './graphql-http.ts';
import type { LiveConnections } from './live-connections.ts';
import { pathOf } from './path.ts';

export interface WebSocketOptions {
  readonly server: Server;
  readonly schema: GraphQLSchema;
  readonly engine: Engine;
  readonly parley: Parley;
  readonly authenticate: Authenticate;
  readonly live: LiveConnections;
  readonly connections: ConnectionShares;
  readonly maxRequestBytes: number;
  /** False: the handshake is refused with 403. */
  readonly allowed: (request: IncomingMessage) => boolean;
}

interface Extra extends Record<PropertyKey, unknown> {
  viewer: Viewer;
  /** Aborts with the socket: what reads for it ends. */
  gone: AbortController;
  leave: () => void;
  /** By the id that the client gave to an operation. */
  operations: Map<string, Running>;
}

/** Subscriptions at once on one socket. */
const MOST_OPERATIONS = 100;
/** Bytes that may wait in a socket before its subscriptions pause. */
const HIGH_WATER = 262_144;
/** https://www.iana.org/assignments/websocket/websocket.xhtml#close-code-number */
const TRY_AGAIN_LATER = 1013;
/** Milliseconds that clients get to answer the closing handshake. */
const CLOSING = 1_000;

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
  allowed,
}: WebSocketOptions): () => Promise<void> {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: maxRequestBytes,
    handleProtocols: (protocols) => (protocols.has('graphql-transport-ws') ? 'graphql-transport-ws' : false),
  });
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    const here = pathOf(request) === '/graphql';
    if (!here || !allowed(request)) {
      socket.once('finish', () => socket.destroy()); // a client that does not hang up would hold the server's end back
      socket.end(`HTTP/1.1 ${here ? '403 Forbidden' : '404 Not Found'}\r\nconnection: close\r\n\r\n`);
      return;
    }
    sockets.handleUpgrade(request, socket, head, (opened) => {
      sockets.emit('connection', opened, request);
      // A frame that is too large or malformed: ws closes with the code that fits. graphql-ws would print it, with a stack.
      opened.removeAllListeners('error').on('error', () => undefined);
    });
  });

  const inside = new WeakMap<object, Running>();
  /** Runs a step of an operation as part of its message. */
  const within = <T>({ contextValue }: ExecutionArgs, step: () => T): T =>
    (inside.get(contextValue as object) ?? UNWATCHED).run(step);
  const running = useServer<Record<string, unknown> | undefined, Extra>(
    {
      connectionInitWaitTimeout: 10_000,
      async onConnect({ connectionParams, extra }) {
        const given = connectionParams?.['authorization'] ?? connectionParams?.['Authorization'];
        const authorization = typeof given === 'string' ? given : undefined;
        try {
          extra.viewer = await authenticate(authorization);
        } catch (error) {
          if ((error as { code?: unknown }).code !== 'UNAUTHENTICATED') throw error;
          return false; // closes with 4403
        }
        let discount: () => void;
        try {
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
        if (!viewer || !gone || !operations || Object.keys(subscriptions).length > MOST_OPERATIONS) return [tooMany()];
        const context = contextOf(parley, viewer, randomUUID(), gone.signal);
        const running = begin({ kind: 'message', requestId: context.requestId });
        const { document, errors } = running.run(() => engine.prepare(payload.query));
        if (!document || errors.length > 0) {
          running.end();
          return errors;
        }
        operations.set(id, running);
        inside.set(context, running);
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
      subscribe: (given: ExecutionArgs) =>
        within(given, () => engine.subscribe(operation(given))) as Promise<
          AsyncIterableIterator<ExecutionResult> | ExecutionResult
        >,
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
    },
    sockets,
    30_000,
  );

  return async () => {
    // A client that does not answer the closing handshake may not hold the server's end back.
    const late = setTimeout(() => {
      for (const socket of sockets.clients) socket.terminate();
    }, CLOSING);
    await running.dispose();
    clearTimeout(late);
  };
}

const tooMany = () => {
  const originalError = new AppError('RATE_LIMITED', `One socket carries at most ${MOST_OPERATIONS} operations`, {
    retryAfter: 1,
  });
  return new GraphQLError(originalError.message, { originalError });
};

const operation = ({ document, operationName, variableValues, contextValue }: ExecutionArgs) => ({
  document,
  operationName: operationName ?? null,
  variables: (variableValues ?? {}) as Record<string, unknown>,
  context: contextValue as Context,
});
