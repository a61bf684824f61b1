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
