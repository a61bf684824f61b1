/** The index in its own thread, so that neither a search nor a rebuild blocks the event loop that serves streams. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Handlers, serve } from '#core/runtime/thread.ts';
import { analyse, keywordTokens, type PassageText, readingOf } from '../analysis/passage-analysis.ts';
import { searchTokens } from '../analysis/query-terms.ts';
import { WordVectors } from '../embedding/word-vectors/index.ts';
import { shownBeginnings } from '../ranking/beginnings.ts';
import { DEPTH } from '../ranking/fusion.ts';
import { type LegWeights, rankLegs } from '../ranking/rank-legs.ts';
import { ViewersTrust } from '../ranking/trust.ts';
import type { Scope } from './access.ts';
import type { IndexCalls, Weights } from './calls.ts';
import { DamagedFile } from './file-part.ts';
import { IndexFile } from './index-file.ts';
import { ModelVectors } from './model-vectors.ts';
import { PassageIndex } from './passage-index.ts';
import { searchOnce } from './warm-up.ts';

/** Milliseconds of work after which searches that wait get their turn. */
const SLICE = 4;

let index = new PassageIndex();
let file: IndexFile | undefined;
let models = new ModelVectors(null);
const trust = new ViewersTrust();
let words: WordVectors | undefined;
const wordVectors = (): WordVectors => {
  words ??= new WordVectors();
  return words;
};

const legWeights = (weights: Weights, scope: Scope): LegWeights =>
  weights.type === 'trust' ? { type: 'adaptive', prior: weights.prior, trust: trust.of(scope).of } : weights;

async function slicewise<T>(items: readonly T[], work: (item: T) => void): Promise<void> {
  let started = performance.now();
  for (const item of items) {
    work(item);
    if (performance.now() - started < SLICE) continue;
    await nextTurn();
    started = performance.now();
  }
}

const handlers: Handlers<IndexCalls> = {
  async open({ directory, origin, latest }) {
    file = directory === null ? undefined : new IndexFile(directory, origin);
    index = (await file?.read(latest)) ?? new PassageIndex();
    models = new ModelVectors(directory === null ? null : { directory, origin, latest });
    await models.adoptFormer();
    return { sequence: index.sequence, size: index.size };
  },

  warm: searchOnce,

  async apply({ changes }) {
    await slicewise(changes, (change) => index.applyOne(change));
    if (!file?.writing) index.tidy();
    return { sequence: index.sequence, size: index.size };
  },

  save: async () => (await file?.write(index)) ?? false,

  search({ near, weights, ...query }) {
    const scope = { viewerId: query.viewerId, tenant: query.tenant, documentIds: query.documentIds };
    const asked = near === 'absent' ? null : near;
    const hits = asked && models.search(asked.format, asked.vector, scope, DEPTH);
    const keywords = query.keywords || hits === null;
    const { passages, vectorsMatter } = index.find({
      ...query,
      keywords,
      vectors: hits,
      weights: legWeights(weights, scope),
    });
    const having = asked ? models.readable(asked.format, scope) : 0;
    const lacking = near !== null && vectorsMatter && having < index.keywords.readable(scope);
    return { passages, keywords, vectors: hits !== null, lacking };
  },

  beginnings: ({ passages }) => shownBeginnings(passages),

  keywords: ({ tokens, scope, limit }) => index.keywords.search(tokens, scope, limit),

  rank({ scope, query, limit, rerank, keyword, vector, weights, floor, passages }) {
    const given = passages && new Map(passages.map((passage) => [passage.id, passage]));
    const readGiven = (passage: PassageText | undefined) => passage && readingOf(passage.text, analyse(passage));
    return rankLegs({
      query,
      limit,
      rerank,
      keyword: keyword?.hits ?? null,
      vector,
      weights: legWeights(weights, scope),
      floor,
      rarity: keyword ?? index.keywords.frequencies(searchTokens(query), scope),
      read: (id) => (given ? readGiven(given.get(id)) : index.read(id)),
    }).passages;
  },

  async tokenize({ passages }) {
    const tokens: string[][] = [];
    await slicewise(passages, (passage) => tokens.push(keywordTokens(analyse(passage))));
    return tokens;
  },

  wordQuery: ({ query }) => wordVectors().query(query),
  async wordPassages({ passages }) {
    const vectors: Float32Array[][] = [];
    await slicewise(passages, (passage) => vectors.push(wordVectors().passage(passage)));
    return vectors;
  },

  modelServing: () => models.serving(),
  modelOpen: ({ format }) => models.open(format),
  modelPosition: ({ format }) => models.position(format),
  modelCount: ({ format }) => models.count(format),
  modelApply: ({ format, changes }) => models.apply(format, changes, slicewise),
  modelSearch: ({ format, vector, scope, limit }) => models.search(format, vector, scope, limit),
  modelServe: ({ format }) => models.serve(format),
  modelClear: () => models.clear(),
  modelSave: () => models.save(),
};

/**
 * If the file is damaged, deletes it and ends this thread: the next thread rebuilds the index from the store. Callers get the error
 * of a lost thread.
 */
function endingWhereDamaged<Asked, Answer>(
  handler: (asked: Asked) => Answer | Promise<Answer>,
): (asked: Asked) => Promise<Answer> {
  return async (asked) => {
    try {
      return await handler(asked);
    } catch (error) {
      if (!(error instanceof DamagedFile)) throw error;
      await file?.remove();
      setImmediate(() => {
        throw error;
      });
      return new Promise(() => undefined);
    }
  };
}

serve<IndexCalls>({
  ...handlers,
  search: endingWhereDamaged(handlers.search),
  rank: endingWhereDamaged(handlers.rank),
  save: endingWhereDamaged(handlers.save),
});
