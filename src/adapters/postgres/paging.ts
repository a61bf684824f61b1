import { AppError } from '#core/errors.ts';
import type { Page, PageArguments } from '#core/ports/store.ts';
import { isUuid } from './database.ts';

export interface Keyset {
  /** The rows' order: each page reads along the index, and one row more to know whether there are more. */
  readonly column: string;
  readonly type: 'uuid' | 'int';
  readonly descending: boolean;
}

const CURSORS: Record<Keyset['type'], (key: string) => boolean> = { uuid: isUuid, int: (key) => /^\d{1,9}$/.test(key) };

const encode = (key: string): string => Buffer.from(key).toString('base64url');
function decode(name: string, cursor: string, type: Keyset['type']): string {
  const key = Buffer.from(cursor, 'base64url').toString();
  if (!CURSORS[type](key)) throw new AppError('BAD_USER_INPUT', `${name} is no cursor of this list`);
  return key;
}

/** The end of a statement: bounds, order and limit; parameters are numbered on from `from`. `order` is its latter half alone. */
export function pageClause({ column, type, descending }: Keyset, page: PageArguments, from: number) {
  const forward = page.last === undefined;
  const parameters: string[] = [];
  let sql = '';
  for (const [name, cursor, operator] of [
    ['after', page.after, descending ? '<' : '>'],
    ['before', page.before, descending ? '>' : '<'],
  ] as const) {
    if (cursor === undefined) continue;
    parameters.push(decode(name, cursor, type));
    sql += ` AND ${column} ${operator} $${from + parameters.length}::${type}`;
  }
  const direction = forward === descending ? 'DESC' : 'ASC';
  const size = page.first ?? page.last ?? 20;
  const order = ` ORDER BY ${column} ${direction} LIMIT ${size + 1}`;
  return { sql: sql + order, order, parameters };
}

export function toPage<Row, T>(
  rows: readonly Row[],
  page: PageArguments,
  keyOf: (row: Row) => string | number,
  toNode: (row: Row) => T,
): Page<T> {
  const forward = page.last === undefined;
  const size = page.first ?? page.last ?? 20;
  const more = rows.length > size;
  const kept = rows.slice(0, size);
  if (!forward) kept.reverse();
  return {
    edges: kept.map((row) => ({ node: toNode(row), cursor: encode(String(keyOf(row))) })),
    hasNextPage: forward ? more : page.before !== undefined,
    hasPreviousPage: forward ? page.after !== undefined : more,
  };
}
