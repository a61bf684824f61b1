/** GraphQL over HTTP: JSON takes a straight way, subscriptions are streamed, everything else goes through Yoga. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { GraphQLSchema, OperationDefinitionNode } from 'graphql';
import { AppError } from '#core/errors.ts';
import type { Parley } from '#core/services/index.ts';
import type { Viewer } from '#core/viewer.ts';
import { type Context, loaders } from '#schema/index.ts';
import { acceptsEvents, answerStream } from './answer-stream.ts';
import type { Authenticate } from './auth.ts';
import { readBody } from './body.ts';
import { send } from './compression.ts';
import type { Engine, Operation } from './engine.ts';
import { maskError } from './errors.ts';
import type { guardedEngine } from './guarded-engine.ts';
import type { LiveConnections } from './live-connections.ts';
import { isMultipart, readMultipart } from './multipart.ts';
import { type Parameters, parametersOf, readParameters } from './parameters.ts';
import { JSON_TYPE, Refusal, refuse, retryAfterOf } from './refuse.ts';
import { writes } from './root-fields.ts';
import { type TurningAway, turnAway } from './turning-away.ts';

export interface GraphQLHttpOptions {
  readonly schema: GraphQLSchema;
  readonly engine: Engine;
  readonly guarded: ReturnType<typeof guardedEngine>;
  readonly parley: Parley;
  readonly authenticate: Authenticate;
  readonly live: LiveConnections;
  readonly maxRequestBytes: number;
  readonly maxUploadBytes: number;
  /** The folder of uploaded files until their request is answered. */
  readonly uploadDirectory: string;
  /** Why another server is to do a request. */
  readonly turnsAway: TurningAway['reasonFor'];
}
export type Handler = (request: IncomingMessage, response: ServerResponse, requestId: string) => Promise<void>;

const RESPONSE_TYPE = 'application/graphql-response+json';

export function contextOf(parley: Parley, viewer: Viewer, requestId: string, signal: AbortSignal): Context {
  return { viewer, parley, requestId, signal, loaders: loaders(parley, viewer, { signal }) };
}

export function graphqlHttp(options: GraphQLHttpOptions): Handler {
  const {
    schema,
    engine,
    guarded,
    parley,
    authenticate,
    live,
    maxRequestBytes,
    maxUploadBytes,
    uploadDirectory,
    turnsAway,
  } = options;
  /** A third of all modules of a start: loaded with the first request that needs it. */
  let yoga: Promise<ReturnType<typeof import('./yoga.ts').yogaOver>> | undefined;

  return async (request, response, requestId) => {
    const reason = turnsAway(request);
    if (reason) return turnAway(request, response, reason, requestId);
    const gone = new AbortController();
    response.on('close', () => {
      if (!response.writableFinished) gone.abort(); // after an answer nobody waits for it, and its error costs a stack
    });
    try {
      const viewer = await authenticate(request.headers.authorization);
      if (request.method === 'POST' && isMultipart(request)) {
        const limits = { maxRequestBytes, maxUploadBytes, directory: uploadDirectory };
        const { operation, discard } = await readMultipart(request, limits);
        try {
          const context = contextOf(parley, viewer, requestId, gone.signal);
          await answerMultipart({ ...engine, ...guarded }, response, operation, context);
        } finally {
          await discard();
        }
        return;
      }
      const body = request.method === 'POST' ? await readBody(request, maxRequestBytes) : undefined;
      const context = contextOf(parley, viewer, requestId, gone.signal);
      const asked = runnable(engine, readParameters(request, body));
      if (asked?.kind.operation === 'subscription') {
        checkSubscription(schema, request, asked);
        await answerStream({ engine: guarded, live, request, response, gone }, { ...asked, context });
        return;
      }
      if (asked && isStraight(request, asked)) {
        await answerStraight(request, response, await guarded.execute({ ...asked, context }));
        return;
      }
      if (body) (request as { body?: unknown }).body = body;
      // Yoga makes a URL of it, and answers with a stack trace where it cannot.
      request.headers.host = 'localhost';
      yoga ??= import('./yoga.ts').then(({ yogaOver }) => yogaOver(schema, engine));
      await (await yoga)(request, response, context);
    } catch (error) {
      if (request.method === 'GET' && turnsAway(request)) response.destroy();
      else refuse(request, response, error, requestId);
    }
  };
}

interface Runnable extends Omit<Operation, 'context'> {
  readonly kind: OperationDefinitionNode;
}

/** Undefined for what is in error: that is left to Yoga, which knows all of the protocol. */
function runnable(engine: Engine, parameters: Parameters | undefined): Runnable | undefined {
  if (!parameters) return undefined;
  const { document, errors } = engine.prepare(parameters.query);
  if (!document || errors.length > 0) return undefined;
  const kind = engine.operationOf(document, parameters.operationName);
  return kind
    ? { document, kind, operationName: parameters.operationName, variables: parameters.variables }
    : undefined;
}

function checkSubscription(schema: GraphQLSchema, request: IncomingMessage, { document, kind }: Runnable): void {
  if (request.method === 'GET' && writes(schema, document, kind))
    throw new Refusal(405, 'BAD_USER_INPUT', 'What changes anything is asked for by POST or WebSocket', {
      allow: 'POST',
    });
  if (!acceptsEvents(request))
    throw new Refusal(406, 'BAD_USER_INPUT', 'A subscription is answered as text/event-stream: accept it');
}

/** Mutations by GET are Yoga's to refuse, and answers to queries in the form of events Yoga's to write. */
const isStraight = ({ method, headers: { accept = '*/*' } }: IncomingMessage, { kind }: Runnable): boolean =>
  (method === 'POST' || kind.operation === 'query') &&
  (/application\/json|\*\/\*/.test(accept) || accept.includes(RESPONSE_TYPE));

type Result = Awaited<ReturnType<Engine['execute']>>;

/** If nothing ran, the media type decides the status: https://graphql.github.io/graphql-over-http/draft/#sec-Status-Codes */
function answerStraight(request: IncomingMessage, response: ServerResponse, result: Result): Promise<void> | void {
  const newer = request.headers.accept?.includes(RESPONSE_TYPE) ?? false;
  return send(request, response, {
    status: newer && result.data === undefined ? 400 : 200,
    headers: {
      'content-type': newer ? `${RESPONSE_TYPE}; charset=utf-8` : JSON_TYPE,
      ...retryAfterOf(result.errors),
    },
    text: JSON.stringify(result),
  });
}

/** A query or mutation with files. Its errors are answered like those of any other request. */
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
