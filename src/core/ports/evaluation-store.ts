import type { EvaluationRecord, Page, PageArguments } from '../records.ts';
import type { Viewer } from '../viewer.ts';

/** All conditions must hold; null: any. */
export interface EvaluationFilter {
  readonly conversationId: string | null;
  readonly since: Date | null;
  /** Before this instant. */
  readonly until: Date | null;
  /** 0..1: at most this overall score. */
  readonly maxOverall: number | null;
  /** `provider:model` that gave the answer. */
  readonly model: string | null;
}

export type EvaluationGrouping = 'DAY' | 'MODEL' | 'INTENT';

/** Of the turns of a group; means of scores are over those that were judged. */
export interface EvaluationSummary {
  /** A day as 2026-11-28 (UTC), a model, a type of intent; 'none' where a turn has none; 'all' without grouping. */
  readonly key: string;
  /** Judged answers. */
  readonly count: number;
  readonly overall: number;
  readonly relevance: number;
  /** Null where no answer was grounded. */
  readonly groundedness: number | null;
  /** The share of ratings that are UP; null where nobody rated. */
  readonly satisfaction: number | null;
  /** Milliseconds of complete turns; null where there is none. */
  readonly p95Ms: number | null;
  /** The share of ended turns that failed or were interrupted. */
  readonly errorRate: number;
}

/** The viewer's own evaluations. */
export interface EvaluationStore {
  /** Newest first. A rating by a person is among the report's scores. */
  list(viewer: Viewer, page: PageArguments, filter: EvaluationFilter): Promise<Page<EvaluationRecord>>;
  /** By key, at most 1,000 groups; a group without judged answers is left out. */
  summary(
    viewer: Viewer,
    range: { readonly since: Date | null; readonly until: Date | null; readonly groupBy: EvaluationGrouping | null },
  ): Promise<readonly EvaluationSummary[]>;
}
