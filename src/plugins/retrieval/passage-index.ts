import type { FoundPassage } from '#core/plugin.ts';
import type { IndexedPassage, PassageChange } from '#core/ports/store.ts';
import { Bm25 } from './bm25.ts';
import { highlightsOf, type QueryTerms, queryTerms } from './highlights.ts';
import { rerank } from './rerank.ts';
import { tokenize } from './tokens.ts';

export interface KeywordQuery {
  readonly query: string;
  readonly viewerId: string;
  readonly tenant: string;
  readonly documentIds: readonly string[] | null;
  readonly limit: number;
  readonly rerank: boolean;
}

/** How many go into the second stage. */
const CANDIDATES = 50;
/** Dead entries are cleared out when they are more than this share, and more than a few. */
const MOST_DEAD = 0.25;
const FEW = 1_000;

/** Keyword search over the passages of all viewers, each search within what its viewer may read. */
export class PassageIndex {
  #bm25 = new Bm25();
  #entries: (IndexedPassage | null)[] = [];
  #byDocument = new Map<string, number[]>();
  #dead = 0;
  /** The last change that is in. */
  sequence = 0;

  get size(): number {
    return this.#entries.length - this.#dead;
  }

  apply(changes: readonly PassageChange[]): void {
    for (const change of changes) {
      if (change.sequence <= this.sequence) continue;
      this.sequence = change.sequence;
      if (change.type === 'added') this.#add(change.passage);
      else this.#remove(change.documentId);
    }
    if (this.#dead > FEW && this.#dead > this.#entries.length * MOST_DEAD) this.#compact();
  }

  search({ query, viewerId, tenant, documentIds, limit, rerank: secondStage }: KeywordQuery): FoundPassage[] {
    const tokens = tokenize(query);
    const scores = this.#bm25.scores(tokens);
    const wanted = documentIds && new Set(documentIds);
    const allowed = ({ documentId, ...passage }: IndexedPassage) =>
      (passage.viewerId === viewerId || (passage.shared && passage.tenant === tenant)) &&
      (!wanted || wanted.has(documentId));

    const candidates = topEntries(scores, Math.max(limit, secondStage ? CANDIDATES : 0), (entry) => {
      const passage = this.#entries[entry];
      return passage !== null && passage !== undefined && allowed(passage);
    });
    const best = candidates[0] === undefined ? 0 : (scores[candidates[0]] as number);
    const terms = queryTerms(query, tokens, (token) => this.#bm25.idf(token, 10));
    const found = candidates.map((entry) => {
      const passage = this.#entries[entry] as IndexedPassage;
      return { passage, keywordScore: (scores[entry] as number) / best };
    });
    const ranked = secondStage
      ? rerank(found, terms)
      : found.map((candidate) => ({ ...candidate, score: candidate.keywordScore }));
    return ranked.slice(0, limit).map((candidate) => toFound(candidate, terms));
  }

  #add(passage: IndexedPassage): void {
    const entry = this.#bm25.add(tokenize(`${passage.documentTitle}\n${passage.heading ?? ''}\n${passage.text}`));
    this.#entries[entry] = passage;
    const entries = this.#byDocument.get(passage.documentId);
    if (entries) entries.push(entry);
    else this.#byDocument.set(passage.documentId, [entry]);
  }

  #remove(documentId: string): void {
    for (const entry of this.#byDocument.get(documentId) ?? []) {
      this.#entries[entry] = null;
      this.#dead += 1;
    }
    this.#byDocument.delete(documentId);
  }

  #compact(): void {
    const living = this.#entries.filter((passage) => passage !== null);
    this.#bm25 = new Bm25();
    this.#entries = [];
    this.#byDocument = new Map();
    this.#dead = 0;
    for (const passage of living) this.#add(passage);
  }
}

function toFound(
  {
    passage,
    keywordScore,
    score,
  }: { readonly passage: IndexedPassage; readonly keywordScore: number; readonly score: number },
  terms: QueryTerms,
): FoundPassage {
  return { id: passage.id, score, keywordScore, vectorScore: null, highlights: highlightsOf(passage.text, terms) };
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
