import { type GraphQLSchema, getVariableValues, type OperationDefinitionNode } from 'graphql';
import { type MaskedError, shortened } from './errors.ts';

/** Errors that one request's variables get at most: each item of a list may be wrong. */
export const MAX_VARIABLE_ERRORS = 10;

/**
 * What is wrong with the variables of an operation, in graphql-js's words, which name the variable and the place in it. Empty
 * where they may be used. Asked before each execution: graphql-jit has no limit, and other words.
 */
export function variableErrors(
  schema: GraphQLSchema,
  { variableDefinitions = [] }: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>> | null | undefined,
): readonly MaskedError[] {
  if (variableDefinitions.length === 0) return [];
  // graphql-js adds one error that says that there were more.
  const { errors = [] } = getVariableValues(schema, variableDefinitions, variables ?? {}, {
    maxErrors: MAX_VARIABLE_ERRORS - 1,
  });
  return errors.map(({ message, locations }) => ({
    message: shortened(message),
    ...(locations ? { locations: [...locations] } : {}),
    extensions: { code: 'BAD_USER_INPUT' },
  }));
}
