/** Yoga for what the straight way of graphql-http.ts does not serve: other media types, mutations by GET, and requests in error. */
import { type DocumentNode, GraphQLError, type GraphQLSchema } from 'graphql';
import { createYoga, type Plugin } from 'graphql-yoga';
import { AppError } from '#core/errors.ts';
import type { Context } from '#schema/index.ts';
import type { Engine } from './engine.ts';
import { type MaskedError, maskError, shortened } from './errors.ts';

export function yogaOver(schema: GraphQLSchema, engine: Engine) {
  return createYoga<Context>({
    schema,
    graphqlEndpoint: '/graphql',
    plugins: [throughEngine(engine)],
    maskedErrors: { maskError: asGraphQLError },
    graphiql: false,
    landingPage: false,
    batching: false,
    multipart: false,
    cors: false,
    logging: false,
    maxRequestBodySize: false,
    parserAndValidationCache: false,
  });
}

/** Lets the engine parse, check, execute and mask, so that nothing differs between the ways in. */
function throughEngine(engine: Engine): Plugin<Context> {
  const errorsOf = new WeakMap<DocumentNode, readonly GraphQLError[]>();
  return {
    onParse({ setParseFn }) {
      setParseFn((source: string | { readonly body: string }) => {
        const { document, errors } = engine.prepare(typeof source === 'string' ? source : source.body);
        if (!document) throw errors[0];
        errorsOf.set(document, errors);
        return document;
      });
    },
    onValidate({ params, setResult }) {
      setResult((errorsOf.get(params.documentAST) ?? []).map(withCode));
    },
    onExecute({ setExecuteFn }) {
      setExecuteFn((args) => engine.execute(operation(args)));
    },
    onSubscribe() {
      // Every subscription is answered by answer-stream.ts, which watches its credential.
      throw new AppError('BAD_USER_INPUT', 'A subscription is answered as text/event-stream: accept it');
    },
  };
}

/** A copy: Yoga writes into the errors that it is given, and these are remembered. It would set a code that is not of the catalogue. */
const withCode = ({ message, nodes, source, positions }: GraphQLError): GraphQLError =>
  new GraphQLError(shortened(message), {
    ...{ nodes: nodes ?? null, source: source ?? null, positions: positions ?? null },
    extensions: { code: 'BAD_USER_INPUT' },
  });

interface Arguments {
  readonly document: DocumentNode;
  readonly operationName?: string | null;
  readonly variableValues?: Record<string, unknown> | null;
  readonly contextValue?: unknown;
}
const operation = ({ document, operationName, variableValues, contextValue }: Arguments) => ({
  document,
  operationName,
  variables: variableValues,
  context: contextValue as Context,
});

/** The engine's errors are masked and come from an execution: status 200. Other errors keep Yoga's status. */
function asGraphQLError(error: unknown): Error {
  const executed = !(error instanceof Error);
  const { message, path, extensions } = executed ? (error as MaskedError) : maskError(error, 'none');
  const http = executed ? { status: 200 } : error instanceof GraphQLError ? error.extensions['http'] : undefined;
  const { nodes, source, positions } = error instanceof GraphQLError ? error : ({} as Partial<GraphQLError>);
  return new GraphQLError(message, {
    nodes: nodes ?? null,
    source: source ?? null,
    positions: positions ?? null,
    path: path ?? null,
    extensions: { ...extensions, ...(http ? { http } : {}) },
  });
}
