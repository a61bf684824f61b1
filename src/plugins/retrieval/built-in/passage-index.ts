import type { FoundPassage } from '#core/plugin.ts';
import type { PassageChange } from '#core/ports/store.ts';
import { analyse, type Reading } from '../analysis/passage-analysis.ts';
import { searchTokens } from '../analysis/query-terms.ts';
import type { Hit, KeywordAnswer } from '../engines/engine.ts';
import { DEPTH } from '../ranking/fusion.ts';
import { type LegWeights, rankLegs } from '../ranking/rank-legs.ts';
import type { Scope } from './access.ts';
import { KeywordTable } from './keyword-table.ts';
import type { Snapshot } from './snapshot.ts';

export interface IndexQuery extends Scope {
  readonly query: string;
  readonly limit: number;
  readonly rerank: boolean;
  /** True to search by keywords. Default: true. */
  readonly keywords?: boolean;
  /** Hits that vectors found already. Default: none. */
  readonly vectors?: readonly Hit[] | null;
  readonly weights?: LegWeights;
  /** Cosines below it count as no match. Default: none. */
  readonly floor?: number;
}

/** Dead entries are cleared out when they are more than this share, and more than a few. */
const MOST_DEAD = 0.25;
const FEW = 1_000;

const KEYWORDS_ALONE: LegWeights = { type: 'given', vector: 0, keyword: 1 };

export interface PassageIndexOptions {
  readonly keywords?: Snapshot | undefined;
  readonly sequence?: number;
}

/** The passages of all viewers by keywords, and what is read of each; each search within what its viewer may read. */
export class PassageIndex {
  readonly keywords: KeywordTable;
  #sequence: number;

  constructor({ keywords, sequence = 0 }: PassageIndexOptions = {}) {
    this.keywords = new KeywordTable(keywords);
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
    if (change.type === 'added') this.keywords.add(change.passage, analyse(change.passage));
    else this.keywords.remove(change.documentId);
  }

  /** Gives back what the dead take up, once they are many. */
  tidy(): void {
    const { dead, size } = this.keywords;
    if (dead <= FEW || dead <= (dead + size) * MOST_DEAD) return;
    this.keywords.compact();
  }

  search(query: IndexQuery): FoundPassage[] {
    return [...this.find(query).passages];
  }

  /** Like `search`; also tells whether vectors influence, or would influence, the result. */
  find({
    query,
    limit,
    rerank,
    keywords = true,
    vectors = null,
    weights = KEYWORDS_ALONE,
    floor = -1,
    ...scope
  }: IndexQuery): ReturnType<typeof rankLegs> {
    const tokens = searchTokens(query);
    const answer: KeywordAnswer = keywords
      ? this.keywords.search(tokens, scope, Math.max(DEPTH, limit))
      : { hits: [], ...this.keywords.frequencies(tokens, scope) };
    return rankLegs({
      query,
      limit,
      rerank,
      keyword: answer.hits,
      vector: vectors,
      weights,
      floor,
      rarity: answer,
      read: (id) => this.read(id),
    });
  }

  read(id: string): Reading | undefined {
    return this.keywords.read(id);
  }
}
