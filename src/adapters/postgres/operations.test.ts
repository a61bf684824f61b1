import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { expect, test } from 'vitest';
import { pgliteStore } from '../../../test/support/stores.ts';
import { made, someone } from '../../../test/support/turns.ts';

test('an audit entry records actor, action and target, and survives its target', async () => {
  const { store, dataDirectory, close } = await pgliteStore();
  try {
    const viewer = await someone(store);
    const { id } = await made(store, viewer, 'Gone');
    await store.audit.record(viewer, 'deleteConversation', id, { title: 'Gone', 'why\0': ['\ud800'] });
    await store.conversations.delete(viewer, id);
    await store.close();
    const database = await PGlite.create(join(dataDirectory, 'postgres'));
    const { rows } = await database.query('SELECT viewer_id, tenant, subject, action, target, detail FROM audit');
    await database.close();
    expect(rows).toEqual([
      {
        viewer_id: viewer.id,
        tenant: viewer.tenant,
        subject: viewer.subject,
        action: 'deleteConversation',
        target: id,
        detail: { title: 'Gone', 'why\ufffd': ['\ufffd'] },
      },
    ]);
  } finally {
    await close();
  }
});
