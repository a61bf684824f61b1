import type { ObjectRef } from '@pothos/core';
import { AppError } from '#core/errors.ts';
import type { Page, PageArguments } from '#core/ports/store.ts';
import { builder, type SchemaTypes } from './builder.ts';

const DEFAULT_SIZE = 20;
export const MOST = 100;

const PageInfo = builder.objectRef<Page<unknown>>('PageInfo').implement({
  description: 'Where a page stands in its list.',
  fields: (t) => ({
    hasNextPage: t.exposeBoolean('hasNextPage'),
    hasPreviousPage: t.exposeBoolean('hasPreviousPage'),
    startCursor: t.string({ nullable: true, resolve: (page) => page.edges[0]?.cursor ?? null }),
    endCursor: t.string({ nullable: true, resolve: (page) => page.edges.at(-1)?.cursor ?? null }),
  }),
});

/** The connection type of Relay's specification over a node type. */
export function connection<T extends object>(
  name: string,
  Node: ObjectRef<PothosSchemaTypes.ExtendDefaultTypes<SchemaTypes>, T>,
) {
  // Pothos cannot tell what a field of a type that is not known yet resolves to: here it is any object.
  const AnyNode: ObjectRef<PothosSchemaTypes.ExtendDefaultTypes<SchemaTypes>, object> = Node;
  const Edge = builder.objectRef<{ readonly node: object; readonly cursor: string }>(`${name}Edge`).implement({
    fields: (t) => ({
      cursor: t.exposeString('cursor'),
      node: t.field({ type: AnyNode, resolve: (edge) => edge.node }),
    }),
  });
  return builder.objectRef<Page<object>>(`${name}Connection`).implement({
    fields: (t) => ({
      edges: t.field({ type: [Edge], resolve: (page) => page.edges }),
      pageInfo: t.field({ type: PageInfo, resolve: (page) => page }),
    }),
  });
}

type Given<T> = T | null | undefined;

/** Relay's arguments, checked. */
export function pageArguments({
  first,
  after,
  last,
  before,
}: {
  first?: Given<number>;
  after?: Given<string>;
  last?: Given<number>;
  before?: Given<string>;
}): PageArguments {
  if (typeof first === 'number' && typeof last === 'number')
    throw new AppError('BAD_USER_INPUT', 'Ask for first or for last, not for both');
  const cursors = { ...(after ? { after } : {}), ...(before ? { before } : {}) };
  if (typeof last === 'number') return { last: size('last', last), ...cursors };
  return { first: size('first', first ?? DEFAULT_SIZE), ...cursors };
}

export function size(name: string, value: number, most = MOST): number {
  if (value < 1 || value > most) throw new AppError('BAD_USER_INPUT', `${name} must be from 1 to ${most}`);
  return value;
}
