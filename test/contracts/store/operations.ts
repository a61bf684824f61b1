import { expect, test } from 'vitest';
import type { Store } from '#core/ports/store.ts';
import { id, someone } from '../../support/turns.ts';

export function operations(store: () => Store): void {
  test('the store reports its engine and that it answers', async () => {
    expect(store().engine).toMatch(/^(PGlite \(PostgreSQL \d+\)|PostgreSQL \d+\.\d+)$/);
    expect(store().shared).toBe(store().engine.startsWith('PostgreSQL'));
    await store().check();
  });

  test('an override is set, changed and set back, also by many at once', async () => {
    const name = `feature ${id()}`;
    const stored = async () => (await store().features.list()).filter((override) => override.name === name);
    await store().features.set({ name, enabled: true, rollout: 0.5 });
    expect(await stored()).toEqual([{ name, enabled: true, rollout: 0.5 }]);
    await Promise.all(Array.from({ length: 10 }, () => store().features.set({ name, enabled: false, rollout: null })));
    expect(await stored()).toEqual([{ name, enabled: false, rollout: null }]);
    await store().features.set({ name, enabled: null, rollout: null });
    expect(await stored()).toEqual([{ name, enabled: null, rollout: null }]);
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
