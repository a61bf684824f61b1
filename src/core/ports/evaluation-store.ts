import type { EvaluationRecord, Page, PageArguments } from '../records.ts';
import type { Viewer } from '../viewer.ts';

/** All conditions must hold; null: any. */
export interface EvaluationFilter {
  readonly conversationId: string | null;
  readonly since: Date | null;
  /** Exclusive upper bound. */
  readonly until: Date | null;
  /** 0..1: at most this overall score. */
  readonly maxOverall: number | null;
  /** `provider:model` that gave the answer. */
  readonly model: string | null;
}

export type EvaluationGrouping = 'DAY' | 'MODEL' | 'INTENT';

/** A group of turns. Means are over the turns that were judged. */
export interface EvaluationSummary {
  /** A day as 2026-11-28 (UTC), a model, a type of intent; 'none' where a turn has none; 'all' without grouping. */
  readonly key: string;
  /** Judged answers. */
  readonly count: number;
  readonly overall: number;
  readonly relevance: number;
  /** Null where no answer was grounded. */
  readonly groundedness: number | null;
  /** The share of ratings that are UP. Null without ratings. */
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
  /** Groups by key, at most 1,000. Leaves out groups without judged answers. */
  summary(
    viewer: Viewer,
    range: { readonly since: Date | null; readonly until: Date | null; readonly groupBy: EvaluationGrouping | null },
  ): Promise<readonly EvaluationSummary[]>;
}
