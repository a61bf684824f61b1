import { afterAll, beforeAll, expect, test } from 'vitest';
import { pgliteStore, type TestStore } from '../../../test/support/stores.ts';
import { finish, id, open } from '../../../test/support/turns.ts';
import type { FinishTurn, Store } from '../ports/store.ts';
import { features, type RunningFeatures } from './features.ts';
import { FeatureGuard } from './guard.ts';

const OPERATOR = { id: id(), subject: 'operator', tenant: 'default', role: 'OPERATOR' } as const;
const NONE = { enabled: null, rollout: null };

let opened: TestStore;
let store: Store;
beforeAll(async () => {
  opened = await pgliteStore();
  store = opened.store;
});
afterAll(() => opened.close());

const switchesOf = (...names: string[]) =>
  features(
    store,
    names.map((name) => ({ name, default: false })),
  );
const guardOf = (switches: RunningFeatures, owner = 'one') =>
  new FeatureGuard({ store: store.features, features: switches, owner, settledMs: 0, windowMs: 0 });

/** A turn of each of so many viewers, with the switches that are on for them; `having` of those who have the feature. */
async function talk(
  switches: RunningFeatures,
  name: string,
  tenant: string,
  count: number,
  having: Partial<FinishTurn>,
) {
  for (let index = 0; index < count; index += 1) {
    const viewer = await store.viewers.ensure({ tenant, subject: `${name} ${index}`, role: 'USER' });
    const enabled = switches.enabledFor(viewer);
    const turn = await open(store, viewer, 'q', { features: [...enabled] });
    await finish(store, turn, enabled.has(name) ? having : {});
  }
}
const FAILED: Partial<FinishTurn> = {
  ...{ status: 'FAILED', error: { code: 'MODEL_FAILED', message: 'broke off', retryable: true } },
};

test('a rollout whose turns fail is taken back once, by one of two replicas, and says why', async () => {
  const switches = switchesOf('failing');
  await switches.set(OPERATOR, { name: 'failing', ...NONE, rollout: 0.5 });
  await talk(switches, 'failing', 'acme', 60, FAILED);
  await Promise.all([guardOf(switches, 'one').look(), guardOf(switches, 'two').look()]);
  const [state] = switches.list();
  expect(state).toMatchObject({ enabled: false, rollout: 0, source: 'OVERRIDE' });
  expect(state?.guard).toMatch(/100\.0 % of its turns failed, 0\.0 % of the others/);
  // An operator may set it again, and the comparison begins again.
  await switches.set(OPERATOR, { name: 'failing', ...NONE, rollout: 0.5 });
  expect(switches.list()[0]?.guard).toBeNull();
  await guardOf(switches).look();
  expect(switches.list()[0]).toMatchObject({ enabled: true, rollout: 0.5, guard: null });
});

test('looks go on from each other, and turns that another override decided are not compared', async () => {
  const switches = switchesOf('stepwise');
  await switches.set(OPERATOR, { name: 'stepwise', ...NONE, rollout: 0.5 });
  await switches.set(OPERATOR, { name: 'stepwise', ...NONE, enabled: true, tenant: 'other' });
  // Of the other tenant everybody has it, and all of those turns fail.
  await talk(switches, 'stepwise', 'other', 60, FAILED);
  await talk(switches, 'stepwise', 'acme', 20, FAILED);
  await guardOf(switches).look();
  expect(switches.list()[0]).toMatchObject({ enabled: true, guard: null });
  await talk(switches, 'stepwise', 'acme', 60, FAILED);
  await guardOf(switches, 'another').look();
  expect(switches.list()[0]?.guard).toContain('of its turns failed');
});

test("a tenant's rollout is taken back for that tenant alone, and one that does well is left", async () => {
  const switches = switchesOf('local', 'fine');
  await switches.set(OPERATOR, { name: 'local', ...NONE, rollout: 0.5, tenant: 'acme' });
  await switches.set(OPERATOR, { name: 'fine', ...NONE, rollout: 0.5 });
  await talk(switches, 'local', 'acme', 80, FAILED);
  await guardOf(switches).look();
  const acme = switches.list({ ...OPERATOR, subject: 'x', tenant: 'acme' });
  expect(acme.find(({ name }) => name === 'local')).toMatchObject({ enabled: false, guard: expect.any(String) });
  expect(switches.list().find(({ name }) => name === 'fine')).toMatchObject({
    enabled: true,
    rollout: 0.5,
    guard: null,
  });
  expect(switches.list().find(({ name }) => name === 'local')).toMatchObject({ source: 'DEFAULT', guard: null });
});

test('a rollout that somebody set meanwhile is not taken back', async () => {
  const switches = switchesOf('changed');
  await switches.set(OPERATOR, { name: 'changed', ...NONE, rollout: 0.5 });
  const [rollout] = switches.rollouts();
  await switches.set(OPERATOR, { name: 'changed', ...NONE, rollout: 0.25 });
  if (!rollout) throw new Error('no rollout');
  expect(await switches.takeBack(rollout, 'late')).toBe(false);
  expect(switches.list()[0]).toMatchObject({ rollout: 0.25, guard: null });
});
