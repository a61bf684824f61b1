/** Asks the plugins, a method a hook. How the answers of several plugins combine is the hook's kind (core/plugin.ts). */

import type {
  ClearScope,
  Generate,
  HookContext,
  HookName,
  Hooks,
  Ingestion,
  Refusal,
  RetrievalQuery,
  RetrievalResult,
} from '../plugin.ts';
import { deepFreeze } from '../runtime/freeze.ts';
import { withScoresOf } from '../services/scores.ts';
import type {
  Answer,
  FollowedGeneration,
  IntentAnalysis,
  QualityReport,
  RecalledAnswer,
  Revision,
  RouteDecision,
  Sample,
  Turn,
} from '../turn.ts';
import type { Viewer } from '../viewer.ts';
import * as checks from './checks.ts';
import { HookCaller, type HookDeadlines, type HookRun, type InstalledPlugin } from './hook-caller.ts';
import { guardedWrap } from './wrap.ts';

export type { HookRun, InstalledPlugin } from './hook-caller.ts';

type Ask = (hooks: Hooks, context: HookContext) => unknown;

export class PluginDriver {
  readonly #caller: HookCaller;

  constructor(plugins: readonly InstalledPlugin[], deadlines: HookDeadlines = {}) {
    this.#caller = new HookCaller(plugins, deadlines);
  }

  understand(turn: Turn, run: HookRun): Promise<IntentAnalysis | undefined> {
    return this.#first('understand', run, (hooks, context) => hooks.understand?.(turn, context), checks.checkIntent);
  }

  recall(turn: Turn, run: HookRun): Promise<RecalledAnswer | FollowedGeneration | undefined> {
    return this.#first('recall', run, (hooks, context) => hooks.recall?.(turn, context), checks.checkRecalled);
  }

  retrieve(asked: RetrievalQuery, run: HookRun): Promise<RetrievalResult[]> {
    const query = deepFreeze(asked);
    return this.#join('retrieve', run, (hooks, context) => hooks.retrieve?.(query, context), checks.checkRetrieval);
  }

  route(turn: Turn, run: HookRun): Promise<RouteDecision | Refusal | undefined> {
    return this.#first('route', run, (hooks, context) => hooks.route?.(turn, context), checks.checkRoute);
  }

  async assess(asked: Sample, run: HookRun): Promise<QualityReport | undefined> {
    const sample = deepFreeze(asked);
    const ask: Ask = (hooks, context) => hooks.assess?.(sample, context);
    const [report, ...others] = await this.#join('assess', run, ask, checks.checkReport);
    return report && withScoresOf(report, others);
  }

  revise(turn: Turn, answer: Answer, report: QualityReport, run: HookRun): Promise<Revision | undefined> {
    const ask: Ask = (hooks, context) => hooks.revise?.(turn, answer, report, context);
    return this.#first('revise', run, ask, checks.checkRevision);
  }

  async remember(turn: Turn, answer: Answer, report: QualityReport | null, run: HookRun): Promise<void> {
    await this.#join(
      'remember',
      run,
      (hooks, context) => hooks.remember?.(turn, answer, report, context),
      () => true,
    );
  }

  ingest(ingestion: Ingestion, run: HookRun): Promise<true | undefined> {
    return this.#first('ingest', run, (hooks, context) => hooks.ingest?.(ingestion, context), checks.checkTrue);
  }

  /** Returns the number of entries removed. */
  async clear(scope: ClearScope, run: HookRun): Promise<number> {
    return sum(await this.#join('clear', run, (hooks, context) => hooks.clear?.(scope, context), checks.checkCount));
  }

  /** Returns the number of records removed. */
  async erase(viewer: Viewer, run: HookRun): Promise<number> {
    return sum(await this.#join('erase', run, (hooks, context) => hooks.erase?.(viewer, context), checks.checkCount));
  }

  async rated(viewer: Viewer, rated: Parameters<NonNullable<Hooks['rated']>>[1], run: HookRun): Promise<void> {
    await this.#join(
      'rated',
      run,
      (hooks, context) => hooks.rated?.(viewer, rated, context),
      () => true,
    );
  }

  /** The model's stream inside every wrapper that is on; the first plugin is outermost. */
  generate(turn: Turn, model: Generate, run: HookRun): Generate {
    const caller = this.#caller;
    return caller.on('generate', run).reduceRight<Generate>((next, plugin) => {
      const watched = caller.watch(plugin, 'generate', run);
      if (!watched) return next;
      const context = caller.context(plugin, 'generate', run, run.signal);
      return guardedWrap(
        next,
        (request, inner) => plugin.hooks.generate?.(turn, request, inner, context) ?? inner(request),
        { deadlineMs: caller.deadlines.generate, onSuccess: watched.succeed, onFailure: watched.fail },
      );
    }, model);
  }

  /** True if a plugin that is switched on has this hook. */
  has(hook: HookName, features: HookRun['features']): boolean {
    return this.#caller.on(hook, { features }).length > 0;
  }

  async #first<T>(hook: HookName, run: HookRun, ask: Ask, check: (value: unknown) => T): Promise<T | undefined> {
    for (const plugin of this.#caller.on(hook, run)) {
      const answer = await this.#caller.ask(plugin, hook, run, ask, check);
      if (answer !== undefined) return answer;
    }
    return undefined;
  }

  async #join<T>(hook: HookName, run: HookRun, ask: Ask, check: (value: unknown) => T): Promise<T[]> {
    const asked = this.#caller.on(hook, run).map((plugin) => this.#caller.ask(plugin, hook, run, ask, check));
    return (await Promise.all(asked)).filter((answer) => answer !== undefined);
  }
}

const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);
