/** Changes for engines, as the store would tell them, and an engine in memory over the built-in table, against which servers are held. */
import type { IndexedPassage } from '#core/ports/store.ts';
import { KeywordTable } from '../../src/plugins/retrieval/built-in/keyword-table.ts';
import type {
  EngineChange,
  KeywordEngine,
  KeywordIndex,
  TokenEntry,
} from '../../src/plugins/retrieval/engines/engine.ts';

export const passageOf = (id: string, others: Partial<IndexedPassage> = {}): IndexedPassage => ({
  id,
  documentId: id.split('/')[0] as string,
  documentTitle: 'A title',
  heading: null,
  start: 0,
  end: 1,
  text: 'x',
  viewerId: 'ann',
  tenant: 'home',
  shared: false,
  ...others,
});

/** Numbers changes as the store does. */
export class Changes<Entry> {
  sequence = 0;
  added(id: string, entry: Entry, others: Partial<IndexedPassage> = {}): EngineChange<Entry> {
    this.sequence += 1;
    return { sequence: this.sequence, type: 'added', passage: passageOf(id, others), entry };
  }
  removed(documentId: string): EngineChange<Entry> {
    this.sequence += 1;
    return { sequence: this.sequence, type: 'removed', documentId };
  }
}

/** Ids that would do harm if anybody put them into a query as they are. */
export const HOSTILE_IDS = [
  '*',
  '" OR "1"="1',
  "x'; DROP TABLE passages; --",
  '{"match_all":{}}',
  '\\',
  'a\nb',
  'ann ',
  'ANN',
  '\u0000',
  'x'.repeat(20_000),
  '安',
];

export function memoryKeywordEngine(): KeywordEngine {
  const indexes = new Map<string, { index: KeywordIndex; table: KeywordTable }>();
  let serving: string | null = null;
  const make = (format: string) => {
    const table = new KeywordTable();
    let position = 0;
    const index: KeywordIndex = {
      format,
      position: async () => position,
      async apply(changes: readonly EngineChange<TokenEntry>[]) {
        for (const change of changes) {
          if (change.sequence <= position) continue;
          if (change.type === 'added') table.add(change.passage, { title: change.entry, sentences: [] });
          else table.remove(change.documentId);
          position = change.sequence;
        }
      },
      search: async ({ tokens, scope, limit }) => table.search(tokens, scope, limit),
      count: async () => table.size,
    };
    return { index, table };
  };
  return {
    name: 'memory',
    serving: async () => serving,
    async open(format) {
      const kept = indexes.get(format) ?? make(format);
      indexes.set(format, kept);
      return kept.index;
    },
    async serve(format) {
      serving = format;
      for (const other of indexes.keys()) if (other !== format) indexes.delete(other);
    },
    async clear() {
      indexes.clear();
      serving = null;
    },
    close: async () => undefined,
  };
}
