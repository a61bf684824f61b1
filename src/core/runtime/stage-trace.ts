import type { StageTrace } from '../turn.ts';
import { emit } from './diagnostics.ts';

/** Where the stages of one run are kept: a turn, a search, an ingestion. */
export interface StageSink {
  /** Null for what belongs to no generation. */
  readonly generationId: string | null;
  trace(stage: StageTrace): void;
}

/** The one writer of stage traces: into the run's own, and to whoever listens (metrics, traces). */
export function traceStage(run: StageSink, stage: StageTrace): void {
  run.trace(stage);
  emit('parley:stage', { ...stage, generationId: run.generationId });
}
