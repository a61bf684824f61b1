/** Documents that come often, compiled by graphql-jit; those whose code would be large are left to graphql-js. */
import { type GraphQLSchema, type OperationDefinitionNode, valueFromASTUntyped } from 'graphql';
import { type CompiledQuery, compileQuery, isCompiledQuery } from 'graphql-jit';
import type { Checked } from './documents.ts';
import { WeightedCache } from './weighted-cache.ts';

export interface Compiled {
  readonly query: CompiledQuery['query'];
  readonly defaults: Readonly<Record<string, unknown>>;
}

/** An operation is compiled when it comes the third time: compiling costs as much as a hundred executions. */
const COMPILE_AFTER = 2;
/**
 * Maximum number of fields in a compiled operation, with every fragment expanded at each of its places and for each type of an
 * interface: graphql-jit writes code for each of them. Measured: 0.1 to 0.2 ms and 2.2 kB a field.
 */
const MAX_COMPILED_FIELDS = 300;
/** The same of all that is kept. */
export const MAX_KEPT_FIELDS = 10_000;

export interface Compiler {
  /** Null where the operation is executed by graphql-js: it is new, too large, or cannot be compiled. */
  compiled(operation: OperationDefinitionNode, checked: Checked): Compiled | null;
  /** Expanded fields of all that is kept. */
  readonly weight: number;
}

export function compiler(schema: GraphQLSchema): Compiler {
  const uses = new WeakMap<OperationDefinitionNode, number>();
  const kept = new WeightedCache<OperationDefinitionNode, Compiled | null>(MAX_KEPT_FIELDS);
  return {
    compiled(operation, { document, expandedFields }) {
      if (expandedFields > MAX_COMPILED_FIELDS) return null;
      const known = kept.get(operation);
      if (known !== undefined) return known;
      const times = (uses.get(operation) ?? 0) + 1;
      uses.set(operation, times);
      if (times <= COMPILE_AFTER) return null;
      const result = compileQuery(schema, document, operation.name?.value);
      const compiled = isCompiledQuery(result) ? { query: result.query, defaults: defaultsOf(operation) } : null;
      kept.set(operation, compiled, expandedFields);
      return compiled;
    },
    get weight() {
      return kept.weight;
    },
  };
}

/** Defaults of variables that may not be null: graphql-jit reports such a variable as missing where it is left out. */
function defaultsOf({ variableDefinitions = [] }: OperationDefinitionNode): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    variableDefinitions.flatMap(({ type, variable, defaultValue }) =>
      type.kind === 'NonNullType' && defaultValue ? [[variable.name.value, valueFromASTUntyped(defaultValue)]] : [],
    ),
  );
}
