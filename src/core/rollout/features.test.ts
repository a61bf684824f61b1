import { expect, test } from 'vitest';
import type { FeatureOverride, Store } from '../ports/store.ts';
import type { Viewer } from '../viewer.ts';
import { type FeatureSwitch, features } from './features.ts';

const viewerOf = (subject: string, role: Viewer['role'] = 'USER', tenant = 't'): Viewer => ({
  id: subject,
  subject,
  tenant,
  role,
});
const operator = viewerOf('operator', 'OPERATOR', 'default');

function made(switches: readonly FeatureSwitch[], audit: unknown[] = []) {
  const overrides = new Map<string, FeatureOverride>();
  const keyOf = ({ name, tenant, subject }: Pick<FeatureOverride, 'name' | 'tenant' | 'subject'>) =>
    JSON.stringify([name, tenant, subject]);
  const store = {
    shared: false,
    features: {
      list: async () => [...overrides.values()],
      set: async (override: FeatureOverride) =>
        void overrides.set(keyOf(override), { ...override, updatedAt: new Date(0) }),
      remove: async (scope: FeatureOverride) => void overrides.delete(keyOf(scope)),
    },
    audit: { record: async (...entry: unknown[]) => void audit.push(entry.slice(1)) },
  } as unknown as Store;
  return features(store, switches);
}
const NONE = { enabled: null, rollout: null };

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
    { name: 'a', envName: 'ENABLE_A', enabled: false, rollout: 0, source: 'OVERRIDE', guard: null },
    { name: 'b', envName: 'ENABLE_B', enabled: true, rollout: 1, source: 'ENVIRONMENT', guard: null },
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

test("a viewer's override goes before the tenant's, that before everybody's, and that before the configuration", async () => {
  const switches = made([{ name: 'a', default: true }]);
  const [ann, bob, carl] = [viewerOf('ann'), viewerOf('bob'), viewerOf('carl', 'USER', 'u')];
  const having = () => [ann, bob, carl].filter((viewer) => switches.enabledFor(viewer).has('a')).map(({ id }) => id);
  expect(having()).toEqual(['ann', 'bob', 'carl']);
  await switches.set(operator, { name: 'a', ...NONE, enabled: false });
  expect(having()).toEqual([]);
  await switches.set(operator, { name: 'a', ...NONE, enabled: true, tenant: 't' });
  expect(having()).toEqual(['ann', 'bob']);
  const set = await switches.set(operator, { name: 'a', ...NONE, enabled: false, tenant: 't', subject: 'ann' });
  expect(set).toMatchObject({ enabled: false, rollout: 0, source: 'OVERRIDE' });
  expect(having()).toEqual(['bob']);
  expect(switches.list(ann)[0]).toMatchObject({ enabled: false });
  expect(switches.list(bob)[0]).toMatchObject({ enabled: true });
  expect(switches.list()[0]).toMatchObject({ enabled: false });
  const reset = await switches.set(operator, { name: 'a', ...NONE, tenant: 't', subject: 'ann', reset: true });
  expect(reset).toMatchObject({ enabled: true, source: 'OVERRIDE' });
  await switches.set(operator, { name: 'a', ...NONE, tenant: 't', reset: true });
  expect(having()).toEqual([]);
  expect(await switches.set(operator, { name: 'a', ...NONE, reset: true })).toMatchObject({ source: 'DEFAULT' });
  expect(having()).toEqual(['ann', 'bob', 'carl']);
});

test('a percentage of one tenant reaches a part of its viewers, and of no other', async () => {
  const switches = made([{ name: 'a', default: false }]);
  await switches.set(operator, { name: 'a', ...NONE, rollout: 0.3, tenant: 't' });
  const share = (tenant: string) =>
    Array.from({ length: 1_000 }, (_, index) => viewerOf(`v${index}`, 'USER', tenant)).filter((viewer) =>
      switches.enabledFor(viewer).has('a'),
    ).length / 1_000;
  expect(share('t')).toBeGreaterThan(0.25);
  expect(share('t')).toBeLessThan(0.35);
  expect(share('u')).toBe(0);
  expect(switches.rollouts()).toMatchObject([{ name: 'a', tenant: 't', share: 0.3 }]);
});

test("the platform's operators set anything, a tenant's the own tenant alone; the audit says for whom", async () => {
  const audit: unknown[] = [];
  const switches = made([{ name: 'a', default: false }], audit);
  const theirs = viewerOf('boss', 'OPERATOR', 't');
  const set = (viewer: Viewer, more: { tenant?: string; subject?: string }) =>
    switches.set(viewer, { name: 'a', enabled: true, rollout: null, ...more });
  for (const more of [{ tenant: 'u' }, { tenant: 'u', subject: 'ann' }, { tenant: 'default' }])
    await expect(set(theirs, more)).rejects.toMatchObject({ code: 'FORBIDDEN' });
  await expect(set(viewerOf('ann'), { tenant: 't', subject: 'ann' })).rejects.toMatchObject({ code: 'FORBIDDEN' });
  await expect(set(operator, { tenant: ' ' })).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
  // Without a tenant's name: the own one, and for the platform's operator everybody.
  await set(theirs, {});
  expect(switches.enabledFor(viewerOf('ann')).has('a')).toBe(true);
  expect(switches.enabledFor(viewerOf('carl', 'USER', 'u')).has('a')).toBe(false);
  await set(theirs, { subject: 'ann' });
  await set(operator, { subject: 'ann' });
  await set(operator, {});
  expect(switches.enabledFor(viewerOf('carl', 'USER', 'u')).has('a')).toBe(true);
  const scopes = audit.map((entry) => (entry as [string, string, { tenant: unknown; subject: unknown }])[2]);
  expect(scopes.map(({ tenant, subject }) => [tenant, subject])).toEqual([
    ['t', null],
    ['t', 'ann'],
    ['default', 'ann'],
    [null, null],
  ]);
});

test('a tenant that has used up its overrides of viewers shuts no other out, and is told what to do', async () => {
  const switches = made([
    { name: 'a', default: false },
    { name: 'b', default: false },
  ]);
  const greedy = viewerOf('greedy', 'OPERATOR', 'greedy');
  for (let index = 0; index < 200; index += 1)
    await switches.set(greedy, { name: index % 2 ? 'a' : 'b', ...NONE, enabled: true, subject: `v${index}` });
  await expect(switches.set(greedy, { name: 'a', ...NONE, enabled: true, subject: 'more' })).rejects.toMatchObject({
    code: 'BAD_USER_INPUT',
    message: expect.stringMatching(/200 overrides of viewers of the tenant "greedy": set a rollout.*or reset some/),
  });
  // What it has may change, and its own switches always have room.
  await switches.set(greedy, { name: 'b', ...NONE, enabled: false, subject: 'v0' });
  await switches.set(greedy, { name: 'a', ...NONE, rollout: 0.5 });
  const other = viewerOf('other', 'OPERATOR', 'other');
  await switches.set(other, { name: 'a', ...NONE, enabled: true, subject: 'v0' });
  await switches.set(operator, { name: 'a', ...NONE, enabled: true });
  await switches.set(greedy, { name: 'b', ...NONE, subject: 'v0', reset: true });
  await switches.set(greedy, { name: 'a', ...NONE, enabled: true, subject: 'more' });
});
