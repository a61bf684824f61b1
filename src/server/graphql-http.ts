/** GraphQL over HTTP: JSON by POST takes a straight way, everything else goes through Yoga. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { GraphQLSchema } from 'graphql';
import { AppError } from '#core/errors.ts';
import type { Parley } from '#core/services/index.ts';
import type { Viewer } from '#core/viewer.ts';
import { type Context, loaders } from '#schema/index.ts';
import type { Authenticate } from './auth.ts';
import { readBody } from './body.ts';
import type { Engine, Operation } from './engine.ts';
import { maskError } from './errors.ts';
import { streamEvents } from './event-stream.ts';
import type { LiveConnections } from './live-connections.ts';
import { isMultipart, readMultipart } from './multipart.ts';
import { yogaOver } from './yoga.ts';

export interface GraphQLHttpOptions {
  readonly schema: GraphQLSchema;
  readonly engine: Engine;
  readonly parley: Parley;
  readonly authenticate: Authenticate;
  readonly live: LiveConnections;
  readonly maxRequestBytes: number;
  readonly maxUploadBytes: number;
  /** Where uploaded files lie until their request is answered. */
  readonly uploadDirectory: string;
}
export type Handler = (request: IncomingMessage, response: ServerResponse, requestId: string) => Promise<void>;

interface Parameters {
  readonly query: string;
  readonly operationName?: string | null;
  readonly variables?: Record<string, unknown> | null;
}

const IS_JSON = /^application\/json\s*(;\s*charset="?utf-8"?\s*)?$/i;
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
  maxUploadBytes,
  uploadDirectory,
}: GraphQLHttpOptions): Handler {
  const yoga = yogaOver(schema, engine);

  return async (request, response, requestId) => {
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    try {
      const { authorization } = request.headers;
      const viewer = await authenticate(authorization);
      if (request.method === 'POST' && isMultipart(request)) {
        const limits = { maxRequestBytes, maxUploadBytes, directory: uploadDirectory };
        const { operation, discard } = await readMultipart(request, limits);
        try {
          const context = contextOf(parley, viewer, requestId, gone.signal);
          await answerMultipart(engine, response, operation, context);
        } finally {
          await discard();
        }
        return;
      }
      const body = request.method === 'POST' ? await readBody(request, maxRequestBytes) : undefined;
      const context = contextOf(parley, viewer, requestId, gone.signal);
      const operation = straightOperation(engine, request, body);
      if (operation?.stream) {
        await answerStream({ engine, live, authorization, response, gone }, { ...operation, context });
        return;
      }
      if (operation && (await answerStraight(engine, request, response, { ...operation, context }))) return;
      if (body) (request as { body?: unknown }).body = body;
      // Yoga makes a URL of it, and answers with a stack trace where it cannot.
      request.headers.host = 'localhost';
      await yoga(request, response, context);
    } catch (error) {
      refuse(request, response, error, requestId);
    }
  };
}

interface StraightOperation extends Omit<Operation, 'context'> {
  /** A subscription to be answered as events. */
  readonly stream: boolean;
}

/** What may be run at once. Undefined for what is in error, or needs more: that is left to Yoga, which knows all of the protocol. */
function straightOperation(
  engine: Engine,
  request: IncomingMessage,
  body: Buffer | undefined,
): StraightOperation | undefined {
  const { accept = '*/*', 'content-type': contentType = '' } = request.headers;
  const wantsEvents = accept.includes('text/event-stream');
  if (body ? !IS_JSON.test(contentType) : !(wantsEvents && request.method === 'GET')) return undefined;
  if (!wantsEvents && !/application\/json|\*\/\*/.test(accept)) return undefined;
  const parameters = body ? parametersOf(parsed(body)) : parametersOfUrl(request.url ?? '');
  if (!parameters) return undefined;
  const { document, errors } = engine.prepare(parameters.query);
  if (!document || errors.length > 0) return undefined;
  const stream = engine.operationOf(document, parameters.operationName)?.operation === 'subscription';
  if (stream !== wantsEvents || !engine.operationOf(document, parameters.operationName)) return undefined;
  return { document, operationName: parameters.operationName, variables: parameters.variables, stream };
}

/** False where the variables were wrong: nothing has run then. */
async function answerStraight(
  engine: Engine,
  request: IncomingMessage,
  response: ServerResponse,
  operation: Operation,
): Promise<boolean> {
  const result = await engine.execute(operation);
  if (result.data === undefined) return false;
  const text = JSON.stringify(result);
  response.writeHead(200, {
    'content-type': request.headers.accept?.includes('application/graphql-response+json')
      ? 'application/graphql-response+json; charset=utf-8'
      : JSON_TYPE,
    'content-length': Buffer.byteLength(text),
    ...retryAfterOf(result.errors),
  });
  response.end(text);
  return true;
}

/** A query or a mutation with files. What is wrong with it is told as for any other request. */
async function answerMultipart(
  engine: Engine,
  response: ServerResponse,
  operation: Record<string, unknown>,
  context: Context,
): Promise<void> {
  const parameters = parametersOf(operation);
  if (!parameters) throw new AppError('BAD_USER_INPUT', 'operations is no GraphQL request');
  const { document, errors } = engine.prepare(parameters.query);
  const kind = document && engine.operationOf(document, parameters.operationName)?.operation;
  if (errors.length === 0 && (kind === undefined || kind === 'subscription'))
    throw new AppError('BAD_USER_INPUT', 'A request with files is a query or a mutation');
  const result =
    document && errors.length === 0
      ? await engine.execute({
          document,
          operationName: parameters.operationName,
          variables: parameters.variables,
          context,
        })
      : { errors: errors.map((error) => maskError(error, context.requestId)) };
  const text = JSON.stringify(result);
  response.writeHead('data' in result && result.data !== undefined ? 200 : 400, {
    'content-type': JSON_TYPE,
    'content-length': Buffer.byteLength(text),
    ...retryAfterOf(result.errors),
  });
  response.end(text);
}

interface Stream {
  readonly engine: Engine;
  readonly live: LiveConnections;
  readonly authorization: string | undefined;
  readonly response: ServerResponse;
  readonly gone: AbortController;
}

async function answerStream({ engine, live, authorization, response, gone }: Stream, operation: Operation) {
  const { requestId } = operation.context;
  let last: { readonly errors: readonly unknown[] } | undefined;
  const leave = live.watch(authorization, () => {
    last = { errors: [maskError(new AppError('UNAUTHENTICATED', 'The credential is no longer valid'), requestId)] };
    gone.abort();
  });
  try {
    const results = await engine.subscribe(operation);
    if (Symbol.asyncIterator in results) await streamEvents(response, results, () => last);
    else await streamEvents(response, [results].values() as never);
  } finally {
    leave();
  }
}

/** Undefined where it is JSON, but not of the right form: Yoga says what is wrong with it. */
function parametersOf({ query, operationName, variables, extensions }: RawParameters): Parameters | undefined {
  const known =
    typeof query === 'string' &&
    isOptional(operationName, 'string') &&
    isOptional(variables, 'object') &&
    isOptional(extensions, 'object') &&
    !Array.isArray(variables) &&
    !Array.isArray(extensions);
  return known ? ({ query, operationName, variables } as Parameters) : undefined;
}

type RawParameters = Partial<Record<'query' | 'operationName' | 'variables' | 'extensions', unknown>>;
function parsed(text: Buffer | string): RawParameters {
  try {
    return JSON.parse(text.toString('utf8')) ?? {};
  } catch {
    throw new AppError('BAD_USER_INPUT', 'The request body is no JSON');
  }
}

function parametersOfUrl(url: string): Parameters | undefined {
  const given = Object.fromEntries(new URLSearchParams(url.slice(url.indexOf('?') + 1)));
  try {
    return parametersOf({
      ...given,
      variables: given['variables'] && JSON.parse(given['variables']),
      extensions: null,
    });
  } catch {
    return undefined;
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
