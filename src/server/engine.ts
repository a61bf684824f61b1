/** GraphQL itself, the same for HTTP, SSE and WebSocket: parsing, limits, validation, execution, masking. */
import {
  type DocumentNode,
  type ExecutionResult,
  execute,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  type OperationDefinitionNode,
  parse,
  specifiedRules,
  subscribe,
  validate,
} from 'graphql';
import { type CompiledQuery, compileQuery, isCompiledQuery } from 'graphql-jit';
import type { Context } from '#schema/index.ts';
import { maskError } from './errors.ts';
import { checkLimits, MAX_TOKENS } from './limits.ts';

export interface Operation {
  readonly document: DocumentNode;
  readonly operationName?: string | null | undefined;
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined;
  readonly context: Context;
}
export interface Prepared {
  /** Absent where the text cannot be parsed, or is over a limit. */
  readonly document?: DocumentNode;
  /** Empty where it may be executed. */
  readonly errors: readonly GraphQLError[];
}
type Result = Omit<ExecutionResult, 'errors'> & { readonly errors?: readonly unknown[] };

export interface Engine {
  /** Parsed, within the limits, and valid; or what is wrong with it. Remembered for texts that come again. */
  prepare(text: string): Prepared;
  operationOf(document: DocumentNode, operationName?: string | null): OperationDefinitionNode | null | undefined;
  execute(operation: Operation): Promise<Result> | Result;
  subscribe(operation: Operation): Promise<AsyncIterableIterator<Result> | Result>;
}

/** Documents remembered, and the longest of them in UTF-16 code units: hostile ones cannot fill the memory. */
const MOST_REMEMBERED = 500;
const LONGEST_REMEMBERED = 10_000;
/** A document is compiled when it comes the third time; compiling costs what a hundred executions do. */
const COMPILE_AFTER = 2;

type Compiled = CompiledQuery;
interface Use {
  times: number;
  readonly compiled: Map<string, Compiled | null>;
}

export function engine(schema: GraphQLSchema): Engine {
  const remembered = new Map<string, Prepared>();
  const uses = new WeakMap<DocumentNode, Use>();

  function compiledFor(document: DocumentNode, operationName: string | null | undefined): Compiled | null {
    const use = uses.get(document) ?? { times: 0, compiled: new Map() };
    uses.set(document, use);
    use.times += 1;
    if (use.times <= COMPILE_AFTER) return null;
    const key = operationName ?? '';
    const known = use.compiled.get(key);
    if (known !== undefined) return known;
    const result = compileQuery(schema, document, operationName ?? undefined);
    const compiled = isCompiledQuery(result) ? result : null;
    use.compiled.set(key, compiled);
    return compiled;
  }

  return {
    prepare(text) {
      const known = remembered.get(text);
      if (known) return known;
      const prepared = prepareAnew(schema, text);
      if (text.length <= LONGEST_REMEMBERED) {
        remembered.set(text, prepared);
        if (remembered.size > MOST_REMEMBERED) remembered.delete(remembered.keys().next().value ?? '');
      }
      return prepared;
    },

    operationOf: (document, operationName) => getOperationAST(document, operationName),

    execute({ document, operationName, variables, context }) {
      const compiled = compiledFor(document, operationName);
      const result = compiled
        ? compiled.query({}, context, { ...variables })
        : execute({
            schema,
            document,
            operationName: operationName ?? null,
            variableValues: { ...variables },
            contextValue: context,
          });
      return result instanceof Promise ? result.then((settled) => masked(settled, context)) : masked(result, context);
    },

    async subscribe({ document, operationName, variables, context }) {
      const compiled = compiledFor(document, operationName);
      const result = compiled?.subscribe
        ? await compiled.subscribe({}, context, { ...variables })
        : await subscribe({
            schema,
            document,
            operationName: operationName ?? null,
            variableValues: { ...variables },
            contextValue: context,
          });
      return Symbol.asyncIterator in result
        ? maskedIterator(result as AsyncIterableIterator<ExecutionResult>, context)
        : masked(result, context);
    },
  };
}

function prepareAnew(schema: GraphQLSchema, text: string): Prepared {
  try {
    const document = parse(text, { maxTokens: MAX_TOKENS });
    checkLimits(document);
    return { document, errors: validate(schema, document, specifiedRules, { maxErrors: 10 }) };
  } catch (error) {
    if (error instanceof GraphQLError) return { errors: [error] };
    throw error;
  }
}

const masked = (result: ExecutionResult, { requestId }: Context): Result =>
  result.errors ? { ...result, errors: result.errors.map((error) => maskError(error, requestId)) } : result;

function maskedIterator(
  iterator: AsyncIterableIterator<ExecutionResult>,
  context: Context,
): AsyncIterableIterator<Result> {
  return {
    next: () =>
      iterator.next().then(
        (result) =>
          result.done || !result.value.errors
            ? (result as IteratorResult<Result>)
            : { done: false, value: masked(result.value, context) },
        (error) => ({ done: false, value: { errors: [maskError(error, context.requestId)] } }),
      ),
    return: () =>
      (iterator.return?.() ?? Promise.resolve({ done: true, value: undefined })) as Promise<IteratorResult<Result>>,
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
