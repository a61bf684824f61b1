import type { PluginDriver } from '../hooks/driver.ts';
import type { Answer, QualityReport, Turn } from '../turn.ts';
import type { TurnEnding } from './ending.ts';
import { answerOf, sampleOf } from './finished-answer.ts';
import { storable, type TurnRun } from './turn-run.ts';

interface AfterwardsParts {
  readonly driver: Pick<PluginDriver, 'has' | 'assess' | 'revise' | 'remember'>;
  readonly store: Pick<TurnEnding, 'evaluate'>;
}

/** What follows a complete answer that is stored: its evaluation, perhaps another try, and what plugins remember of it. */
export class Afterwards {
  readonly #parts: AfterwardsParts;

  constructor(parts: AfterwardsParts) {
    this.#parts = parts;
  }

  async run(turn: Turn, run: TurnRun): Promise<void> {
    const answer = answerOf(turn, run);
    const report = await this.#assess(turn, run);
    if (report) await this.#revise(turn, answer, report, run);
    await this.#remember(turn, answer, report, run);
  }

  async #assess(turn: Turn, run: TurnRun): Promise<QualityReport | null> {
    if (!this.#parts.driver.has('assess', run.features)) return null;
    const before = run.stages.length;
    const report = await this.#parts.driver.assess(sampleOf(turn, run), run).catch(() => undefined);
    await this.#parts.store.evaluate(turn.viewer, run, report, run.stages.slice(before));
    return report ?? null;
  }

  /** Another answer to the same message, as a sibling, where a plugin asks for it; never of a revision. */
  async #revise(turn: Turn, answer: Answer, report: QualityReport, run: TurnRun): Promise<void> {
    if (turn.revision) return run.revises?.judged(report.overall);
    const revision = await this.#parts.driver.revise(turn, answer, report, run).catch(() => undefined);
    if (!revision) return;
    const generation = await run.again?.(revision, report.overall);
    if (generation) run.emit({ type: 'answer-revised', generation, reason: storable(revision.reason) });
  }

  #remember(turn: Turn, answer: Answer, report: QualityReport | null, run: TurnRun): Promise<void> {
    const whole = answer.finishReason === null || answer.finishReason === 'STOP' || answer.finishReason === 'OTHER';
    return whole ? this.#parts.driver.remember(turn, answer, report, run).catch(() => undefined) : Promise.resolve();
  }
}
