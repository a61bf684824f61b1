import { expect, test } from 'vitest';
import type { FeatureOverride, Store } from '../ports/store.ts';
import type { Viewer } from '../viewer.ts';
import { type FeatureSwitch, features } from './features.ts';

const viewerOf = (subject: string, role: Viewer['role'] = 'USER'): Viewer => ({
  id: subject,
  subject,
  tenant: 't',
  role,
});
const operator = viewerOf('operator', 'OPERATOR');

function made(switches: readonly FeatureSwitch[]) {
  const overrides = new Map<string, FeatureOverride>();
  const store = {
    shared: false,
    features: {
      list: async () => [...overrides.values()],
      set: async (override: FeatureOverride) => void overrides.set(override.name, override),
    },
    audit: { record: async () => undefined },
  } as unknown as Store;
  return features(store, switches);
}

test('a share of the viewers has it, the same ones each time, and those it had when it grows', async () => {
  const switches = made([{ name: 'caching', default: false }]);
  const viewers = Array.from({ length: 2_000 }, (_, index) => viewerOf(`viewer-${index}`));
  const having = () =>
    new Set(viewers.filter((viewer) => switches.enabledFor(viewer).has('caching')).map(({ id }) => id));
  expect(having().size).toBe(0);
  await switches.set(operator, { name: 'caching', enabled: null, rollout: 0.25 });
  const quarter = having();
  expect(quarter.size).toBeGreaterThan(400);
  expect(quarter.size).toBeLessThan(600);
  expect(having()).toEqual(quarter);
  await switches.set(operator, { name: 'ENABLE_CACHING', enabled: null, rollout: 0.5 });
  const half = having();
  expect(half.isSupersetOf(quarter)).toBe(true);
  await switches.set(operator, { name: 'caching', enabled: false, rollout: null });
  expect(having().size).toBe(0);
});

test('an override wins over the configuration, and that over the default', async () => {
  const switches = made([
    { name: 'a', default: true },
    { name: 'b', default: false, configured: { enabled: true, rollout: 1, source: 'ENVIRONMENT' } },
  ]);
  await switches.set(operator, { name: 'a', enabled: false, rollout: null });
  expect(switches.list()).toEqual([
    { name: 'a', envName: 'ENABLE_A', enabled: false, rollout: 0, source: 'OVERRIDE' },
    { name: 'b', envName: 'ENABLE_B', enabled: true, rollout: 1, source: 'ENVIRONMENT' },
  ]);
});

test('only an operator sets a switch, only an existing one, to a valid value', async () => {
  const switches = made([{ name: 'a', default: true }]);
  const set = (viewer: Viewer, name: string, enabled: boolean | null, rollout: number | null) =>
    switches.set(viewer, { name, enabled, rollout });
  await expect(set(viewerOf('user'), 'a', false, null)).rejects.toMatchObject({ code: 'FORBIDDEN' });
  await expect(set(operator, 'nothing', false, null)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(set(operator, 'a', null, null)).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
  await expect(set(operator, 'a', null, 1.5)).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
});
