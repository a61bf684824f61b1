/** The door: HTTP, SSE and WebSocket on one port. */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { GraphQLSchema } from 'graphql';
import { AppError } from '#core/errors.ts';
import type { MetricDeclarations } from '#core/plugin.ts';
import type { Warming } from '#core/runtime/warm-up.ts';
import type { Parley } from '#core/services/index.ts';
import { type Authenticate, authenticator } from './auth.ts';
import { clientAddress } from './client-address.ts';
import { type ConnectionSharesOptions, connectionShares } from './connection-shares.ts';
import { cors } from './cors.ts';
import { engine as engineOver } from './engine.ts';
import { STREAMING } from './event-stream.ts';
import { graphiqlPage } from './graphiql.ts';
import { graphqlHttp } from './graphql-http.ts';
import { answering, guardedEngine } from './guarded-engine.ts';
import { closeServer, listen } from './listening.ts';
import { liveConnections } from './live-connections.ts';
import type { Logging } from './logging.ts';
import { metrics as makeMetrics } from './metrics.ts';
import { type MetricsAccessOptions, metricsAccess } from './metrics-access.ts';
import { isAllowedOrigin } from './origin.ts';
import { pathOf } from './path.ts';
import { readiness } from './readiness.ts';
import { refuse } from './refuse.ts';
import { answerFile, staticPage } from './static-page.ts';
import { tracedRequest } from './traced-request.ts';
import { turningAway } from './turning-away.ts';
import { serverWarming } from './warm-up.ts';
import { serveWebSocket } from './websocket.ts';

export interface ServerOptions {
  readonly parley: Parley;
  readonly schema: GraphQLSchema;
  readonly host: string;
  readonly port: number;
  readonly auth: 'required' | 'none';
  readonly jwtSecret?: string | undefined;
  readonly jwtJwksUrl?: string | undefined;
  readonly jwtIssuer?: string | undefined;
  readonly jwtAudience?: string | undefined;
  readonly maxRequestBytes: number;
  readonly maxUploadBytes: number;
  readonly maxResponseBytes: number;
  readonly connections: ConnectionSharesOptions;
  readonly uploadDirectory: string;
  readonly corsOrigins: readonly string[];
  readonly log: Logging['log'];
  /** Addresses and networks of proxies whose X-Forwarded-For is believed. */
  readonly trustedProxies: readonly string[];
  /** False: /graphiql is not there. */
  readonly graphiql: boolean;
  readonly metricsAccess: MetricsAccessOptions;
  /** The metrics of plugins' manifests. */
  readonly metrics?: MetricDeclarations;
  /** What /ready waits for, besides the server's own; begun once it listens. */
  readonly warming?: readonly Warming[];
  /** /health, /ready and /metrics alone: for a process that answers no clients. */
  readonly healthOnly?: boolean;
}
export interface RunningServer {
  readonly url: string;
  /**
   * For a server that is one of several: leaves to others what proxies send from now on, and closes each connection with its next
   * answer. Resolves when proxies have had the time to ask by those which they hold.
   */
  leave(): Promise<void>;
  /** Stops listening, lets running answers end, closes the sockets. */
  close(): Promise<void>;
}

type Route = (request: IncomingMessage, response: ServerResponse, requestId: string) => unknown;

const HEALTH: ReadonlySet<string> = new Set(['/health', '/ready', '/metrics']);
const PAGE = new URL('./page/', import.meta.url);
/** Milliseconds for a whole request: an upload of MAX_UPLOAD_BYTES over 1.4 Mbit/s. Who has no key is refused before the body. */
const REQUEST_TIMEOUT = 300_000;
/** Milliseconds: longer than nginx.conf keeps a connection that is idle. */
const LEAVING = 1_500;
/** Characters of a request id that is taken over from a proxy. */
const REQUEST_ID = /^[\w.-]{8,64}$/;

export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { parley, schema, host, port, auth, maxRequestBytes, maxUploadBytes, uploadDirectory, log } = options;
  const identify = authenticator(options);
  const authenticate: Authenticate = (authorization) => parley.database.guard(() => identify(authorization));
  const away = turningAway(parley.database, options.trustedProxies);
  const live = liveConnections(auth === 'none' ? async () => ({}) : authenticate);
  const connections = connectionShares(options.connections);
  const engine = engineOver(schema, { maxResponseBytes: options.maxResponseBytes, connections });
  const guarded = guardedEngine(engine, schema, parley.database);
  const metrics = makeMetrics(options.metrics ?? {}, {
    load: () => parley.load(),
    platform: () => parley.platform(),
    connections: () => connections.total,
  });
  const mayScrape = metricsAccess(options.metricsAccess);
  const page = staticPage(PAGE);
  const warming = serverWarming(options.warming, options.healthOnly ? null : engine);
  const corsOrigins = new Set(options.corsOrigins);
  const preflight = cors(corsOrigins);
  const allowed = (request: IncomingMessage) => auth !== 'none' || isAllowedOrigin(request, corsOrigins);

  const routes: Readonly<Record<string, Route>> = {
    '/graphql': tracedRequest(
      '/graphql',
      graphqlHttp({
        ...{ schema, engine, guarded, parley, authenticate, live, turnsAway: away.reasonFor },
        ...{ maxRequestBytes, maxUploadBytes, uploadDirectory },
      }),
    ),
    '/graphiql': async (request, response) => {
      if (!options.graphiql) return notFound(response);
      await answerFile(await graphiqlPage(), request, response);
    },
    '/health': (_request, response) => json(response, 200, { status: 'alive' }),
    '/ready': async (_request, response) =>
      tellReadiness(response, await readiness(parley, { isWarm: warming.done, isLeaving: away.leaving })),
    '/metrics': async (request, response) => {
      const status = mayScrape(request);
      if (status === 404) return notFound(response);
      if (status === 401) throw new AppError('UNAUTHENTICATED', 'Metrics need Authorization: Bearer METRICS_TOKEN');
      response.writeHead(200, { 'content-type': metrics.contentType }).end(await metrics.render());
    },
  };

  function answerPage(request: IncomingMessage, response: ServerResponse, path: string): void {
    const file = request.method === 'GET' || request.method === 'HEAD' ? page(path) : undefined;
    if (!file || options.healthOnly) notFound(response);
    else void answerFile(file, request, response);
  }

  const open = new Set<ServerResponse>();
  const server = createServer(
    { keepAliveTimeout: 65_000, requestTimeout: REQUEST_TIMEOUT, headersTimeout: 20_000 },
    (request, response) => {
      const started = performance.now();
      const requestId = requestIdOf(request);
      response.setHeader('x-request-id', requestId);
      if (away.leaving) response.setHeader('connection', 'close');
      open.add(response);
      response.once('close', () => open.delete(response));
      const path = pathOf(request);
      const route = options.healthOnly && !HEALTH.has(path) ? undefined : routes[path];
      let streaming: number | undefined;
      response.once(STREAMING, () => {
        streaming = performance.now();
      });
      response.on('close', () => {
        const seconds = ((streaming ?? performance.now()) - started) / 1000;
        metrics.observeRequest(methodOf(request), route ? path : 'page', response.statusCode, seconds);
        log.debug(
          { requestId, method: request.method, route: route ? path : 'page', status: response.statusCode, seconds },
          'request',
        );
      });
      if (!allowed(request))
        refuse(
          request,
          response,
          new AppError('FORBIDDEN', 'Without authentication only this machine’s own pages are served'),
          requestId,
        );
      else if (preflight(request, response)) return;
      else if (route)
        Promise.resolve(route(request, response, requestId)).catch((error) =>
          refuse(request, response, error, requestId),
        );
      else answerPage(request, response, path);
    },
  );
  server.on('clientError', (_error, socket) => socket.destroy());
  const closeSockets = options.healthOnly
    ? async () => undefined
    : serveWebSocket({
        ...{ schema, server, engine: { ...engine, ...answering(guarded) }, parley, authenticate, live },
        ...{ connections, maxRequestBytes, allowed, away },
        addressOf: clientAddress(options.trustedProxies),
      });

  await listen(server, port, host);
  const { port: bound } = server.address() as AddressInfo;
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${bound}`;
  log.info({ url }, 'listening');
  warming.begin();

  return {
    url,
    async leave() {
      away.leave();
      for (const response of open) if (!response.headersSent) response.setHeader('connection', 'close');
      await sleep(LEAVING);
    },
    async close() {
      warming.stop();
      live.stop();
      await closeServer(server, open, closeSockets);
      metrics.stop();
    },
  };
}

function json(response: ServerResponse, status: number, value: unknown): void {
  const text = JSON.stringify(value);
  response
    .writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'content-length': Buffer.byteLength(text) })
    .end(text);
}

const tellReadiness = (response: ServerResponse, { ready, reasons }: Awaited<ReturnType<typeof readiness>>): void =>
  json(response, ready ? 200 : 503, { status: ready ? 'ready' : 'not ready', reasons });

const notFound = (response: ServerResponse): void => json(response, 404, { error: 'not found' });

const METHODS = new Set(['GET', 'POST', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'PATCH']);
const methodOf = ({ method = '' }: IncomingMessage): string => (METHODS.has(method) ? method : 'other');

function requestIdOf({ headers }: IncomingMessage): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
}
