import type { FoundPassage } from '#core/plugin.ts';
import type { PassageChange } from '#core/ports/store.ts';
import { analyse, type Reading } from '../analysis/passage-analysis.ts';
import { searchTokens } from '../analysis/query-terms.ts';
import type { EnglishVectors } from '../embedding/english.ts';
import { ENGLISH_DIMENSIONS, ENGLISH_FLOOR } from '../embedding/english.ts';
import type { Hit, KeywordAnswer } from '../engines/engine.ts';
import { DEPTH, fuse, type Weighting } from '../ranking/fusion.ts';
import { secondStage } from '../ranking/second-stage.ts';
import type { Scope } from './access.ts';
import { KeywordTable } from './keyword-table.ts';
import type { Snapshot } from './snapshot.ts';
import { VectorTable } from './vector-table.ts';

export interface IndexQuery extends Scope {
  readonly query: string;
  readonly limit: number;
  readonly rerank: boolean;
  /** Whether keywords are asked; true where absent. */
  readonly keywords?: boolean;
  /** What vectors found already, or how to ask for them; none where absent. */
  readonly vectors?: readonly Hit[] | null;
  readonly weighting?: Weighting;
  /** Cosines under it say nothing; that of the word vectors where absent. */
  readonly floor?: number;
}

/** Dead entries are cleared out when they are more than this share, and more than a few. */
const MOST_DEAD = 0.25;
const FEW = 1_000;

/** Word vectors are a guess anyway, and there is one of each sentence. */
const ENGLISH_BITS = 8;

const KEYWORDS_ALONE: Weighting = { type: 'given', vector: 0, keyword: 1 };

export interface PassageIndexOptions {
  /** For vectors of English; absent: keywords alone. */
  readonly english?: EnglishVectors | undefined;
  readonly snapshots?: { readonly keywords: Snapshot; readonly english?: Snapshot | undefined };
  readonly sequence?: number;
}

/** The passages of all viewers by keywords, and by word vectors where those are there; each search within what its viewer may read. */
export class PassageIndex {
  readonly #english: EnglishVectors | undefined;
  readonly keywords: KeywordTable;
  readonly vectors: VectorTable | undefined;
  #sequence: number;

  constructor({ english, snapshots, sequence = 0 }: PassageIndexOptions = {}) {
    this.#english = english;
    this.keywords = new KeywordTable(snapshots?.keywords);
    this.vectors = english && new VectorTable(ENGLISH_DIMENSIONS, ENGLISH_BITS, snapshots?.english);
    this.#sequence = sequence;
  }

  /** The last change that is in. */
  get sequence(): number {
    return this.#sequence;
  }

  /** Passages that can be found. */
  get size(): number {
    return this.keywords.size;
  }

  /** Changes that are in already are passed over, so that the same ones may come twice. */
  apply(changes: readonly PassageChange[]): void {
    for (const change of changes) this.applyOne(change);
  }

  applyOne(change: PassageChange): void {
    if (change.sequence <= this.#sequence) return;
    this.#sequence = change.sequence;
    if (change.type === 'added') {
      this.keywords.add(change.passage, analyse(change.passage));
      if (this.#english) this.vectors?.add(change.passage, this.#english.embedPassage(change.passage));
    } else {
      this.keywords.remove(change.documentId);
      this.vectors?.remove(change.documentId);
    }
  }

  /** Gives back what the dead take up, once they are many. */
  tidy(): void {
    const { dead, size } = this.keywords;
    if (dead <= FEW || dead <= (dead + size) * MOST_DEAD) return;
    this.keywords.compact();
    this.vectors?.compact();
  }

  /** What vectors of English find; null where the query has none. */
  nearest(query: string, scope: Scope): readonly Hit[] | null {
    const vector = this.#english?.embedQuery(query);
    if (!vector || !this.vectors) return null;
    return this.vectors.search(vector, scope, DEPTH);
  }

  search({
    query,
    limit,
    rerank,
    keywords = true,
    vectors = null,
    weighting = KEYWORDS_ALONE,
    floor = ENGLISH_FLOOR,
    ...scope
  }: IndexQuery): FoundPassage[] {
    const tokens = searchTokens(query);
    const answer: KeywordAnswer = keywords
      ? this.keywords.search(tokens, scope, Math.max(DEPTH, limit))
      : { hits: [], ...this.keywords.frequencies(tokens) };
    return secondStage({
      query,
      limit,
      rerank,
      fusion: fuse(answer.hits, vectors, weighting, floor),
      rarity: answer,
      read: (id) => this.read(id),
    });
  }

  read(id: string): Reading | undefined {
    return this.keywords.read(id);
  }
}
