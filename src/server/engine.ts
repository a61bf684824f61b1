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
  parse,
  specifiedRules,
  subscribe,
  validate,
  valueFromASTUntyped,
} from 'graphql';
import { type CompiledQuery, compileQuery, isCompiledQuery } from 'graphql-jit';
import { type Context, loaders } from '#schema/index.ts';
import { maskError } from './errors.ts';
import { checkCost, checkLimits, MAX_TOKENS } from './limits.ts';

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

interface Compiled {
  readonly query: CompiledQuery['query'];
  readonly defaults: Readonly<Record<string, unknown>>;
}
interface Use {
  times: number;
  readonly compiled: Map<string, Compiled | null>;
}

export function engine(schema: GraphQLSchema): Engine {
  const remembered = new Map<string, Prepared>();
  const uses = new WeakMap<DocumentNode, Use>();
  /** Documents whose cost the variables decide. */
  const variable = new WeakSet<DocumentNode>();

  function compiledFor(document: DocumentNode, operationName: string | null | undefined): Compiled | null {
    // A name that is none of the document's: for graphql-js to refuse, and not to be remembered.
    const operation = getOperationAST(document, operationName);
    if (!operation) return null;
    const use = uses.get(document) ?? { times: 0, compiled: new Map() };
    uses.set(document, use);
    use.times += 1;
    if (use.times <= COMPILE_AFTER) return null;
    const key = operationName ?? '';
    const known = use.compiled.get(key);
    if (known !== undefined) return known;
    const result = compileQuery(schema, document, operationName ?? undefined);
    const compiled = isCompiledQuery(result) ? { query: result.query, defaults: defaultsOf(operation) } : null;
    use.compiled.set(key, compiled);
    return compiled;
  }

  function costError(document: DocumentNode, variables: Operation['variables']): GraphQLError | undefined {
    if (!variable.has(document)) return undefined;
    try {
      checkCost(schema, document, variables ?? {});
      return undefined;
    } catch (error) {
      if (error instanceof GraphQLError) return error;
      throw error;
    }
  }

  return {
    prepare(text) {
      const known = remembered.get(text);
      if (known) {
        remembered.delete(text); // what was used last goes last
        remembered.set(text, known);
        return known;
      }
      const prepared = prepareAnew(schema, text, variable);
      if (text.length <= LONGEST_REMEMBERED) {
        remembered.set(text, prepared);
        if (remembered.size > MOST_REMEMBERED) remembered.delete(remembered.keys().next().value ?? '');
      }
      return prepared;
    },

    operationOf: (document, operationName) => getOperationAST(document, operationName),

    execute({ document, operationName, variables, context }) {
      const tooCostly = costError(document, variables);
      if (tooCostly) return { errors: [maskError(tooCostly, context.requestId)] };
      const compiled = compiledFor(document, operationName);
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

    async subscribe({ document, operationName, variables, context: given }) {
      const tooCostly = costError(document, variables);
      if (tooCostly) return { errors: [maskError(tooCostly, given.requestId)] };
      const { context, leave } = lasting(given);
      const compiled = compiledFor(document, operationName);
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

/** Of variables that may not be null: graphql-jit takes them for missing where they are left out, in spite of their defaults. */
function defaultsOf({ variableDefinitions = [] }: OperationDefinitionNode): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    variableDefinitions.flatMap(({ type, variable, defaultValue }) =>
      type.kind === 'NonNullType' && defaultValue ? [[variable.name.value, valueFromASTUntyped(defaultValue)]] : [],
    ),
  );
}

function prepareAnew(schema: GraphQLSchema, text: string, variable: WeakSet<DocumentNode>): Prepared {
  try {
    const document = parse(text, { maxTokens: MAX_TOKENS });
    if (checkLimits(schema, document)) variable.add(document);
    return { document, errors: validate(schema, document, specifiedRules, { maxErrors: 10 }) };
  } catch (error) {
    if (error instanceof GraphQLError) return { errors: [error] };
    throw error;
  }
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
  const context = { ...given, signal: over.signal, loaders: loaders(given.parley, given.viewer, { remember: false }) };
  return { context, leave };
}

/** Ends with the first failure: an iterator that failed has nothing more to say. */
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
        ({ done, value }) => (done ? end() : { done: false, value: value.errors ? masked(value, context) : value }),
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
