/** Evaluation sets, their runs, and what each case came to. Rules: store.ts. */
import type { Page, PageArguments } from '../records.ts';
import type { QualityReport } from '../turn.ts';
import type { Viewer } from '../viewer.ts';

export interface EvaluationCase {
  readonly query: string;
  readonly expected: string | null;
  readonly context: readonly string[] | null;
  /** Judged as it stands; null: Parley answers the query itself. */
  readonly response: string | null;
}

export interface EvaluationSetRecord {
  readonly id: string;
  readonly viewerId: string;
  readonly name: string;
  /** Number of cases. */
  readonly size: number;
  readonly createdAt: Date;
}

export type RunStatus = 'QUEUED' | 'RUNNING' | 'COMPLETE' | 'FAILED';

export interface EvaluationRunRecord {
  readonly id: string;
  readonly setId: string;
  readonly status: RunStatus;
  /** Which judge, with its version; empty until the first case is judged. */
  readonly judge: string;
  /** 0..1: a case that falls by more than this is a regression. */
  readonly tolerance: number;
  readonly total: number;
  readonly done: number;
  readonly error: string | null;
  readonly createdAt: Date;
}

export interface CaseResultRecord {
  /** The case's number in the set, from 1. */
  readonly number: number;
  readonly query: string;
  readonly response: string;
  readonly report: QualityReport;
  readonly generationId: string | null;
  /** The score of the last complete run before this one of the same set and judge. Null if there is none. */
  readonly previousOverall: number | null;
}

/** A run with what it needs to be worked on. */
export interface ClaimedRun {
  readonly run: EvaluationRunRecord;
  readonly set: EvaluationSetRecord;
  readonly viewer: Viewer;
  readonly cases: readonly EvaluationCase[];
  /** Numbers of the cases that are judged already. */
  readonly done: ReadonlySet<number>;
}

export interface EvaluationSetStore {
  /** The same fingerprint again answers the first set and writes nothing. */
  create(
    viewer: Viewer,
    set: {
      readonly id: string;
      readonly name: string;
      readonly fingerprint: string;
      readonly cases: readonly EvaluationCase[];
    },
  ): Promise<EvaluationSetRecord>;
  get(viewer: Viewer, id: string): Promise<EvaluationSetRecord | null>;
  /** Newest first. */
  list(viewer: Viewer, page: PageArguments): Promise<Page<EvaluationSetRecord>>;
  /** QUEUED. Null where the set is not the viewer's, or `most` of the viewer's runs have not ended. */
  createRun(
    viewer: Viewer,
    run: { readonly id: string; readonly setId: string; readonly tolerance: number; readonly most: number },
  ): Promise<EvaluationRunRecord | null>;
  getRun(viewer: Viewer, id: string): Promise<EvaluationRunRecord | null>;
  /** Newest first. */
  listRuns(viewer: Viewer, setId: string, page: PageArguments): Promise<Page<EvaluationRunRecord>>;
  /** Results in the order of the set. */
  results(viewer: Viewer, runId: string, page: PageArguments): Promise<Page<CaseResultRecord>>;
  /** Results that fell by more than the run's tolerance, worst first, at most 1,000. */
  regressions(viewer: Viewer, runId: string): Promise<readonly CaseResultRecord[]>;
  /** Means over the results; null where there is none. */
  summary(
    viewer: Viewer,
    runId: string,
  ): Promise<{
    readonly count: number;
    readonly overall: number;
    readonly relevance: number;
    readonly groundedness: number | null;
  } | null>;

  // For the job. It acts for no viewer.
  /** Claims a run that has not ended for `leaseMs`, or renews the claim. Null if it has ended, is gone, or has another owner. */
  claim(id: string, owner: string, leaseMs: number): Promise<ClaimedRun | null>;
  renew(id: string, owner: string, leaseMs: number): Promise<boolean>;
  /** Once a case: a second result of the same case writes nothing. False where `owner` no longer has the run. */
  addResult(
    id: string,
    owner: string,
    result: Pick<CaseResultRecord, 'number' | 'response' | 'report' | 'generationId'>,
  ): Promise<boolean>;
  finish(id: string, owner: string, end: { readonly status: RunStatus; readonly error: string | null }): Promise<void>;
  /** Runs that `owner` may claim, oldest first, with whose they are. */
  unfinished(owner: string): Promise<readonly { readonly id: string; readonly viewerId: string }[]>;
}
