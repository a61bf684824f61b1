import { expect, test } from 'vitest';
import type { Store } from '#core/ports/store.ts';
import { id, someone } from '../../support/turns.ts';

export function operations(store: () => Store): void {
  test('the store tells what it is, and that it answers', async () => {
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

  test('an audit entry takes any detail', async () => {
    const viewer = await someone(store());
    const detail = { 'name\0': 'value\ud800', nested: [{ deep: '\0' }], number: 1.5, nothing: null };
    await store().audit.record(viewer, 'setFeature', 'caching\0', detail);
    await store().audit.record(viewer, 'deleteConversation', id(), {});
  });
}
