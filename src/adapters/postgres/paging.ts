import { AppError } from '#core/errors.ts';
import type { Page, PageArguments } from '#core/ports/store.ts';
import { isUuid } from './database.ts';

type KeyType = 'uuid' | 'int' | 'timestamptz';

export interface Keyset {
  /** Names the list in its cursors: a cursor of another list is refused. */
  readonly list: string;
  /** The rows' order: each page reads along the index, and one row more to know whether there are more. */
  readonly columns: readonly { readonly name: string; readonly type: KeyType }[];
  readonly descending: boolean;
}

const FORMS: Readonly<Record<KeyType, (key: string) => boolean>> = {
  uuid: isUuid,
  int: (key) => /^\d{1,9}$/.test(key),
  timestamptz: (key) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(key) && !Number.isNaN(Date.parse(key)),
};
const SEPARATOR = ' ';

const encode = (list: string, keys: readonly string[]): string =>
  Buffer.from([list, ...keys].join(SEPARATOR)).toString('base64url');

function decode(name: string, cursor: string, { list, columns }: Keyset): string[] {
  const [of, ...keys] = Buffer.from(cursor, 'base64url').toString().split(SEPARATOR);
  const fits =
    of === list && keys.length === columns.length && columns.every(({ type }, at) => FORMS[type](keys[at] ?? ''));
  if (!fits) throw new AppError('BAD_USER_INPUT', `${name} is no cursor of this list: pass back one that it gave`);
  return keys;
}

/** The end of a statement: bounds, order and limit; parameters are numbered on from `from`. `order` is its latter half alone. */
export function pageClause(keyset: Keyset, page: PageArguments, from: number) {
  const { columns, descending } = keyset;
  const forward = page.last === undefined;
  const row = (names: readonly string[]) => (names.length === 1 ? names[0] : `(${names.join(', ')})`);
  const parameters: string[] = [];
  let sql = '';
  for (const [name, cursor, operator] of [
    ['after', page.after, descending ? '<' : '>'],
    ['before', page.before, descending ? '>' : '<'],
  ] as const) {
    if (cursor === undefined) continue;
    parameters.push(...decode(name, cursor, keyset));
    const first = from + parameters.length - columns.length + 1;
    sql += ` AND ${row(columns.map((column) => column.name))} ${operator} ${row(columns.map(({ type }, at) => `$${first + at}::${type}`))}`;
  }
  const direction = forward === descending ? 'DESC' : 'ASC';
  const size = page.first ?? page.last ?? 20;
  const order = ` ORDER BY ${columns.map(({ name }) => `${name} ${direction}`).join(', ')} LIMIT ${size + 1}`;
  return { sql: sql + order, order, parameters };
}

/** `keysOf` gives a row's keys in the order of the keyset's columns. */
export function toPage<Row, T>(
  rows: readonly Row[],
  page: PageArguments,
  { list }: Pick<Keyset, 'list'>,
  keysOf: (row: Row) => readonly string[],
  toNode: (row: Row) => T,
): Page<T> {
  const forward = page.last === undefined;
  const size = page.first ?? page.last ?? 20;
  const more = rows.length > size;
  const kept = rows.slice(0, size);
  if (!forward) kept.reverse();
  return {
    edges: kept.map((row) => ({ node: toNode(row), cursor: encode(list, keysOf(row)) })),
    hasNextPage: forward ? more : page.before !== undefined,
    hasPreviousPage: forward ? page.after !== undefined : more,
  };
}
