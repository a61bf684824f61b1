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
  const kept = new Map<string, { readonly table: KeywordTable; position: number }>();
  let serving: string | null = null;
  /** Creates the index again if it is gone. */
  const at = (format: string) => {
    const found = kept.get(format) ?? { table: new KeywordTable(), position: 0 };
    kept.set(format, found);
    return found;
  };
  const indexOf = (format: string): KeywordIndex => ({
    format,
    position: async () => at(format).position,
    async apply(changes: readonly EngineChange<TokenEntry>[], _signal, after = at(format).position) {
      const index = at(format);
      if (index.position !== after) throw new Error('the index is not where it was');
      for (const change of changes) {
        if (change.sequence <= index.position) continue;
        if (change.type === 'added')
          index.table.add(change.passage, { title: [], sentences: [{ start: 0, end: 0, tokens: change.entry }] });
        else index.table.remove(change.documentId);
        index.position = change.sequence;
      }
    },
    search: async ({ tokens, scope, limit }) => at(format).table.search(tokens, scope, limit),
    count: async () => at(format).table.size,
  });
  return {
    name: 'memory',
    serving: async () => serving,
    async open(format) {
      at(format);
      return indexOf(format);
    },
    async serve(format) {
      serving = format;
      for (const other of kept.keys()) if (other !== format) kept.delete(other);
    },
    async clear() {
      kept.clear();
      serving = null;
    },
    close: async () => undefined,
  };
}
