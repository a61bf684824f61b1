/** The calls of the index's thread. */
import type { FoundPassage } from '#core/plugin.ts';
import type { IndexedPassage, PassageChange } from '#core/ports/store.ts';
import type { PassageText } from '../analysis/passage-analysis.ts';
import type { EngineChange, Hit, KeywordAnswer, KeywordQuery, Scope, VectorEntry } from '../engines/engine.ts';

/** `LegWeights` of rank-legs.ts in a form that a message can carry. `trust`: by the model's agreement so far. */
export type Weights =
  | { readonly type: 'trust'; readonly prior: number }
  | { readonly type: 'uncovered'; readonly scale: number }
  | { readonly type: 'given'; readonly vector: number; readonly keyword: number };

/** A query's vector by a model, and the format of the table to search. */
export interface ModelQuery {
  readonly format: string;
  readonly vector: Float32Array;
}

type Call<Asked, Answer> = { readonly asked: Asked; readonly answer: Answer };
type OfModel<Others = object> = { readonly format: string } & Others;

export type IndexCalls = {
  /** Starts from the files in the directory, where they fit and are not beyond the store's latest change. */
  open: Call<
    { readonly directory: string | null; readonly origin: string; readonly latest: number },
    { readonly sequence: number; readonly size: number }
  >;
  /** Compiles the code of a search. */
  warm: Call<Record<string, never>, void>;
  apply: Call<{ readonly changes: readonly PassageChange[] }, { readonly sequence: number; readonly size: number }>;
  /** Writes the files; false where that is not wanted or under way already. */
  save: Call<Record<string, never>, boolean>;
  /**
   * A whole search, by keywords and by vectors near the query's. `near` is 'absent' where vectors are wanted and cannot be asked. Of
   * the answer, `vectors` is false where none were asked, and `lacking` says whether passages in the scope have no vector yet that
   * would have had a say. Rejects where the vectors cannot be searched.
   */
  search: Call<
    Scope & {
      readonly query: string;
      readonly limit: number;
      readonly rerank: boolean;
      readonly keywords: boolean;
      readonly near: ModelQuery | 'absent' | null;
      readonly weights: Weights;
      /** Cosines below it count as no match. */
      readonly floor: number;
    },
    {
      readonly passages: readonly FoundPassage[];
      readonly keywords: boolean;
      readonly vectors: boolean;
      readonly lacking: boolean;
    }
  >;
  /** Passages that are shown for what they begin with. */
  beginnings: Call<{ readonly passages: readonly PassageText[] }, readonly FoundPassage[]>;
  keywords: Call<KeywordQuery, KeywordAnswer>;
  /** Fusion and second stage of what the legs found; null for a leg that did not answer. `passages`: null where the index has them. */
  rank: Call<
    {
      readonly scope: Scope;
      readonly query: string;
      readonly limit: number;
      readonly rerank: boolean;
      readonly keyword: KeywordAnswer | null;
      readonly vector: readonly Hit[] | null;
      readonly weights: Weights;
      /** Cosines below it count as no match. */
      readonly floor: number;
      readonly passages: readonly PassageText[] | null;
    },
    readonly FoundPassage[]
  >;
  tokenize: Call<{ readonly passages: readonly IndexedPassage[] }, readonly (readonly string[])[]>;

  // Word vectors, while an index that was made with them serves.
  wordQuery: Call<{ readonly query: string }, Float32Array | null>;
  wordPassages: Call<{ readonly passages: readonly IndexedPassage[] }, readonly VectorEntry[]>;

  // The vectors of neural models, a table a format.
  modelServing: Call<Record<string, never>, string | null>;
  modelOpen: Call<OfModel, void>;
  modelPosition: Call<OfModel, number>;
  modelCount: Call<OfModel, number>;
  modelApply: Call<OfModel<{ readonly changes: readonly EngineChange<VectorEntry>[] }>, void>;
  modelSearch: Call<
    OfModel<{ readonly vector: Float32Array; readonly scope: Scope; readonly limit: number }>,
    readonly Hit[]
  >;
  modelServe: Call<OfModel, void>;
  modelClear: Call<Record<string, never>, void>;
  modelSave: Call<Record<string, never>, void>;
};
