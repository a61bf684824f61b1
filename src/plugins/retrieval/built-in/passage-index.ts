import type { FoundPassage } from '#core/plugin.ts';
import type { IndexedPassage, PassageChange } from '#core/ports/store.ts';
import { highlightsOf } from '../highlights.ts';
import { matchPassage } from '../match.ts';
import { queryTerms, searchable } from '../query-terms.ts';
import { rerank } from '../rerank.ts';
import { tokenize } from '../tokens.ts';
import { AccessColumns, type Scope } from './access.ts';
import { Bm25 } from './bm25.ts';

export interface KeywordQuery extends Scope {
  readonly query: string;
  readonly limit: number;
  readonly rerank: boolean;
}

/** How many go into the second stage. */
const CANDIDATES = 30;
/** Entries that are supposed beside those that are there, lest a word of a few passages weigh nothing. */
const PRIOR = 10;
/** Dead entries are cleared out when they are more than this share, and more than a few. */
const MOST_DEAD = 0.25;
const FEW = 1_000;

/** Keyword search over the passages of all viewers, each search within what its viewer may read. */
export class PassageIndex {
  readonly #bm25 = new Bm25();
  #access = new AccessColumns();
  #passages: (IndexedPassage | null)[] = [];
  #byDocument = new Map<string, number[]>();
  #dead = 0;
  #sequence = 0;

  /** The last change that is in. */
  get sequence(): number {
    return this.#sequence;
  }

  /** Passages that can be found. */
  get size(): number {
    return this.#passages.length - this.#dead;
  }

  /** Changes that are in already are passed over, so that the same ones may come twice. */
  apply(changes: readonly PassageChange[]): void {
    for (const change of changes) {
      if (change.sequence <= this.#sequence) continue;
      this.#sequence = change.sequence;
      if (change.type === 'added') this.#add(change.passage);
      else this.#remove(change.documentId);
    }
    if (this.#dead > FEW && this.#dead > this.#passages.length * MOST_DEAD) this.#compact();
  }

  search({ limit, rerank: secondStage, ...asked }: KeywordQuery): FoundPassage[] {
    const scores = this.#bm25.scores(tokenize(searchable(asked.query)));
    const best = topEntries(scores, Math.max(limit, secondStage ? CANDIDATES : 0), this.#access.filter(asked));
    const top = scores[best[0] ?? -1] ?? 1;
    const candidates = best.flatMap((entry) => {
      const passage = this.#passages[entry];
      return passage ? [{ passage, keywordScore: (scores[entry] as number) / top }] : [];
    });
    const terms = queryTerms(asked.query, (token) => this.#bm25.idf(token, PRIOR));
    const ranked = secondStage
      ? rerank(candidates, terms).slice(0, limit)
      : candidates.map((one) => ({ ...one, score: one.keywordScore, match: matchPassage(one.passage.text, terms) }));
    return ranked.map(({ passage, score, keywordScore, match }) => ({
      id: passage.id,
      score,
      keywordScore,
      vectorScore: null,
      highlights: highlightsOf(match, terms),
    }));
  }

  #add(passage: IndexedPassage): void {
    const entry = this.#bm25.add(tokenize(`${passage.documentTitle}\n${passage.heading ?? ''}\n${passage.text}`));
    this.#passages[entry] = passage;
    this.#access.set(entry, passage);
    const entries = this.#byDocument.get(passage.documentId);
    if (entries) entries.push(entry);
    else this.#byDocument.set(passage.documentId, [entry]);
  }

  #remove(documentId: string): void {
    for (const entry of this.#byDocument.get(documentId) ?? []) {
      this.#passages[entry] = null;
      this.#access.remove(entry);
      this.#dead += 1;
    }
    this.#byDocument.delete(documentId);
    this.#access.forgetDocument(documentId);
  }

  #compact(): void {
    this.#bm25.compact((entry) => this.#access.isLive(entry));
    this.#passages = this.#passages.filter((passage) => passage !== null);
    this.#access = new AccessColumns();
    this.#byDocument = Map.groupBy(this.#passages.keys(), (entry) => this.#passages[entry]?.documentId ?? '');
    for (const [entry, passage] of this.#passages.entries()) if (passage) this.#access.set(entry, passage);
    this.#dead = 0;
  }
}

/** The best entries, best first, of those that are allowed; the earlier first among equals. */
export function topEntries(scores: Float32Array, count: number, allowed: (entry: number) => boolean): number[] {
  const best: number[] = [];
  let least = 0;
  for (let entry = 0; entry < scores.length; entry += 1) {
    const score = scores[entry] as number;
    if (score <= least || !allowed(entry)) continue;
    let place = best.length;
    while (place > 0 && (scores[best[place - 1] as number] as number) < score) place -= 1;
    best.splice(place, 0, entry);
    if (best.length > count) best.pop();
    if (best.length === count) least = scores[best[count - 1] as number] as number;
  }
  return best;
}
