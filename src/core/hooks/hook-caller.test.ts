import { expect, test } from 'vitest';
import { AppError } from '../errors.ts';
import { CONTRACT_VERSION, definePlugin, type Hooks } from '../plugin.ts';
import { DEADLINES, HookCaller, type HookRun } from './hook-caller.ts';

const run: HookRun = {
  ...{ features: 'all', signal: new AbortController().signal, generationId: null },
  trace: () => undefined,
};
const callerOf = (failsClosed: readonly 'route'[]) => {
  const manifest = definePlugin({
    name: 'check',
    version: '1.0.0',
    contract: CONTRACT_VERSION,
    failsClosed,
    setup: () => ({}),
  });
  const plugin = { manifest, hooks: {} as Hooks };
  const caller = new HookCaller([plugin], {});
  return (hook: 'route' | 'remember', work: () => unknown) => caller.ask(plugin, hook, run, work, (value) => value);
};
const fails = () => Promise.reject(new Error('the store is busy'));

test('a hook that fails closed ends the turn each time, however often it failed; another plugin is done without', async () => {
  const [closed, open] = [callerOf(['route']), callerOf([])];
  for (let round = 0; round < 10; round += 1) {
    await expect(closed('route', fails)).rejects.toMatchObject({ code: 'OVERLOADED', retryAfter: 2 });
    expect(await closed('remember', fails)).toBeUndefined();
    expect(await open('route', fails)).toBeUndefined();
  }
  let asked = 0;
  const counts = () => {
    asked += 1;
    return 'answer';
  };
  expect([await closed('route', counts), await open('route', counts)]).toEqual(['answer', undefined]);
  expect(asked).toBe(1);
  await expect(closed('route', fails)).rejects.toBeInstanceOf(AppError);
});

test('a slow machine gets a factor times the usual deadlines; one that is given stands as it is', () => {
  const { deadlines } = new HookCaller([], { deadlines: { route: 60 }, factor: 3 });
  expect(deadlines).toMatchObject({
    understand: 3 * DEADLINES.understand,
    retrieve: 3 * DEADLINES.retrieve,
    route: 60,
  });
});
