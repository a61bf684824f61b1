import type { PluginDriver } from '../hooks/driver.ts';
import { within } from '../runtime/deadline.ts';
import { storable } from '../text/characters.ts';
import type { Answer, QualityReport, Turn } from '../turn.ts';
import type { TurnEnding } from './ending.ts';
import { answerOf, sampleOf } from './finished-answer.ts';
import type { TurnRun } from './turn-run.ts';

/**
 * Milliseconds that an answer waits for its report before it is stored, so that both are one statement. Its readers have the whole
 * text by then. The offline judge takes 1 to 5 ms; a report that comes later is stored when it comes. No answer waits for a model's.
 */
const REPORT_WITHIN = 20;

/** Milliseconds after which another replica judges an answer: the deadline of `assess`, and time to store its report. */
export const JUDGED_WITHIN = 20_000;

/** A report that is being made. */
export interface Judging {
  readonly report: Promise<QualityReport | null>;
  /** The report if it is there in time. */
  readonly soon: Promise<QualityReport | null>;
}

/** What was stored with the answer: its report, and how many stages of the trace. */
export interface StoredAnswer {
  readonly report: QualityReport | null;
  readonly stages: number;
}

interface AfterwardsParts {
  readonly driver: Pick<PluginDriver, 'has' | 'assess' | 'revise' | 'remember'>;
  readonly store: Pick<TurnEnding, 'evaluate' | 'unjudged'>;
}

/** What follows a complete answer: its evaluation, and once it is stored perhaps another try, and what plugins remember of it. */
export class Afterwards {
  readonly #parts: AfterwardsParts;
  /** The last report was a model's: the next one will be too. */
  #byModel = false;

  constructor(parts: AfterwardsParts) {
    this.#parts = parts;
  }

  /** Null where nobody judges. */
  judge(turn: Turn, run: TurnRun): Judging | null {
    const { driver } = this.#parts;
    if (!driver.has('assess', run.features)) return null;
    const calls = new ModelCalls(run);
    const report = driver
      .assess(sampleOf(turn, run), run)
      .then(
        (made) => made ?? null,
        () => null,
      )
      .finally(() => {
        this.#byModel = calls.made;
      });
    if (this.#byModel) return { report, soon: Promise.resolve(null) };
    return { report, soon: within(REPORT_WITHIN, Promise.race([report, calls.first])).then((made) => made ?? null) };
  }

  async run(turn: Turn, run: TurnRun, judging: Judging | null, stored: StoredAnswer): Promise<void> {
    const { driver } = this.#parts;
    const report = stored.report ?? (await this.late(turn, run, judging, stored.stages));
    if (report && turn.revision) await run.revises?.judged(report.overall);
    const revises = report !== null && !turn.revision && driver.has('revise', run.features);
    const remembers = isWhole(run) && driver.has('remember', run.features);
    if (!revises && !remembers) return;
    const answer = answerOf(turn, run);
    if (revises) await this.#revise(turn, answer, report, run);
    if (remembers) await driver.remember(turn, answer, report, run).catch(() => undefined);
  }

  /** Stores a report that comes after its answer was stored, with the stages from the `stages`th on. */
  async late(turn: Turn, run: TurnRun, judging: Judging | null, stages: number): Promise<QualityReport | null> {
    const report = judging && (await judging.report);
    if (report) await this.#parts.store.evaluate(turn.viewer, run, report, run.stages.slice(stages));
    // What is stopped here is judged by another replica.
    else if (judging && !run.signal.aborted) await this.#parts.store.unjudged(run);
    return report;
  }

  /** Another answer to the same message, as a sibling, where a plugin asks for it; never of a revision. */
  async #revise(turn: Turn, answer: Answer, report: QualityReport, run: TurnRun): Promise<void> {
    const revision = await this.#parts.driver.revise(turn, answer, report, run).catch(() => undefined);
    if (!revision) return;
    const generation = await run.again?.(revision, report.overall);
    if (generation) run.emit({ type: 'answer-revised', generation, reason: storable(revision.reason) });
  }
}

/** False for an answer that its model broke off. */
const isWhole = ({ finishReason }: TurnRun): boolean =>
  finishReason === null || finishReason === 'STOP' || finishReason === 'OTHER';

/** The calls of models that a run makes from now on. */
class ModelCalls {
  /** Resolves with the first one. */
  readonly first: Promise<null>;
  made = false;

  constructor(run: Pick<TurnRun, 'ask' | 'charge'>) {
    const { promise, resolve } = Promise.withResolvers<null>();
    this.first = promise;
    const { ask, charge } = run;
    const noted =
      <Arguments extends unknown[], Answer>(call: (...given: Arguments) => Answer) =>
      (...given: Arguments): Answer => {
        this.made = true;
        resolve(null);
        return call(...given);
      };
    run.ask = noted(ask);
    // A service calls its models itself and tells what they cost.
    run.charge = noted(charge);
  }
}
