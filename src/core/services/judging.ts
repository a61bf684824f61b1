/** The operations on evaluations and sets of them. Rules: index.ts. */
import type {
  CaseResultRecord,
  EvaluationCase,
  EvaluationRunRecord,
  EvaluationSetRecord,
  EvaluationSetStore,
} from '../ports/evaluation-set-store.ts';
import type {
  EvaluationFilter,
  EvaluationGrouping,
  EvaluationRecord,
  EvaluationSummary,
  Page,
  PageArguments,
} from '../ports/store.ts';
import type { Viewer } from '../viewer.ts';

/** The viewer's own evaluations. */
export interface Evaluations {
  list(viewer: Viewer, page: PageArguments, filter: EvaluationFilter): Promise<Page<EvaluationRecord>>;
  summary(
    viewer: Viewer,
    range: { readonly since: Date | null; readonly until: Date | null; readonly groupBy: EvaluationGrouping | null },
  ): Promise<readonly EvaluationSummary[]>;
}

/** A viewer's own sets, and what their runs came to. */
export interface EvaluationSets {
  /** The same name and cases again are the same set. */
  create(
    viewer: Viewer,
    input: { readonly name: string; readonly cases: readonly EvaluationCase[] },
  ): Promise<EvaluationSetRecord>;
  /** Begins a run. `tolerance`: a case that falls by more is a regression; null: .05. */
  run(viewer: Viewer, setId: string, tolerance: number | null): Promise<EvaluationRunRecord>;
  get(viewer: Viewer, id: string): Promise<EvaluationSetRecord | null>;
  list(viewer: Viewer, page: PageArguments): Promise<Page<EvaluationSetRecord>>;
  getRun(viewer: Viewer, id: string): Promise<EvaluationRunRecord | null>;
  listRuns(viewer: Viewer, setId: string, page: PageArguments): Promise<Page<EvaluationRunRecord>>;
  results(viewer: Viewer, runId: string, page: PageArguments): Promise<Page<CaseResultRecord>>;
  /** Cases that fell since the last complete run of the same judge, worst first, in words. */
  regressions(viewer: Viewer, runId: string): Promise<readonly string[]>;
  summary: EvaluationSetStore['summary'];
  /** The run as it is, then after each change; ends with COMPLETE or FAILED. */
  progress(viewer: Viewer, id: string, signal: AbortSignal): AsyncGenerator<EvaluationRunRecord>;
}
