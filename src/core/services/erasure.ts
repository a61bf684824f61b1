import { AppError } from '../errors.ts';
import type { PluginDriver } from '../hooks/driver.ts';
import type { Store } from '../ports/store.ts';
import { newId } from '../runtime/identifier.ts';
import type { RunningGenerations } from '../turn/running-generations.ts';
import type { Summaries } from '../turn/summaries.ts';
import type { Viewer } from '../viewer.ts';
import type { ApiKeys, Documents, Erasure } from './index.ts';

export interface ErasureOptions {
  readonly store: Store;
  readonly driver: PluginDriver;
  readonly documents: Pick<Documents, 'delete'>;
  readonly running: RunningGenerations;
  readonly summaries: Pick<Summaries, 'abandon'>;
  readonly apiKeys: Pick<ApiKeys, 'list' | 'revoke'>;
}

const PAGE = 100;

/** Removes everything of a viewer, and looks whether it is gone. The audit keeps who erased what, and when. */
export async function eraseViewer(
  { store, driver, documents, running, summaries, apiKeys }: ErasureOptions,
  viewer: Viewer,
  confirm: string,
): Promise<Erasure> {
  if (confirm !== viewer.subject)
    throw new AppError('BAD_USER_INPUT', `confirm must be your own subject, ${JSON.stringify(viewer.subject)}`);
  let conversations = 0;
  for (;;) {
    const page = await store.conversations.list(viewer, { first: PAGE }, null);
    if (page.edges.length === 0) break;
    for (const { node } of page.edges) {
      const deleted = await store.conversations.delete(viewer, node.id);
      conversations += deleted ? 1 : 0;
      running.abandon(deleted?.liveGenerationIds ?? []);
    }
  }
  await summaries.abandon(viewer.id);
  // Revoked first: a key that was used lately is remembered for a while.
  for (const { id } of await apiKeys.list(viewer)) await apiKeys.revoke(viewer, id);
  const files = await eraseDocuments(store, documents, viewer);
  const others = await store.viewers.erase(viewer);
  const removed = { ...others, conversations: conversations + (others['conversations'] ?? 0) };
  const run = {
    generationId: null,
    features: 'all' as const,
    signal: AbortSignal.timeout(60_000),
    trace: () => undefined,
  };
  const kept = driver.has('erase', 'all') ? await driver.erase(viewer, run) : 0;
  const receipt = newId();
  await store.audit.record(viewer, 'eraseViewer', receipt, { documents: files, plugins: kept, ...removed });
  const rows = Object.values(removed).reduce((sum, count) => sum + count, files);
  return {
    receipt,
    stores: [
      { name: 'store', removed: rows, verifiedEmpty: await isEmpty(store, viewer) },
      {
        name: 'plugins',
        removed: kept,
        verifiedEmpty: !driver.has('erase', 'all') || (await driver.erase(viewer, run)) === 0,
      },
    ],
  };
}

async function eraseDocuments(store: Store, documents: Pick<Documents, 'delete'>, viewer: Viewer): Promise<number> {
  let removed = 0;
  let after: string | undefined;
  for (;;) {
    const page = await store.documents.list(viewer, { first: PAGE, ...(after ? { after } : {}) }, null);
    for (const { node } of page.edges)
      if (node.viewerId === viewer.id) {
        await documents.delete(viewer, node.id);
        removed += 1;
      }
    if (!page.hasNextPage) return removed;
    after = page.edges.at(-1)?.cursor;
  }
}

async function isEmpty(store: Store, viewer: Viewer): Promise<boolean> {
  const [conversations, documents, keys, sets, usage] = await Promise.all([
    store.conversations.list(viewer, { first: 1 }, null),
    store.documents.list(viewer, { first: PAGE }, null),
    store.apiKeys.list(viewer),
    store.evaluationSets.list(viewer, { first: 1 }),
    store.viewers.usage(viewer, null),
  ]);
  const own = documents.edges.filter(({ node }) => node.viewerId === viewer.id);
  return [conversations.edges, own, keys, sets.edges].every((list) => list.length === 0) && usage.turns === 0;
}
