import type { PluginContext } from '../plugin.ts';
import type { Store } from '../ports/store.ts';
import { PassageVersions } from './passage-versions.ts';

export interface PassageFeed {
  /** The part that a plugin's context offers. */
  readonly house: PluginContext['passages'];
  /** Notifies index builders that this process changed passages. */
  changed(): void;
  /** Starts to read versions. */
  start(): Promise<void>;
  stop(): void;
}

/** The feed that every index is built from: the store's changes, and a call when there are any. */
export function passageFeed(store: Store): PassageFeed {
  const listeners = new Set<() => void>();
  const versions = new PassageVersions(store.documents);
  return {
    house: {
      changesAfter: (sequence, limit) => store.documents.changesAfter(sequence, limit),
      latestChange: () => store.documents.latestChange(),
      origin: () => store.documents.origin(),
      exclusively: (name, work) => store.documents.exclusively(name, work),
      passages: (viewer, ids) => store.documents.passages(viewer, ids),
      beginnings: (viewer, ids, wanted) => store.documents.beginnings(viewer, ids, wanted),
      shared: store.shared,
      version: (viewer) => versions.version(viewer),
      changedAt: (viewer) => versions.changedAt(viewer),
      onChange(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    start: () => versions.start(store.shared),
    stop: () => versions.stop(),
    changed() {
      versions.changed();
      for (const listener of listeners) listener();
    },
  };
}
