import { expect, test } from 'vitest';
import { CONTRACT_VERSION, definePlugin } from '#core/plugin.ts';
import { buildSchema } from '#schema/index.ts';
import { engine } from '../../../src/server/engine.ts';
import { usualOperation } from '../../../src/server/warm-up.ts';
import { startApp } from '../../support/app.ts';

/** A plugin that is switched off has nothing to load. */
const pluginsOf = (warm: () => Promise<void>, off: () => void) => [
  definePlugin({ name: 'slow', version: '1.0.0', contract: CONTRACT_VERSION, setup: () => ({ warm }) }),
  definePlugin({
    ...{ name: 'off', version: '1.0.0', contract: CONTRACT_VERSION, feature: { name: 'off', default: false } },
    setup: () => ({ warm: off }),
  }),
];

test('a server serves its page at once, and is ready once what the first turn needs is loaded', async () => {
  const { promise: loaded, resolve, reject } = Promise.withResolvers<void>();
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  let offLoaded = false;
  const warm = () => {
    begin();
    return loaded;
  };
  const off = () => {
    offLoaded = true;
  };
  const app = await startApp({}, { plugins: pluginsOf(warm, off) });
  const ready = async () => {
    const response = await fetch(`${app.url}/ready`);
    return [response.status, (await response.json()).reasons];
  };
  try {
    const reasons = ['it is still loading what the first request needs'];
    expect(await ready()).toEqual([503, reasons]);
    await begun;
    expect(await ready()).toEqual([503, reasons]);
    expect((await fetch(`${app.url}/`)).status).toBe(200);
    resolve();
    await expect.poll(ready).toEqual([200, []]);
    expect(offLoaded).toBe(false);
  } finally {
    reject(new Error('over'));
    await app.remove();
  }
});

test('the operation that is prepared is a valid one', () => {
  expect(() => usualOperation(engine(buildSchema([]))).warm()).not.toThrow();
});
