import type { Passage, StageTrace } from '../turn.ts';
import { fusedPassages } from './fused-passages.ts';
import type { Retrieval, TurnQuestion } from './retrieval.ts';
import type { TurnRun } from './turn-run.ts';

/** A retrieval under way, which may have begun before its turn has a run: what it traces waits for that. */
export interface Retrieving {
  readonly passages: Promise<readonly Passage[]>;
  /** Attaches the retrieval to a run: it traces into the run and ends with it. */
  join(run: TurnRun): void;
  abandon(): void;
}

export function startRetrieving(
  retrieval: Retrieval,
  question: TurnQuestion,
  features: ReadonlySet<string>,
): Retrieving {
  const controller = new AbortController();
  const waiting: StageTrace[] = [];
  let trace = (stage: StageTrace): void => void waiting.push(stage);
  const passages = retrieval.forTurn(question, {
    generationId: null,
    features,
    signal: controller.signal,
    trace: (stage) => trace(stage),
  });
  passages.catch(() => undefined); // abandoned, or awaited later
  return {
    passages,
    join(run) {
      trace = (stage) => run.trace(stage);
      for (const stage of waiting) run.trace(stage);
      const abort = () => controller.abort(run.signal.reason);
      if (run.signal.aborted) abort();
      else run.signal.addEventListener('abort', abort, { once: true });
    },
    abandon: () => controller.abort(),
  };
}

/** The message as it was written and its standalone form, retrieved at once and fused. Ties go to the standalone form: it says more. */
export function bothRetrieving(original: Retrieving, standalone: Retrieving, limit: number): Retrieving {
  const passages = Promise.all([standalone.passages, original.passages]).then((lists) => fusedPassages(lists, limit));
  passages.catch(() => undefined);
  return {
    passages,
    join(run) {
      original.join(run);
      standalone.join(run);
    },
    abandon() {
      original.abandon();
      standalone.abandon();
    },
  };
}
