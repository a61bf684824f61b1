/** Requests to Elasticsearch, as data. */
import { B, K1, MOST_TOKENS } from '../built-in/bm25.ts';
import type { EngineChange, KeywordQuery, Scope, TokenEntry } from './engine.ts';

/** The id of the position document. It has no reader, so no search finds it. */
export const POSITION_ID = 'parley-position';

/** Length of a keyword in UTF-16 code units, safely below Lucene's limit. Ids are shorter; a longer one matches nothing. */
const LONGEST_ID = 8_000;

/**
 * We analyse; the engine splits at white space alone, and scores as the built-in index does. One shard, so that rarity is counted over
 * all passages: a shard holds some 2,000 million.
 */
export const indexBody = (format: string) => ({
  settings: {
    number_of_shards: 1,
    similarity: { parley: { type: 'BM25' as const, k1: K1, b: B } },
  },
  mappings: {
    dynamic: 'strict' as const,
    _meta: { format },
    properties: {
      documentId: { type: 'keyword' as const },
      viewerId: { type: 'keyword' as const },
      /** The tenant that it is shared in; absent where it is not. */
      sharedIn: { type: 'keyword' as const },
      tokens: { type: 'text' as const, analyzer: 'whitespace', similarity: 'parley', index_options: 'freqs' as const },
      position: { type: 'long' as const, index: false },
    },
  },
});

export const documentOf = ({ passage, entry }: EngineChange<TokenEntry> & { type: 'added' }) => ({
  documentId: passage.documentId,
  viewerId: passage.viewerId,
  ...(passage.shared ? { sharedIn: passage.tenant } : {}),
  tokens: entry.map(asWord).join(' '),
});

/** White space would cut a token in two; there is none in ours, but what a query brings is not trusted. */
const asWord = (token: string): string => token.toWellFormed().replace(/\s+/g, '_');

const exact = (field: string, value: string) => ({ term: { [field]: value.slice(0, LONGEST_ID) } });

export function scopeFilter({ viewerId, tenant, documentIds }: Scope) {
  const readable = {
    bool: { should: [exact('viewerId', viewerId), exact('sharedIn', tenant)], minimum_should_match: 1 },
  };
  return documentIds === null ? [readable] : [readable, { terms: { documentId: [...documentIds] } }];
}

/** Each token counts as often as it occurs. Of very many tokens, the first ones, as in the built-in index. */
export function searchBody({ tokens, scope, limit }: KeywordQuery, wanted: readonly string[]) {
  const times = new Map<string, number>();
  for (const token of tokens) times.set(asWord(token), (times.get(asWord(token)) ?? 0) + 1);
  const should = [...times]
    .slice(0, MOST_TOKENS)
    .map(([token, boost]) => ({ term: { tokens: { value: token, boost } } }));
  return {
    size: limit,
    _source: false,
    track_total_hits: false,
    query: { bool: { should, minimum_should_match: 1, filter: scopeFilter(scope) } },
    ...(wanted.length > 0 ? { aggs: frequencies(wanted, scope) } : {}),
  };
}

/** Counts the passages that the viewer may read, and those with each token. */
const frequencies = (tokens: readonly string[], scope: Scope) => ({
  all: {
    global: {},
    aggs: {
      readable: {
        filter: { bool: { filter: scopeFilter({ ...scope, documentIds: null }) } },
        aggs: {
          tokens: {
            filters: {
              filters: Object.fromEntries(tokens.map((token, place) => [`t${place}`, exact('tokens', asWord(token))])),
            },
          },
        },
      },
    },
  },
});
