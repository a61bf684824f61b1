import { expect, test } from 'vitest';
import type { Store } from '#core/ports/store.ts';
import { finish, INTERRUPTED, id, open, someone } from '../../support/turns.ts';

export function operations(store: () => Store): void {
  test('the store reports its engine and that it answers', async () => {
    expect(store().engine).toMatch(/^(PGlite \(PostgreSQL \d+\)|PostgreSQL \d+\.\d+)$/);
    expect(store().shared).toBe(store().engine.startsWith('PostgreSQL'));
    await store().check();
  });

  test('an override is set, changed and set back, also by many at once', async () => {
    const name = `feature ${id()}`;
    const all = { name, tenant: null, subject: null, guard: null };
    const stored = async () => (await store().features.list()).filter((override) => override.name === name);
    const updatedAt = expect.any(Date);
    await store().features.set({ ...all, enabled: true, rollout: 0.5 });
    expect(await stored()).toEqual([{ ...all, enabled: true, rollout: 0.5, updatedAt }]);
    const off = { ...all, enabled: false, rollout: null, guard: 'errors' };
    await Promise.all(Array.from({ length: 10 }, () => store().features.set(off)));
    expect(await stored()).toEqual([{ ...off, updatedAt }]);
    await store().features.set({ ...all, enabled: null, rollout: null });
    expect(await stored()).toEqual([{ ...all, enabled: null, rollout: null, updatedAt }]);
    await store().features.remove(all);
    expect(await stored()).toEqual([]);
  });

  test('overrides of tenants and viewers stand beside that of everybody', async () => {
    const name = `feature ${id()}`;
    const stored = async () =>
      (await store().features.list()).flatMap((override) =>
        override.name === name ? [[override.tenant, override.subject, override.enabled]] : [],
      );
    const set = (tenant: string | null, subject: string | null, enabled: boolean) =>
      store().features.set({ name, tenant, subject, enabled, rollout: null, guard: null });
    await set('acme', 'ann', true);
    await set('acme', null, false);
    await set(null, null, true);
    await set('acme', null, true);
    expect(await stored()).toEqual([
      [null, null, true],
      ['acme', null, true],
      ['acme', 'ann', true],
    ]);
    await store().features.remove({ name, tenant: 'acme', subject: null });
    expect(await stored()).toHaveLength(2);
    const ann = await store().viewers.ensure({ tenant: 'acme', subject: 'ann', role: 'USER' });
    expect(await store().viewers.erase(ann)).toMatchObject({ overrides: 1 });
    expect(await stored()).toEqual([[null, null, true]]);
  });

  test('one owner at a time goes on from the state of a watched rollout', async () => {
    const rollout = `rollout ${id()}`;
    const { claimGuard, saveGuard } = store().features;
    expect(await claimGuard(rollout, 'one', 60_000)).toBeNull();
    expect(await claimGuard(rollout, 'two', 60_000)).toBeUndefined();
    expect(await saveGuard(rollout, 'two', { seen: 1 })).toBe(false);
    expect(await saveGuard(rollout, 'one', { seen: 2 })).toBe(true);
    expect(await saveGuard(rollout, 'one', { seen: 3 })).toBe(false);
    expect(await claimGuard(rollout, 'two', 1)).toEqual({ seen: 2 });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await saveGuard(rollout, 'two', { seen: 4 })).toBe(false);
    expect(await claimGuard(rollout, 'three', 60_000)).toEqual({ seen: 2 });
  });

  test('turns are read in the order in which they began, with what the guard of rollouts compares', async () => {
    const viewer = await someone(store());
    const before = id();
    const ended = await open(store(), viewer, 'one', { features: ['caching'] });
    await finish(store(), ended, { status: 'FAILED', durationMs: 7, error: INTERRUPTED });
    const running = await open(store(), viewer, 'two');
    const own = async (...more: [settledMs: number, limit: number]) =>
      (await store().features.turnsAfter(before, ...more)).filter(({ subject }) => subject === viewer.subject);
    expect(await own(0, 1_000)).toEqual([
      {
        ...{ id: ended.generation.id, tenant: viewer.tenant, subject: viewer.subject, features: ['caching'] },
        ...{ status: 'FAILED', errorCode: 'INTERRUPTED', durationMs: 7, quality: null },
      },
      expect.objectContaining({ id: running.generation.id, status: 'PENDING', durationMs: expect.any(Number) }),
    ]);
    expect(await own(60_000, 1_000)).toEqual([]);
    expect(await store().features.turnsAfter(before, 0, 1)).toHaveLength(1);
    expect(await store().features.turnsAfter('no id', 0, 10)).toEqual([]);
  });

  test('stored vectors come back by model and text, unchanged', async () => {
    const model = `model ${id()}`;
    const hash = (byte: number) => new Uint8Array(32).fill(byte);
    const vector = Float32Array.of(0.1, -0.25, Number.MIN_VALUE, 1e-30);
    await store().embeddings.put(model, [
      { hash: hash(1), vector },
      { hash: hash(1), vector },
      { hash: hash(255), vector: Float32Array.of(1) },
    ]);
    await store().embeddings.put(model, [{ hash: hash(1), vector: Float32Array.of(9) }]);
    await store().embeddings.put(model, []);
    const found = await store().embeddings.get(model, [hash(1), hash(2), hash(255)]);
    expect([...found]).toEqual([
      ['01'.repeat(32), vector],
      ['ff'.repeat(32), Float32Array.of(1)],
    ]);
    expect(await store().embeddings.get(`other ${model}`, [hash(1)])).toEqual(new Map());
    expect(await store().embeddings.get(model, [])).toEqual(new Map());
    await store().embeddings.prune(1);
    expect((await store().embeddings.get(model, [hash(1)])).size).toBe(1);
    await store().embeddings.prune(-1);
    expect((await store().embeddings.get(model, [hash(1)])).size).toBe(0);
  });

  test('an audit entry takes any detail', async () => {
    const viewer = await someone(store());
    const detail = { 'name\0': 'value\ud800', nested: [{ deep: '\0' }], number: 1.5, nothing: null };
    await store().audit.record(viewer, 'setFeature', 'caching\0', detail);
    await store().audit.record(viewer, 'deleteConversation', id(), {});
  });
}
