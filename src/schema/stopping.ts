import { type GraphQLField, type GraphQLSchema, getNamedType, isLeafType, isObjectType } from 'graphql';
import { AppError } from '#core/errors.ts';
import type { Context } from './builder.ts';

const gone = () => new AppError('INTERRUPTED', 'The client is gone');

/**
 * Makes every resolver of an object or a list stop once the client has gone: nothing below it is read. A mutation
 * that has begun runs all of its fields to the end, so that its writes are not half done.
 */
export function stopping(schema: GraphQLSchema): GraphQLSchema {
  const mutation = schema.getMutationType();
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type === mutation || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) if (!isLeafType(getNamedType(field.type))) guard(field);
  }
  return schema;
}

function guard(field: GraphQLField<unknown, Context>): void {
  const { resolve } = field;
  if (!resolve) return;
  field.resolve = (source, given, context, info) => {
    if (context.signal.aborted) throw gone();
    return resolve(source, given, context, info);
  };
}
