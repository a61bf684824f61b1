/** GraphQL over HTTP: JSON by POST takes a straight way, everything else goes through Yoga. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { GraphQLSchema } from 'graphql';
import { AppError } from '#core/errors.ts';
import type { Parley } from '#core/services.ts';
import type { Viewer } from '#core/viewer.ts';
import { type Context, loaders } from '#schema/index.ts';
import type { Authenticate } from './auth.ts';
import { readBody } from './body.ts';
import type { Engine } from './engine.ts';
import { maskError } from './errors.ts';
import type { LiveConnections } from './live-connections.ts';
import { yogaOver } from './yoga.ts';

export interface GraphQLHttpOptions {
  readonly schema: GraphQLSchema;
  readonly engine: Engine;
  readonly parley: Parley;
  readonly authenticate: Authenticate;
  readonly live: LiveConnections;
  readonly maxRequestBytes: number;
}
export type Handler = (request: IncomingMessage, response: ServerResponse, requestId: string) => Promise<void>;

interface Parameters {
  readonly query: string;
  readonly operationName?: string | null;
  readonly variables?: Record<string, unknown> | null;
}

const JSON_TYPE = 'application/json; charset=utf-8';

export function contextOf(parley: Parley, viewer: Viewer, requestId: string, signal: AbortSignal): Context {
  return { viewer, parley, requestId, signal, loaders: loaders(parley, viewer) };
}

export function graphqlHttp({
  schema,
  engine,
  parley,
  authenticate,
  live,
  maxRequestBytes,
}: GraphQLHttpOptions): Handler {
  const yoga = yogaOver(schema, engine);

  return async (request, response, requestId) => {
    try {
      const { authorization } = request.headers;
      const viewer = await authenticate(authorization);
      const body = request.method === 'POST' ? await readBody(request, maxRequestBytes) : undefined;
      const gone = new AbortController();
      response.on('close', () => gone.abort());
      const context = contextOf(parley, viewer, requestId, gone.signal);
      if (body && (await answerStraight(engine, request, response, body, context))) return;
      if (body) (request as { body?: unknown }).body = body;
      const leave = live.watch(authorization, () => end(response, requestId, gone));
      response.on('close', leave);
      if (request.headers.accept?.includes('text/event-stream')) response.setHeader('x-accel-buffering', 'no');
      await yoga(request, response, context);
    } catch (error) {
      refuse(request, response, error, requestId);
    }
  };
}

/** True where it has answered. What is in error, or needs more than JSON, is left to Yoga, which knows all of the protocol. */
async function answerStraight(
  engine: Engine,
  request: IncomingMessage,
  response: ServerResponse,
  body: Buffer,
  context: Context,
): Promise<boolean> {
  const { accept = '*/*', 'content-type': contentType = '' } = request.headers;
  if (
    !/^application\/json\s*(;\s*charset="?utf-8"?\s*)?$/i.test(contentType) ||
    !/application\/json|\*\/\*/.test(accept) ||
    accept.includes('text/event-stream')
  )
    return false;
  const parameters = parametersOf(body);
  if (!parameters) return false;
  const { document, errors } = engine.prepare(parameters.query);
  if (!document || errors.length > 0) return false;
  const operation = engine.operationOf(document, parameters.operationName);
  if (!operation || operation.operation === 'subscription') return false;
  const result = await engine.execute({ document, ...parameters, context });
  if (result.data === undefined) return false; // the variables were wrong: nothing has run
  const text = JSON.stringify(result);
  response.writeHead(200, {
    'content-type': accept.includes('application/graphql-response+json')
      ? 'application/graphql-response+json; charset=utf-8'
      : JSON_TYPE,
    'content-length': Buffer.byteLength(text),
    ...retryAfterOf(result.errors),
  });
  response.end(text);
  return true;
}

/** Undefined where it is JSON, but not of the right form: Yoga says what is wrong with it. */
function parametersOf(body: Buffer): Parameters | undefined {
  const { query, operationName, variables, extensions } = parsed(body) ?? {};
  const known =
    typeof query === 'string' &&
    isOptional(operationName, 'string') &&
    isOptional(variables, 'object') &&
    isOptional(extensions, 'object') &&
    !Array.isArray(variables) &&
    !Array.isArray(extensions);
  return known ? ({ query, operationName, variables } as Parameters) : undefined;
}

function parsed(body: Buffer): Partial<Record<'query' | 'operationName' | 'variables' | 'extensions', unknown>> | null {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw new AppError('BAD_USER_INPUT', 'The request body is no JSON');
  }
}

const isOptional = (value: unknown, type: 'string' | 'object'): boolean =>
  value === undefined || value === null || typeof value === type;

function retryAfterOf(errors: readonly unknown[] | undefined): Record<string, string> {
  const seconds = (errors as { extensions?: { retryAfter?: number } }[] | undefined)?.find(
    (error) => error.extensions?.retryAfter,
  )?.extensions?.retryAfter;
  return seconds === undefined ? {} : { 'retry-after': String(Math.ceil(seconds)) };
}

/** The credential of a live stream has ceased to hold. */
function end(response: ServerResponse, requestId: string, gone: AbortController): void {
  const error = maskError(new AppError('UNAUTHENTICATED', 'The credential is no longer valid'), requestId);
  if (response.headersSent)
    response.end(`event: next\ndata: ${JSON.stringify({ errors: [error] })}\n\nevent: complete\ndata:\n\n`);
  gone.abort();
}

const STATUS: Readonly<Record<string, number>> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  PAYLOAD_TOO_LARGE: 413,
  STORE_UNAVAILABLE: 503,
  BAD_USER_INPUT: 400,
};

/** Before anything of GraphQL ran: still a GraphQL response. */
export function refuse(request: IncomingMessage, response: ServerResponse, error: unknown, requestId: string): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const masked = maskError(error, requestId);
  const { code } = masked.extensions;
  const unread = !request.complete;
  response.writeHead(STATUS[code] ?? 500, {
    'content-type': JSON_TYPE,
    ...(code === 'UNAUTHENTICATED' ? { 'www-authenticate': 'Bearer' } : {}),
    ...(unread ? { connection: 'close' } : {}),
  });
  response.end(JSON.stringify({ errors: [masked] }), () => {
    if (unread) setTimeout(() => request.destroy(), 200).unref(); // so that the answer arrives before the reset
  });
  if (unread) request.resume();
}
