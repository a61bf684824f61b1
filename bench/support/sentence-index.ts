/** Passages by keywords and by the built-in encoder's vectors, as the product searches them, in this thread. */
import { readFileSync } from 'node:fs';
import { zstdDecompressSync } from 'node:zlib';
import type { IndexedPassage } from '#core/ports/store.ts';
import { isCjk } from '#core/text/words.ts';
import { Encoder } from '../../src/adapters/encoder/encoder.ts';
import { DIMENSIONS } from '../../src/adapters/encoder/layout.ts';
import { queryTerms, searchTokens } from '../../src/plugins/retrieval/analysis/query-terms.ts';
import { idfOf } from '../../src/plugins/retrieval/built-in/bm25.ts';
import { PassageIndex } from '../../src/plugins/retrieval/built-in/passage-index.ts';
import { VectorTable } from '../../src/plugins/retrieval/built-in/vector-table.ts';
import { DEPTH, fuse } from '../../src/plugins/retrieval/ranking/fusion.ts';
import { shareAgain, weightingOf } from '../../src/plugins/retrieval/ranking/rank-legs.ts';
import { RARITY_PRIOR, secondStage } from '../../src/plugins/retrieval/ranking/second-stage.ts';
import { uncoveredBy } from '../../src/plugins/retrieval/ranking/uncovered.ts';

export type Leg = 'keyword' | 'vector' | 'hybrid';
export interface BenchDocument {
  readonly id: string;
  readonly title?: string;
  readonly text: string;
}

const SCOPE = { viewerId: 'v', tenant: 't', documentIds: null };
/** Cosines below it count as no match; see src/plugins/retrieval/embedding/embedder.ts. */
const FLOOR = 0.15;
const BITS = 16;
const FILE = new URL('../../src/adapters/encoder/encoder.bin.zst', import.meta.url);

export const openEncoder = (): Encoder => new Encoder(zstdDecompressSync(readFileSync(FILE)));

export class SentenceIndex {
  readonly #encoder: Encoder;
  readonly #keywords = new PassageIndex();
  readonly #vectors = new VectorTable(DIMENSIONS, BITS);
  /** Milliseconds of encoding, of all passages. */
  encoding = 0;

  constructor(encoder: Encoder, documents: readonly BenchDocument[]) {
    this.#encoder = encoder;
    for (const [place, { id, title = '', text }] of documents.entries()) {
      const passage: IndexedPassage = {
        id,
        documentId: id,
        documentTitle: title,
        text,
        heading: null,
        start: 0,
        end: text.length,
        ...{ viewerId: 'v', tenant: 't', shared: false },
      };
      this.#keywords.apply([{ sequence: place + 1, type: 'added', passage }]);
      const started = performance.now();
      const vector = encoder.encode([title, text].filter(Boolean).join('\n'));
      this.encoding += performance.now() - started;
      this.#vectors.add(passage, [vector]);
    }
  }

  /** Ids of the ten best. `words`: what keywords get to see of the query, where that is less. */
  search(query: string, leg: Leg, { rerank = true, words = query } = {}): string[] {
    const tokens = searchTokens(words);
    const rarity = this.#keywords.keywords.frequencies(searchTokens(query), SCOPE);
    const keyword = leg === 'vector' ? null : this.#keywords.keywords.search(tokens, SCOPE, DEPTH).hits;
    const vector = leg === 'keyword' ? null : this.#vectors.search(this.#encoder.encode(query), SCOPE, DEPTH);
    const idf = (token: string) => idfOf(rarity.frequencies.get(token) ?? 0, rarity.size + RARITY_PRIOR);
    const [asked, terms] = [queryTerms(query, idf), queryTerms(words, idf)];
    // A word that keywords do not see is one that no passage has.
    const held = new Map([...asked.weights].filter(([token]) => terms.weights.has(token)));
    const read = (id: string) => this.#keywords.read(id);
    const uncovered = uncoveredBy(keyword ?? [], { weights: held, total: asked.total }, read);
    const evidence = { uncovered, cjk: isCjk(query), among: vector?.length ?? 0 };
    const weighting = weightingOf({ type: 'uncovered', scale: 1 }, evidence);
    const fusion = fuse(keyword, vector, weighting, FLOOR);
    const vectorShare = fusion.vectorShare * shareAgain(evidence.cjk);
    const stage = { terms, limit: 10, rerank: rerank && leg !== 'vector', fusion, read, vectorShare };
    return secondStage(stage).map(({ id }) => id);
  }

  /** The inverse document frequency of a word. */
  idf(word: string): number {
    const rarity = this.#keywords.keywords.frequencies(searchTokens(word), SCOPE);
    return Math.max(0, ...[...rarity.frequencies.values()].map((count) => idfOf(count, rarity.size)));
  }
}

const segmenter = new Intl.Segmenter('zh', { granularity: 'word' });

/** The query without its two rarest words. */
export function withoutRarest(query: string, index: SentenceIndex): string {
  const parts = [...segmenter.segment(query)];
  const words = new Set(parts.filter(({ isWordLike }) => isWordLike).map(({ segment }) => segment.toLowerCase()));
  const rarest = new Set([...words].sort((a, b) => index.idf(b) - index.idf(a)).slice(0, 2));
  return parts.map(({ segment }) => (rarest.has(segment.toLowerCase()) ? ' ' : segment)).join('');
}
