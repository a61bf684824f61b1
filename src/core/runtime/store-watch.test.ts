import { afterEach, expect, test } from 'vitest';
import { type StoreMarks, StoreWatch } from './store-watch.ts';

const UNAVAILABLE = { code: 'STORE_UNAVAILABLE', retryable: true };
let watch: StoreWatch | undefined;
afterEach(() => watch?.stop());

function watching(options: { readonly patienceMs?: number; readonly marks?: StoreMarks } = {}) {
  const database = { answers: true };
  const check = async () => {
    if (!database.answers) throw new Error('no answer');
  };
  const started = new StoreWatch({ check, everyMs: 5, patienceMs: 50, leaseMs: 100, ...options });
  watch = started;
  started.start();
  return { database, watch: started };
}

test('what waits for the database fails as soon as the database is away, and new work is not begun', async () => {
  const { database, watch } = watching();
  const waiting = watch.guard(() => new Promise(() => undefined));
  database.answers = false;
  await expect(waiting).rejects.toMatchObject(UNAVAILABLE);
  let begun = false;
  const work = () => {
    begun = true;
  };
  await expect(watch.guard(work)).rejects.toMatchObject(UNAVAILABLE);
  expect(begun).toBe(false);
});

test('once it answers again work is done, and nothing that waited before is kept', async () => {
  const { database, watch } = watching();
  database.answers = false;
  await expect.poll(() => watch.awayForLong).toBe(true);
  database.answers = true;
  await expect.poll(() => watch.away).toBe(false);
  expect(watch.awayForLong).toBe(false);
  expect(await watch.guard(() => 7)).toBe(7);
});

test('a check that fails once is no verdict', async () => {
  const { database, watch } = watching({ patienceMs: 60_000 });
  database.answers = false;
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(watch.away).toBe(false);
});

test('an error of the work is the work’s own', async () => {
  const { watch } = watching();
  await expect(watch.guard(() => Promise.reject(new Error('mine')))).rejects.toThrow('mine');
});

test.each([
  ['the others have it', async () => true, true],
  ['the others have lost it too', async () => false, false],
  ['nothing is known of the others', () => Promise.reject(new Error('Redis is away')), true],
])('away: %s', async (_name, seen, alone) => {
  const { database, watch } = watching({ marks: { set: async () => undefined, seen }, patienceMs: 300 });
  database.answers = false;
  await expect.poll(() => watch.away).toBe(true);
  expect(watch.awayHereAlone).toBe(alone);
  await new Promise((resolve) => setTimeout(resolve, 150));
  expect(watch.awayForLong).toBe(alone);
});

test('where no other server has the database, work waits for it; as one has it again, what waits is told', async () => {
  let others = false;
  const marks = { set: async () => undefined, seen: async () => others };
  const { database, watch } = watching({ marks });
  const waiting = watch.guard(() => new Promise(() => undefined));
  database.answers = false;
  await expect.poll(() => watch.away).toBe(true);
  expect(await watch.guard(() => 7)).toBe(7);
  others = true;
  await expect(waiting).rejects.toMatchObject(UNAVAILABLE);
});

test('a server whose database answers says so for less time than another waits before it takes its own for away', async () => {
  const marked: number[] = [];
  watching({ marks: { set: async (ttlMs) => void marked.push(ttlMs), seen: async () => false } });
  await expect.poll(() => marked.length).toBeGreaterThan(2);
  for (const ttlMs of marked) expect(ttlMs).toBeLessThan(50);
});
