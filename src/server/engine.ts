/** GraphQL itself, the same for HTTP, SSE and WebSocket: parsing, limits, validation, execution, masking. */
import {
  createSourceEventStream,
  type DocumentNode,
  execute,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  type OperationDefinitionNode,
  subscribe,
} from 'graphql';
import type { Context } from '#schema/index.ts';
import { type Compiled, compiler } from './compiler.ts';
import type { ConnectionShares } from './connection-shares.ts';
import { documents, type Prepared } from './documents.ts';
import { maskError } from './errors.ts';
import { checkCost } from './limits.ts';
import { hasErrors, LiveOperation } from './live-operation.ts';
import { operationObserver } from './operation-observer.ts';
import { type Result, telling, toldIterator } from './results.ts';
import { variableErrors } from './variables.ts';

export interface Operation {
  readonly document: DocumentNode;
  readonly operationName?: string | null | undefined;
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined;
  readonly context: Context;
}

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

/** How an operation runs: by compiled code, or by graphql-js (null); or the errors that forbid it. */
type Plan = { readonly compiled: Compiled | null } | { readonly errors: readonly unknown[] };

export interface EngineOptions {
  /** Limit for an answer as JSON, and for each event. */
  readonly maxResponseBytes?: number;
  /** Counts subscriptions. Without it they are not counted. */
  readonly connections?: ConnectionShares;
}

export function engine(
  schema: GraphQLSchema,
  { maxResponseBytes = Infinity, connections }: EngineOptions = {},
): Engine {
  const { prepare, checked } = documents(schema);
  const compiling = compiler(schema);
  const told = telling(maxResponseBytes);
  const observe = operationObserver(schema);

  function plan({ document, operationName, variables, context }: Operation): Plan {
    // graphql-js refuses an operation name that does not exist; the refusal is not cached.
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
      const observed = observe(operation);
      const ended = (result: Result): Result => {
        observed.end(hasErrors(result));
        return result;
      };
      const planned = plan(operation);
      if ('errors' in planned) return ended(planned);
      const { document, operationName, variables, context } = operation;
      const { compiled } = planned;
      const result = observed.run(() =>
        compiled
          ? compiled.query({}, context, { ...compiled.defaults, ...variables })
          : execute({
              schema,
              document,
              operationName: operationName ?? null,
              variableValues: { ...variables },
              contextValue: context,
            }),
      );
      return result instanceof Promise
        ? result.then((settled) => ended(told(settled, context)))
        : ended(told(result, context));
    },

    async subscribe(given) {
      const observed = observe(given);
      const planned = plan(given);
      if ('errors' in planned) {
        observed.end(true);
        return planned;
      }
      const { compiled } = planned;
      const { document, operationName, variables } = given;
      let discount: (() => void) | undefined;
      try {
        discount = connections?.enter(given.context.viewer.id);
      } catch (error) {
        observed.end(true);
        return { errors: [maskError(error, given.context.requestId)] };
      }
      const live = new LiveOperation(given.context, { observed, compiled, variables, discount, told });
      const operation = {
        schema,
        document,
        operationName: operationName ?? null,
        variableValues: { ...variables },
        contextValue: live.context,
      };
      // Uses only the part of graphql-jit that runs for each event: its own `subscribe` loses literal arguments.
      const result = await observed.run(() => (compiled ? createSourceEventStream(operation) : subscribe(operation)));
      if (Symbol.asyncIterator in result)
        return toldIterator(observed.stream(result as AsyncIterable<unknown>)[Symbol.asyncIterator](), live);
      const answer = live.told(result);
      live.leave(); // afterwards: who leaves is told nothing of what went wrong
      return answer;
    },
  };
}
