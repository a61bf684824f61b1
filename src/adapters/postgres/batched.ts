import { isUuid } from './database.ts';

/** Statements that one reader has under way at once. Several: a connection that hangs holds up its own items alone. */
const AT_ONCE = 4;

/**
 * Reads one item at a time while there is little to do; what is asked for while `AT_ONCE` reads are under way waits, and is read together
 * in one. So thousands of clients that come at once cost some statements, and no client waits for a time slot.
 */
export function batched<Item, Result>(
  read: (items: readonly Item[]) => Promise<readonly Result[]>,
): (item: Item) => Promise<Result> {
  interface Asked {
    readonly item: Item;
    readonly resolve: (result: Result) => void;
    readonly reject: (error: unknown) => void;
  }
  let waiting: Asked[] = [];
  let running = 0;

  async function next(): Promise<void> {
    const asked = waiting;
    waiting = [];
    running += 1;
    try {
      const results = await read(asked.map(({ item }) => item));
      for (const [index, { resolve }] of asked.entries()) resolve(results[index] as Result);
    } catch (error) {
      for (const { reject } of asked) reject(error);
    }
    running -= 1;
    if (waiting.length > 0) void next();
  }

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      if (running < AT_ONCE) void next();
    });
}

/** SQL for the parameters of `ownedBatch`: what was asked for. */
export const ASKED = '(SELECT DISTINCT * FROM unnest($1::uuid[], $2::uuid[]) AS asked (id, viewer_id)) asked';
/** SQL that tells for whom a row is. */
export const ASKED_BY = 'asked.viewer_id AS asked_by';

/** Reads records by id, many in one statement, each for its viewer alone. Null: it does not exist or is not the viewer's. */
export function ownedBatch<Row extends { readonly id: string }, Result>(
  rowsOf: (parameters: readonly unknown[]) => Promise<readonly (Row & { readonly asked_by: string })[]>,
  toRecord: (row: Row) => Result,
): (viewer: { readonly id: string }, id: string) => Promise<Result | null> {
  const one = batched<{ readonly id: string; readonly viewerId: string }, Result | null>(async (asked) => {
    const rows = await rowsOf([asked.map(({ id }) => id), asked.map(({ viewerId }) => viewerId)]);
    const found = new Map(rows.map((row) => [`${row.id} ${row.asked_by}`, row]));
    return asked.map(({ id, viewerId }) => {
      const row = found.get(`${id} ${viewerId}`);
      return row === undefined ? null : toRecord(row); // a record of its own for each that asks
    });
  });
  return async (viewer, id) => (isUuid(id) ? one({ id: id.toLowerCase(), viewerId: viewer.id }) : null);
}
