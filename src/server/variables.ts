import {
  coerceInputValue,
  type GraphQLInputType,
  type GraphQLSchema,
  isInputType,
  isNonNullType,
  type NamedTypeNode,
  type OperationDefinitionNode,
  type TypeNode,
  typeFromAST,
} from 'graphql';
import { type MaskedError, shortened } from './errors.ts';

/** Errors that one request's variables get at most: each item of a list may be wrong. */
export const MAX_VARIABLE_ERRORS = 10;
/** Characters of a wrong value that a message repeats. */
const LONGEST_VALUE = 60;

class Enough extends Error {}

/**
 * Errors of an operation's variables, in the words of graphql-js, which name the variable and the path in it. Empty
 * if they are valid. Called before each execution: graphql-jit has no limit, and graphql-js repeats the wrong value whole.
 */
export function variableErrors(
  schema: GraphQLSchema,
  { variableDefinitions = [] }: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>> | null | undefined,
): readonly MaskedError[] {
  if (variableDefinitions.length === 0) return [];
  const given = variables ?? {};
  const errors: MaskedError[] = [];
  try {
    for (const node of variableDefinitions) {
      const name = node.variable.name.value;
      const type = inputType(schema, node.type);
      if (!type) continue; // validation says so
      const start = node.variable.loc?.startToken;
      const locations = start ? [{ line: start.line, column: start.column }] : [];
      const report = (message: string) => {
        errors.push({ message: shortened(message), locations, extensions: { code: 'BAD_USER_INPUT' } });
        if (errors.length === MAX_VARIABLE_ERRORS) throw new Enough();
      };
      check(name, type, given, node.defaultValue !== undefined, report);
    }
  } catch (error) {
    if (!(error instanceof Enough)) throw error;
  }
  return errors;
}

function check(
  name: string,
  type: GraphQLInputType,
  given: Readonly<Record<string, unknown>>,
  hasDefault: boolean,
  report: (message: string) => void,
): void {
  if (!Object.hasOwn(given, name)) {
    if (isNonNullType(type) && !hasDefault) report(`Variable "$${name}" of required type "${type}" was not provided.`);
    return;
  }
  const value = given[name];
  if (value === null && isNonNullType(type)) {
    report(`Variable "$${name}" of non-null type "${type}" must not be null.`);
    return;
  }
  coerceInputValue(value, type, (path, invalid, error) => {
    const place = path.length === 0 ? '' : ` at "${[name, ...path].join('.')}"`;
    report(`Variable "$${name}" got invalid value ${brief(invalid)}${place}; ${error.message}`);
  });
}

function inputType(schema: GraphQLSchema, node: TypeNode): GraphQLInputType | undefined {
  const type = typeFromAST(schema, node as NamedTypeNode);
  return isInputType(type) ? type : undefined;
}

/** A wrong value in a message. Of a list or an object only that it is one: it may be as long as the request. */
function brief(value: unknown): string {
  if (Array.isArray(value)) return '[…]';
  if (typeof value === 'object' && value !== null) return '{…}';
  if (typeof value === 'string' && value.length > LONGEST_VALUE)
    return JSON.stringify(`${value.slice(0, LONGEST_VALUE).toWellFormed()}…`);
  return JSON.stringify(value) ?? 'undefined';
}
