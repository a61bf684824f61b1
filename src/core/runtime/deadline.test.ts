import { expect, test } from 'vitest';
import { DeadlineExceeded, doneWithin, signalWithin, untilAborted, withDeadline, within } from './deadline.ts';

const stuck = () => new Promise<never>(() => undefined);

test('withDeadline answers what the work answers, and rejects with what it throws', async () => {
  expect(await withDeadline(1_000, () => 'done')).toBe('done');
  await expect(
    withDeadline(1_000, () => {
      throw new Error('no');
    }),
  ).rejects.toThrow('no');
});

test('withDeadline rejects when time is over, and aborts the work with the same reason', async () => {
  let reason: unknown;
  const late = withDeadline(5, (signal) => {
    signal.addEventListener('abort', () => {
      reason = signal.reason;
    });
    return stuck();
  });
  await expect(late).rejects.toThrow(new DeadlineExceeded(5));
  expect(reason).toBeInstanceOf(DeadlineExceeded);
  await expect(withDeadline(5, stuck, { late: () => new Error('too late') })).rejects.toThrow('too late');
});

test('withDeadline rejects with the outer signal’s reason at once, and does not start where it has aborted', async () => {
  const controller = new AbortController();
  const given = withDeadline(60_000, stuck, { signal: controller.signal });
  controller.abort(new Error('given up'));
  await expect(given).rejects.toThrow('given up');
  let started = false;
  const begin = () => {
    started = true;
  };
  await expect(withDeadline(60_000, begin, { signal: controller.signal })).rejects.toThrow('given up');
  expect(started).toBe(false);
});

test('doneWithin tells whether the work is done in time; it rejects if the work fails in time', async () => {
  expect(await doneWithin(1_000, Promise.resolve())).toBe(true);
  expect(await doneWithin(5, stuck())).toBe(false);
  await expect(doneWithin(1_000, Promise.reject(new Error('no')))).rejects.toThrow('no');
});

test('within returns the result in time, and undefined if it takes longer', async () => {
  expect(await within(1_000, Promise.resolve('done'))).toBe('done');
  expect(await within(5, stuck())).toBeUndefined();
  await expect(within(1_000, Promise.reject(new Error('no')))).rejects.toThrow('no');
});

test('untilAborted gives up at the abort, also of a signal that has aborted', async () => {
  const controller = new AbortController();
  expect(await untilAborted(Promise.resolve(1), controller.signal)).toBe(1);
  const waiting = untilAborted(stuck(), controller.signal);
  controller.abort(new Error('given up'));
  await expect(waiting).rejects.toThrow('given up');
  await expect(untilAborted(stuck(), controller.signal)).rejects.toThrow('given up');
});

test('signalWithin aborts with the outer signal or when time is over', async () => {
  const controller = new AbortController();
  const signal = signalWithin(60_000, controller.signal);
  controller.abort(new Error('given up'));
  expect(signal.reason).toEqual(new Error('given up'));
  const { promise, resolve } = Promise.withResolvers<unknown>();
  const timed = signalWithin(5, new AbortController().signal);
  timed.addEventListener('abort', () => resolve(timed.reason));
  expect(await promise).toMatchObject({ name: 'TimeoutError' });
});

test('work that fails after its signal aborted causes no unhandled rejection', async () => {
  const gone = AbortSignal.abort(new Error('gone'));
  const { promise, reject } = Promise.withResolvers<void>();
  await expect(doneWithin(1_000, promise, gone)).rejects.toThrow('gone');
  reject(new Error('late'));
  await new Promise((resolve) => setImmediate(resolve)); // an unhandled rejection would fail this run
});

/** Keeps the event loop busy. */
function stick(milliseconds: number): void {
  const until = performance.now() + milliseconds;
  while (performance.now() < until);
}
/** Answers after its time as a socket does: the loop reads it where it polls, after the timers. */
const polled = (milliseconds: number): Promise<string> =>
  new Promise((resolve) => {
    setTimeout(() => setImmediate(resolve, 'arrived'), milliseconds);
  });

test('an answer that has arrived when the loop comes to its sockets is in time', async () => {
  const answer = withDeadline(20, () => polled(10));
  await Promise.resolve();
  stick(60);
  expect(await answer).toBe('arrived');
});

test('with idleTime, time for which the loop was busy does not count, up to as much again', async () => {
  const work = () => new Promise((resolve) => setTimeout(resolve, 90, 'arrived'));
  const [counted, idle] = [withDeadline(60, work), withDeadline(60, work, { idleTime: true })];
  const [failed] = [expect(counted).rejects.toThrow(DeadlineExceeded)];
  await Promise.resolve();
  stick(55);
  await failed;
  expect(await idle).toBe('arrived');
  await expect(withDeadline(20, stuck, { idleTime: true })).rejects.toThrow(DeadlineExceeded);
});
