/** A service's HTTP: /graphql for the platform, /health, /ready and /metrics. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { execute, type GraphQLSchema, getOperationAST } from 'graphql';
import { AppError } from '#core/errors.ts';
import { signalWithin } from '#core/runtime/deadline.ts';
import type { Viewer } from '#core/viewer.ts';
import { readBody } from '../../src/server/body.ts';
import { documents } from '../../src/server/documents.ts';
import { maskError } from '../../src/server/errors.ts';
import type { Handler } from '../../src/server/graphql-http.ts';
import type { Metrics } from '../../src/server/metrics.ts';
import { type MetricsAccessOptions, metricsAccess } from '../../src/server/metrics-access.ts';
import { operationObserver } from '../../src/server/operation-observer.ts';
import { isAllowedOrigin } from '../../src/server/origin.ts';
import { readParameters } from '../../src/server/parameters.ts';
import { pathOf } from '../../src/server/path.ts';
import { JSON_TYPE, refuse } from '../../src/server/refuse.ts';
import { tracedRequest } from '../../src/server/traced-request.ts';
import type { Caller } from './callers.ts';
import type { AskHook } from './hook-call.ts';
import type { ServiceContext } from './subgraph.ts';

export interface DoorOptions {
  readonly schema: GraphQLSchema;
  readonly host: string;
  readonly port: number;
  readonly maxRequestBytes: number;
  readonly caller: Caller;
  /** True where the callers' secret is known to all: then no page of a browser may call. */
  readonly isOpen: boolean;
  readonly begin: (viewer: Viewer | null, signal: AbortSignal) => AskHook;
  /** Why the service is not ready; empty where it is. */
  readonly ready: () => Promise<readonly string[]>;
  readonly metrics: Metrics;
  readonly metricsAccess: MetricsAccessOptions;
}
export interface Door {
  readonly port: number;
  close(): Promise<void>;
}

/** Milliseconds that a call may take at most, whatever deadline its caller names. */
const LONGEST_CALL = 60_000;
/** Milliseconds that running calls get to end. */
const CLOSE_WITHIN = 2_000;

type Route = (request: IncomingMessage, response: ServerResponse, requestId: string) => unknown;

export async function openDoor(options: DoorOptions): Promise<Door> {
  const mayScrape = metricsAccess(options.metricsAccess);
  const routes: Readonly<Record<string, Route>> = {
    '/graphql': tracedRequest('/graphql', graphql(options)),
    '/health': (_request, response) => json(response, 200, { status: 'alive' }),
    '/ready': async (_request, response) => {
      const reasons = await options.ready();
      json(response, reasons.length === 0 ? 200 : 503, {
        status: reasons.length === 0 ? 'ready' : 'not ready',
        reasons,
      });
    },
    '/metrics': async (request, response) => {
      const status = mayScrape(request);
      if (status === 404) return json(response, 404, { error: 'not found' });
      if (status === 401) throw new AppError('UNAUTHENTICATED', 'Metrics need Authorization: Bearer METRICS_TOKEN');
      response.writeHead(200, { 'content-type': options.metrics.contentType }).end(await options.metrics.render());
    },
  };
  const server = createServer({ keepAliveTimeout: 65_000, requestTimeout: 60_000 }, (request, response) => {
    const started = performance.now();
    const path = pathOf(request);
    const route = Object.hasOwn(routes, path) ? routes[path] : undefined;
    response.on('close', () => {
      const method = request.method === 'GET' || request.method === 'POST' ? request.method : 'other';
      const seconds = (performance.now() - started) / 1000;
      options.metrics.observeRequest(method, route ? path : 'other', response.statusCode, seconds);
    });
    const requestId = crypto.randomUUID();
    const answered = async () => {
      if (options.isOpen && !isAllowedOrigin(request, new Set()))
        throw new AppError('FORBIDDEN', 'Without SERVICE_SECRET only this machine is answered');
      return route ? route(request, response, requestId) : json(response, 404, { error: 'not found' });
    };
    answered().catch((error) => refuse(request, response, error, requestId));
  });
  server.on('clientError', (_error, socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE'
          ? new Error(`port ${options.port} is taken; stop what listens there, or set PORT`)
          : error,
      ),
    );
    server.listen(options.port, options.host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      const forced = setTimeout(() => server.closeAllConnections(), CLOSE_WITHIN);
      await closed;
      clearTimeout(forced);
    },
  };
}

/** Queries by POST of JSON: what the platform and a gateway send. */
function graphql({ schema, caller, begin, maxRequestBytes }: DoorOptions): Handler {
  const { prepare } = documents(schema);
  const observe = operationObserver(schema);
  return async (request, response, requestId) => {
    const gone = new AbortController();
    response.on('close', () => {
      if (!response.writableFinished) gone.abort(new Error('the caller is gone'));
    });
    const viewer = await caller(request.headers.authorization);
    if (request.method !== 'POST') throw new AppError('BAD_USER_INPUT', 'Ask by POST');
    const asked = readParameters(request, await readBody(request, maxRequestBytes));
    if (!asked) throw new AppError('BAD_USER_INPUT', 'The request body is no GraphQL request');
    const { document, errors } = prepare(asked.query);
    if (!document || errors.length > 0)
      return json(response, 400, { errors: errors.map((error) => maskError(error, requestId)) });
    if (!getOperationAST(document, asked.operationName))
      throw new AppError('BAD_USER_INPUT', 'operationName names no operation of the document');
    const context: ServiceContext = { ask: begin(viewer, signalWithin(deadlineOf(request), gone.signal)) };
    const observed = observe({ document, operationName: asked.operationName });
    const result = await observed.run(() =>
      execute({
        ...{ schema, document, operationName: asked.operationName ?? null, contextValue: context },
        variableValues: { ...asked.variables },
      }),
    );
    observed.end(result.errors !== undefined);
    const masked = result.errors && { errors: result.errors.map((error) => maskError(error, requestId)) };
    json(response, 200, { ...result, ...masked });
  };
}

/** Milliseconds that the caller waits. */
function deadlineOf({ headers }: IncomingMessage): number {
  const given = Number(headers['x-deadline-ms']);
  return Number.isFinite(given) && given >= 1 ? Math.min(Math.ceil(given), LONGEST_CALL) : LONGEST_CALL;
}

function json(response: ServerResponse, status: number, value: unknown): void {
  const text = JSON.stringify(value);
  response.writeHead(status, { 'content-type': JSON_TYPE, 'content-length': Buffer.byteLength(text) }).end(text);
}
