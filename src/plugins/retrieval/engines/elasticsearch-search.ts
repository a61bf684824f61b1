/** A search in Elasticsearch, whose scores go by what the viewer may read. */
import type { Client } from '@elastic/elasticsearch';
import { MOST_TOKENS } from '../built-in/bm25.ts';
import type { Frequencies, ViewersFrequencies } from '../following/frequencies.ts';
import { asWord, countBody, type IndexStatistics, scoreOf, searchBody, weightsOf } from './elasticsearch-query.ts';
import type { KeywordAnswer, KeywordQuery } from './engine.ts';

export async function search(
  client: Client,
  index: string,
  query: KeywordQuery,
  viewers: ViewersFrequencies,
  signal: AbortSignal,
): Promise<KeywordAnswer> {
  const among = await statistics(client, index, query, viewers.of(query.scope), signal);
  const { frequencies, size } = among;
  const weights = weightsOf(query.tokens, among);
  if (weights.size === 0) return { hits: [], frequencies, size };
  const { hits } = await client.search<{ tokens: string }>({ index, ...searchBody(query, weights, among) }, { signal });
  const words = new Map(Array.from(weights, ([token, weight]) => [asWord(token), weight]));
  const scored = hits.hits.map(({ _id, _source }) => ({
    id: _id as string,
    score: scoreOf(_source?.tokens ?? '', words, among),
  }));
  return { hits: scored.sort((a, b) => b.score - a.score).slice(0, query.limit), frequencies, size };
}

interface Counted {
  readonly tokens: { readonly buckets: Readonly<Record<string, { readonly doc_count: number }>> };
}
interface CountedScope extends Counted {
  readonly doc_count: number;
  readonly length: { readonly value: number | null };
}

/** Of the viewer's passages, and of all, for tokens that were not counted a moment ago; of very many tokens the first. */
async function statistics(
  client: Client,
  index: string,
  { tokens, scope }: KeywordQuery,
  known: Frequencies,
  signal: AbortSignal,
): Promise<IndexStatistics> {
  const asked = [...new Set(tokens)].slice(0, MOST_TOKENS);
  const before = known.known(asked);
  const wanted = asked.filter((token) => !before.has(token));
  if (wanted.length > 0) {
    const { hits, aggregations } = await client.search({ index, ...countBody(wanted, scope) }, { signal });
    const { tokens: all, readable } = aggregations as unknown as Counted & { readonly readable: CountedScope };
    const countIn = ({ buckets }: Counted['tokens'], at: number) => buckets[`t${at}`]?.doc_count ?? 0;
    const now = wanted.map((token, at) => [token, [countIn(readable.tokens, at), countIn(all, at)]] as const);
    const total = typeof hits.total === 'number' ? hits.total : (hits.total?.value ?? 0);
    known.learn({ size: readable.doc_count, averageLength: Math.max(1, readable.length.value ?? 1), total }, now);
    for (const [token, counts] of now) before.set(token, counts);
  }
  const of = (place: 0 | 1) => new Map(Array.from(before, ([token, counts]) => [token, counts[place]]));
  const { size, averageLength, total } = known.library;
  return { frequencies: of(0), size, averageLength, all: { frequencies: of(1), size: total } };
}
