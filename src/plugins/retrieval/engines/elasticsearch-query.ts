/** Requests to Elasticsearch, as data. */
import { B, idfOf, K1, type Statistics } from '../built-in/bm25.ts';
import type { EngineChange, KeywordQuery, Scope, TokenEntry } from './engine.ts';

/** The id of the position document. It has no reader, so no search finds it. */
export const POSITION_ID = 'parley-position';

/** Length of a keyword in UTF-16 code units, safely below Lucene's limit. Ids are shorter; a longer one matches nothing. */
const LONGEST_ID = 8_000;

/** Of the form of an index beside its format: one of another form is made again. */
export const FORM = 2;

/**
 * We analyse; the engine splits at white space alone, and finds candidates by BM25 as the built-in index has it. One shard, so that
 * rarity is counted over all passages: a shard holds some 2,000 million.
 */
export const indexBody = (format: string) => ({
  settings: { number_of_shards: 1, similarity: { parley: { type: 'BM25' as const, k1: K1, b: B } } },
  mappings: {
    dynamic: 'strict' as const,
    _meta: { format, form: FORM },
    properties: {
      documentId: { type: 'keyword' as const },
      viewerId: { type: 'keyword' as const },
      /** The tenant that it is shared in; absent where it is not. */
      sharedIn: { type: 'keyword' as const },
      tokens: { type: 'text' as const, analyzer: 'whitespace', similarity: 'parley', index_options: 'freqs' as const },
      /** How many tokens. */
      length: { type: 'integer' as const, index: false },
      position: { type: 'long' as const, index: false },
    },
  },
});

export const documentOf = ({ passage, entry }: EngineChange<TokenEntry> & { type: 'added' }) => ({
  documentId: passage.documentId,
  viewerId: passage.viewerId,
  ...(passage.shared ? { sharedIn: passage.tenant } : {}),
  tokens: entry.map(asWord).join(' '),
  length: entry.length,
});

/** White space would cut a token in two; there is none in ours, but what a query brings is not trusted. */
export const asWord = (token: string): string => token.toWellFormed().replace(/\s+/g, '_');

const exact = (field: string, value: string) => ({ term: { [field]: value.slice(0, LONGEST_ID) } });

export function scopeFilter({ viewerId, tenant, documentIds }: Scope) {
  const readable = {
    bool: { should: [exact('viewerId', viewerId), exact('sharedIn', tenant)], minimum_should_match: 1 },
  };
  return documentIds === null ? [readable] : [readable, { terms: { documentId: [...documentIds] } }];
}

/** Of the viewer's passages, and how many of all passages have each token. */
export interface IndexStatistics extends Statistics {
  readonly all: { readonly frequencies: ReadonlyMap<string, number>; readonly size: number };
}

/** The weight of each token that the viewer's passages have: its rarity among them, as often as it is asked for. */
export function weightsOf(tokens: readonly string[], { frequencies, size }: Statistics): Map<string, number> {
  const weights = new Map<string, number>();
  for (const token of tokens) {
    const having = frequencies.get(token);
    if (having) weights.set(token, (weights.get(token) ?? 0) + idfOf(having, size));
  }
  return weights;
}

/** Candidates that are looked into for a search of a few. */
const LEAST_CANDIDATES = 100;

/**
 * The candidates. Lucene weighs tokens by their rarity among all passages: the boost takes that back, and puts the rarity among the
 * viewer's in its place.
 */
export const searchBody = (
  { scope, limit }: KeywordQuery,
  weights: ReadonlyMap<string, number>,
  { all }: IndexStatistics,
) => ({
  size: Math.max(limit, LEAST_CANDIDATES),
  _source: ['tokens'],
  track_total_hits: false,
  query: {
    bool: {
      should: Array.from(weights, ([token, weight]) => ({
        term: {
          tokens: { value: asWord(token), boost: weight / idfOf(all.frequencies.get(token) ?? 1, all.size) },
        },
      })),
      minimum_should_match: 1,
      filter: scopeFilter(scope),
    },
  },
});

/** What a document's tokens score: nothing in it is from passages that the viewer may not read. */
export function scoreOf(tokens: string, weights: ReadonlyMap<string, number>, { averageLength }: Statistics): number {
  const counts = new Map<string, number>();
  let length = 0;
  for (const word of tokens.split(' ')) {
    length += 1;
    if (weights.has(word)) counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  const norm = K1 * (1 - B + (B * length) / averageLength);
  let score = 0;
  for (const [word, count] of counts) score += ((weights.get(word) ?? 0) * count * (K1 + 1)) / (count + norm);
  return score;
}

/** How many passages the viewer may read, how long they are, and how many have each token, and the same of all; whatever documents are asked for. */
export function countBody(tokens: readonly string[], scope: Scope) {
  const filters = Object.fromEntries(tokens.map((token, place) => [`t${place}`, exact('tokens', asWord(token))]));
  const counted = { tokens: { filters: { filters } } };
  return {
    size: 0,
    track_total_hits: true,
    query: { exists: { field: 'documentId' } },
    aggs: {
      ...counted,
      readable: {
        filter: { bool: { filter: scopeFilter({ ...scope, documentIds: null }) } },
        aggs: { ...counted, length: { avg: { field: 'length' } } },
      },
    },
  };
}
