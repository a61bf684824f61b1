import { afterEach, expect, test } from 'vitest';
import { listen } from './diagnostics.ts';
import { Lifecycle } from './lifecycle.ts';

const told: string[] = [];
const ignore = listen('parley:warning', ({ message }) => told.push(message));
afterEach(() => told.splice(0));

test('stops in reverse order, and continues after a part that fails or is late', async () => {
  const lifecycle = new Lifecycle();
  const stopped: string[] = [];
  await lifecycle.start({ name: 'first', stop: () => stopped.push('first') });
  await lifecycle.start({ name: 'failing', stop: () => Promise.reject(new Error('no')) });
  await lifecycle.start({ name: 'late', stop: () => new Promise(() => undefined), stopWithin: 10 });
  await lifecycle.start({ name: 'last', stop: () => stopped.push('last') });
  await lifecycle.stop();
  expect(stopped).toEqual(['last', 'first']);
  expect(told).toEqual(['late did not stop cleanly', 'failing did not stop cleanly']);
  ignore();
});

test('names a part that fails to start or is late, and stops those that had started', async () => {
  for (const start of [() => Promise.reject(new Error('port taken')), () => new Promise(() => undefined)]) {
    const lifecycle = new Lifecycle();
    let stopped = false;
    await lifecycle.start({
      name: 'store',
      stop: () => {
        stopped = true;
      },
    });
    await expect(lifecycle.start({ name: 'plugin x', start, startWithin: 10 })).rejects.toThrow(
      /^plugin x could not start: (port taken|took over 10 ms)$/,
    );
    expect(stopped).toBe(true);
  }
});
