import type { StageTrace } from '../turn.ts';
import { emit } from './diagnostics.ts';

/** Keeps the stages of one run: a turn, a search, an ingestion. */
export interface StageSink {
  /** Null for what belongs to no generation. */
  readonly generationId: string | null;
  trace(stage: StageTrace): void;
}

/** The only writer of stage traces: adds the stage to the run and publishes it to listeners (metrics, traces). */
export function traceStage(run: StageSink, stage: StageTrace): void {
  run.trace(stage);
  emit('parley:stage', { ...stage, generationId: run.generationId });
}
