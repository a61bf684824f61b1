import type { RetrievalQuery, RetrievalResult } from '#core/plugin.ts';
import { plainQuestion, wordsOf } from '#core/text/plain-questions.ts';
import { asksForOverview } from './analysis/overview.ts';
import { searchTokens } from './analysis/query-terms.ts';
import type { IndexCalls, Weights } from './built-in/calls.ts';
import type { IndexClient } from './built-in/index-client.ts';
import type { Hit, KeywordAnswer, Scope } from './engines/engine.ts';
import type { KeywordLeg } from './following/keyword-leg.ts';
import type { Leg } from './following/leg.ts';
import type { VectorLeg } from './following/vector-leg.ts';
import type { RetrievalContext } from './options.ts';
import { DEPTH } from './ranking/fusion.ts';
import { CANDIDATES } from './ranking/second-stage.ts';

/** HYBRID_VECTOR_WEIGHT to HYBRID_KEYWORD_WEIGHT where neither is set. */
export const DEFAULT_PRIOR = 0.7 / 0.3;

export interface SearchOptions {
  readonly index: IndexClient;
  /** Null: keywords by the index itself. */
  readonly keywords: KeywordLeg | null;
  /** Null: switched off; searches go by keywords. */
  readonly vectors: VectorLeg | null;
  readonly legs: { readonly keyword: Leg; readonly vector: Leg };
  /** The weight of vectors by the settings; for the built-in encoder, in proportion to their defaults. */
  readonly prior: number;
  readonly beginnings: RetrievalContext['passages']['beginnings'];
}

/**
 * Searches by the legs. A leg that does not answer is left out and named in `degraded`; so is one that
 * answers without the changes that it missed.
 */
export function searcher(options: SearchOptions) {
  const { keywords, vectors } = options;
  const builtIn = keywords === null && (vectors === null || vectors.builtIn);
  const search = (query: RetrievalQuery, signal: AbortSignal) =>
    builtIn ? searchBuiltIn(options, query, signal) : searchLegs(options, query, signal);
  return async (query: RetrievalQuery, signal: AbortSignal): Promise<RetrievalResult> => {
    if (query.strategy === null && asksForOverview(query.query)) {
      const whole = await overview(options, query, signal);
      if (whole) return whole;
    }
    const found = await search(query, signal);
    const plain = found.passages.length === 0 && query.strategy === null ? plainQuestion(query.query) : undefined;
    if (!plain) return found;
    // Documents may say it in other words: warranty, guarantee. A small library is read from its beginning.
    const other = await search({ ...query, query: wordsOf(plain) }, signal);
    if (other.passages.length > 0 || plain.subjects.length > 0) return other;
    return (await overview(options, query, signal)) ?? found;
  };
}

/** Maximum number of documents for a question such as "what is this about?" that names none. */
const MOST_DOCUMENTS = 5;

/** The documents' beginnings. Null if there are none, or too many documents. */
async function overview(
  { index, beginnings }: SearchOptions,
  query: RetrievalQuery,
  signal: AbortSignal,
): Promise<RetrievalResult | null> {
  const mostDocuments = query.documentIds ? query.limit : MOST_DOCUMENTS;
  const begin = await beginnings(query.viewer, query.documentIds, { limit: query.limit, mostDocuments });
  if (begin.length === 0) return null;
  const passages = await index.work('beginnings', { passages: begin }, signal);
  return { passages, strategy: 'KEYWORD', degraded: [] };
}

/** All in the index's thread: one message there and one back. Where vectors fail or are late, keywords answer alone. */
async function searchBuiltIn(
  options: SearchOptions,
  query: RetrievalQuery,
  signal: AbortSignal,
): Promise<RetrievalResult> {
  const { index, legs, vectors: leg } = options;
  const search = (near: IndexCalls['search']['asked']['near'], within: AbortSignal) =>
    index.ask(
      'search',
      {
        ...scopeOf(query),
        query: query.query,
        limit: query.limit,
        rerank: query.rerank,
        keywords: query.strategy !== 'VECTOR',
        near,
        ...fusionOf(options, query),
      },
      within,
    );
  const wanted = leg !== null && query.strategy !== 'KEYWORD';
  /** Undefined where vectors are not asked, do not answer, or are being built for the first time. */
  const both =
    wanted && leg.open
      ? await legs.vector.answer(async (within) => search(await leg.query(query.query, within), within), signal)
      : undefined;
  const { passages, keywords, vectors, lacking } = both ?? (await search(wanted ? 'absent' : null, signal));
  const failed = wanted && leg.open && both === undefined;
  const degraded = failed || lacking || (query.strategy === 'VECTOR' && !vectors);
  return { passages, strategy: strategyOf(keywords, vectors), degraded: degraded ? ['vector'] : [] };
}

async function searchLegs(
  options: SearchOptions,
  query: RetrievalQuery,
  signal: AbortSignal,
): Promise<RetrievalResult> {
  const { strategy } = query;
  const byKeywords = () => keywordLeg(options, query, signal);
  const byVectors = () => vectorLeg(options, query, signal);
  let [keyword, vector] = await Promise.all([
    strategy === 'VECTOR' ? null : byKeywords(),
    strategy === 'KEYWORD' ? null : byVectors(),
  ]);
  // The requested leg does not answer: the other one replaces it.
  const lacking = { keyword: strategy === 'KEYWORD' && !keyword, vector: strategy === 'VECTOR' && !vector };
  if (lacking.vector) keyword = await byKeywords();
  if (lacking.keyword) vector = await byVectors();
  const isShort = <T>(answer: T | null | undefined, leg: { readonly behind: boolean } | null) =>
    answer === undefined || (answer !== null && leg?.behind === true);
  const degraded = [
    ...(lacking.vector || isShort(vector, options.vectors) ? ['vector'] : []),
    ...(lacking.keyword || isShort(keyword, options.keywords) ? ['keyword'] : []),
  ];
  // Not a failure of this plugin: a question that no leg can answer now must not open the circuit for the next one.
  if (!keyword && !vector) return { passages: [], strategy: 'KEYWORD', degraded };
  const passages = await options.index.ask(
    'rank',
    {
      scope: scopeOf(query),
      query: query.query,
      limit: query.limit,
      rerank: query.rerank,
      keyword: keyword ?? null,
      vector: vector ?? null,
      ...fusionOf(options, query),
      passages: options.keywords ? [...(await query.read(idsIn(keyword, vector))).values()] : null,
    },
    signal,
  );
  return { passages, strategy: strategyOf(Boolean(keyword), Boolean(vector)), degraded };
}

/** Undefined where it does not answer, or is still being built. */
async function keywordLeg(
  { index, keywords, legs }: SearchOptions,
  query: RetrievalQuery,
  signal: AbortSignal,
): Promise<KeywordAnswer | undefined> {
  if (keywords?.open === false) return undefined;
  const scope = scopeOf(query);
  return legs.keyword.answer((within) => {
    if (keywords) return keywords.search(query.query, scope, within);
    const tokens = searchTokens(query.query);
    return index.ask('keywords', { tokens, scope, limit: Math.max(DEPTH, query.limit) }, within);
  }, signal);
}

/** Null where vectors are switched off or the question has none, undefined where the leg does not answer or is still being built. */
async function vectorLeg(
  { vectors, legs }: SearchOptions,
  query: RetrievalQuery,
  signal: AbortSignal,
): Promise<readonly Hit[] | null | undefined> {
  if (vectors === null) return null;
  if (!vectors.open) return undefined;
  const scope = scopeOf(query);
  return legs.vector.answer((within) => vectors.search(query.query, scope, within), signal);
}

const scopeOf = ({ viewer, documentIds }: RetrievalQuery): Scope => ({
  viewerId: viewer.id,
  tenant: viewer.tenant,
  documentIds,
});

/** The weights of the two legs. */
const fusionOf = ({ vectors, prior }: SearchOptions, query: RetrievalQuery) => ({
  weights: weightsOf(
    query,
    vectors?.weighing === 'uncovered' ? { type: 'uncovered', scale: prior / DEFAULT_PRIOR } : { type: 'trust', prior },
  ),
  floor: vectors?.floor ?? -1,
});

/** The weights that the client gave. If it gave one, the other is the rest of 1. */
function weightsOf({ vectorWeight, keywordWeight }: RetrievalQuery, adaptive: Weights): Weights {
  if (vectorWeight === null && keywordWeight === null) return adaptive;
  return {
    type: 'given',
    vector: vectorWeight ?? 1 - (keywordWeight ?? 0),
    keyword: keywordWeight ?? 1 - (vectorWeight ?? 0),
  };
}

const strategyOf = (keywords: boolean, vectors: boolean): RetrievalResult['strategy'] =>
  keywords && vectors ? 'HYBRID' : vectors ? 'VECTOR' : 'KEYWORD';

/** The ids that the second stage may read. Fusion decides later which of them it does. */
function idsIn(keyword: KeywordAnswer | null | undefined, vector: readonly Hit[] | null | undefined): string[] {
  const first = (hits: readonly Hit[] = []) => hits.slice(0, CANDIDATES * 2).map(({ id }) => id);
  return [...new Set([...first(keyword?.hits), ...first(vector ?? undefined)])];
}
