/** GraphQL itself, the same for HTTP, SSE and WebSocket: parsing, limits, validation, execution, masking. */
import {
  createSourceEventStream,
  type DocumentNode,
  type ExecutionResult,
  execute,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  type OperationDefinitionNode,
  subscribe,
} from 'graphql';
import { type Context, loaders } from '#schema/index.ts';
import { type Compiled, compiler } from './compiler.ts';
import { documents, type Prepared } from './documents.ts';
import { isGone, maskError } from './errors.ts';
import { checkCost } from './limits.ts';
import { variableErrors } from './variables.ts';

export interface Operation {
  readonly document: DocumentNode;
  readonly operationName?: string | null | undefined;
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined;
  readonly context: Context;
}
type Result = Omit<ExecutionResult, 'errors'> & { readonly errors?: readonly unknown[] };

export interface Engine {
  /** Parsed, within the limits, and valid; or what is wrong with it. Remembered for texts that come again. */
  prepare(text: string): Prepared;
  operationOf(document: DocumentNode, operationName?: string | null): OperationDefinitionNode | null | undefined;
  /** A result without `data`: nothing has run. */
  execute(operation: Operation): Promise<Result> | Result;
  subscribe(operation: Operation): Promise<AsyncIterableIterator<Result> | Result>;
  /** Fields of all operations that are kept compiled. */
  readonly compiledFields: number;
}

/** What an operation is run by: code that was compiled for it, or null for graphql-js; or why it may not run. */
type Plan = { readonly compiled: Compiled | null } | { readonly errors: readonly unknown[] };

export function engine(schema: GraphQLSchema): Engine {
  const { prepare, checked } = documents(schema);
  const compiling = compiler(schema);

  function plan({ document, operationName, variables, context }: Operation): Plan {
    // No operation of this name: for graphql-js to refuse, and not to be remembered.
    const operation = getOperationAST(document, operationName);
    const extent = checked(document);
    if (!operation || !extent) return { compiled: null };
    const errors = variableErrors(schema, operation, variables);
    if (errors.length > 0) return { errors };
    try {
      if (extent.costDependsOnVariables) checkCost(schema, document, variables ?? {});
    } catch (error) {
      if (!(error instanceof GraphQLError)) throw error;
      return { errors: [maskError(error, context.requestId)] };
    }
    return { compiled: compiling.compiled(operation, extent) };
  }

  return {
    prepare,
    operationOf: (document, operationName) => getOperationAST(document, operationName),
    get compiledFields() {
      return compiling.weight;
    },

    execute(operation) {
      const planned = plan(operation);
      if ('errors' in planned) return planned;
      const { document, operationName, variables, context } = operation;
      const { compiled } = planned;
      const result = compiled
        ? compiled.query({}, context, { ...compiled.defaults, ...variables })
        : execute({
            schema,
            document,
            operationName: operationName ?? null,
            variableValues: { ...variables },
            contextValue: context,
          });
      return result instanceof Promise ? result.then((settled) => masked(settled, context)) : masked(result, context);
    },

    async subscribe(given) {
      const planned = plan(given);
      if ('errors' in planned) return planned;
      const { compiled } = planned;
      const { document, operationName, variables } = given;
      const { context, leave } = lasting(given.context);
      const operation = {
        schema,
        document,
        operationName: operationName ?? null,
        variableValues: { ...variables },
        contextValue: context,
      };
      // Of graphql-jit only what runs for each event: its own `subscribe` loses arguments that stand in the document as they are.
      const result = compiled
        ? answered(await createSourceEventStream(operation), compiled, context, variables)
        : await subscribe(operation);
      if (Symbol.asyncIterator in result)
        return maskedIterator(result as AsyncIterableIterator<ExecutionResult>, context, leave);
      leave();
      return masked(result, context);
    },
  };
}

const masked = (result: ExecutionResult, { requestId }: Context): Result =>
  result.errors ? { ...result, errors: result.errors.map((error) => maskError(error, requestId)) } : result;

/** Each event of a source, executed. */
function answered(
  source: AsyncIterable<unknown> | ExecutionResult,
  compiled: Compiled,
  context: Context,
  variables: Operation['variables'],
): AsyncIterableIterator<ExecutionResult> | ExecutionResult {
  if (!(Symbol.asyncIterator in source)) return source;
  const events = source[Symbol.asyncIterator]();
  const values = { ...compiled.defaults, ...variables };
  const results: AsyncIterableIterator<ExecutionResult> = {
    // Once a token: most events are executed without waiting, and get no promise more than they need.
    next: () =>
      events
        .next()
        .then(({ done, value }): IteratorResult<ExecutionResult> | Promise<IteratorResult<ExecutionResult>> => {
          if (done) return { done, value: undefined };
          const result = compiled.query(value, context, values);
          return result instanceof Promise ? result.then(asNext) : asNext(result);
        }),
    async return() {
      await events.return?.();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]: () => results,
  };
  return results;
}

const asNext = (value: ExecutionResult): IteratorResult<ExecutionResult> => ({ done: false, value });

/**
 * The context of an operation that lasts. What a loader remembers is right for one moment: here each event reads anew. The
 * signal is the operation's own: a client may leave it and keep its socket.
 */
function lasting(given: Context): { readonly context: Context; readonly leave: () => void } {
  const over = new AbortController();
  const leave = () => {
    given.signal.removeEventListener('abort', leave);
    over.abort();
  };
  if (given.signal.aborted) over.abort();
  else given.signal.addEventListener('abort', leave);
  const context = {
    ...given,
    signal: over.signal,
    loaders: loaders(given.parley, given.viewer, { signal: over.signal, remember: false }),
  };
  return { context, leave };
}

/** Leaves out events whose object is gone. Ends with the first failure: an iterator that failed has nothing more to say. */
function maskedIterator(
  iterator: AsyncIterableIterator<ExecutionResult>,
  context: Context,
  leave: () => void,
): AsyncIterableIterator<Result> {
  let over = false;
  const end = (): IteratorResult<Result> => {
    over = true;
    leave();
    return { done: true, value: undefined };
  };
  return {
    next() {
      if (over) return Promise.resolve(end());
      return iterator.next().then(
        ({ done, value }) => {
          if (done) return end();
          if (!value.errors) return { done: false, value };
          return isGone(value) ? this.next() : { done: false, value: masked(value, context) };
        },
        (error) => {
          end();
          return { done: false, value: { errors: [maskError(error, context.requestId)] } };
        },
      );
    },
    async return() {
      end(); // first: a generator that waits for an event hears of `return` only after it
      await iterator.return?.();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
