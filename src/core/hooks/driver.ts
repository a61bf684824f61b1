/**
 * Asks the plugins, a method a hook, and keeps the rules that no plugin need keep: who is switched on, deadlines, breakers,
 * checks of what comes back, the naming of who failed.
 */

import type {
  FinishedAnswer,
  Generate,
  HookContext,
  HookName,
  Hooks,
  Ingestion,
  PluginManifest,
  RetrievalQuery,
  RetrievalResult,
} from '../plugin.ts';
import { Breaker } from '../runtime/breaker.ts';
import { DeadlineExceeded, withDeadline } from '../runtime/deadline.ts';
import { emit, warn } from '../runtime/diagnostics.ts';
import { deepFreeze } from '../runtime/freeze.ts';
import type {
  IntentAnalysis,
  QualityReport,
  RecalledAnswer,
  RouteDecision,
  StageOutcome,
  StageTrace,
  Turn,
} from '../turn.ts';
import * as checks from './checks.ts';
import { guardedWrap } from './wrap.ts';

export interface InstalledPlugin {
  readonly manifest: PluginManifest;
  readonly hooks: Hooks;
}

/** The run of hooks on one turn, or on one search or ingestion. */
export interface HookRun {
  readonly generationId: string | null;
  /** The switches that are on; 'all' for what concerns no viewer. */
  readonly features: ReadonlySet<string> | 'all';
  readonly signal: AbortSignal;
  trace(stage: StageTrace): void;
}

/** Milliseconds each hook may take; for generate: between what the plugin gets and what it gives. */
export const DEADLINES: Readonly<Record<HookName, number>> = {
  understand: 1_500,
  recall: 500,
  retrieve: 2_000,
  route: 500,
  generate: 2_000,
  assess: 15_000,
  ingest: 600_000,
};

export class PluginDriver {
  readonly #plugins: readonly InstalledPlugin[];
  readonly #deadlines: Readonly<Record<HookName, number>>;
  readonly #breakers = new Map<string, Breaker>();

  constructor(plugins: readonly InstalledPlugin[], deadlines: Partial<Record<HookName, number>> = {}) {
    this.#plugins = plugins;
    this.#deadlines = { ...DEADLINES, ...deadlines };
  }

  understand(turn: Turn, run: HookRun): Promise<IntentAnalysis | undefined> {
    return this.#first('understand', run, (hooks, context) => hooks.understand?.(turn, context), checks.checkIntent);
  }

  recall(turn: Turn, run: HookRun): Promise<RecalledAnswer | undefined> {
    return this.#first('recall', run, (hooks, context) => hooks.recall?.(turn, context), checks.checkRecalled);
  }

  retrieve(asked: RetrievalQuery, run: HookRun): Promise<RetrievalResult[]> {
    const query = deepFreeze(asked);
    return this.#join('retrieve', run, (hooks, context) => hooks.retrieve?.(query, context), checks.checkRetrieval);
  }

  route(turn: Turn, run: HookRun): Promise<RouteDecision | undefined> {
    return this.#first('route', run, (hooks, context) => hooks.route?.(turn, context), checks.checkRoute);
  }

  assess(turn: Turn, answer: FinishedAnswer, run: HookRun): Promise<QualityReport[]> {
    return this.#join('assess', run, (hooks, context) => hooks.assess?.(turn, answer, context), checks.checkReport);
  }

  ingest(ingestion: Ingestion, run: HookRun): Promise<true | undefined> {
    return this.#first('ingest', run, (hooks, context) => hooks.ingest?.(ingestion, context), checks.checkTrue);
  }

  /** The model's stream inside every wrapper that is on; the first plugin is outermost. */
  generate(turn: Turn, model: Generate, run: HookRun): Generate {
    return this.#on('generate', run).reduceRight<Generate>((next, plugin) => {
      const breaker = this.#breaker(plugin, 'generate');
      if (!breaker.tryPass()) {
        this.#report(run, plugin, 'generate', 'SKIPPED', 0, 'circuit open');
        return next;
      }
      const started = performance.now();
      const elapsed = () => performance.now() - started;
      return guardedWrap(
        next,
        (request, inner) => plugin.hooks.generate?.(turn, request, inner, { signal: run.signal }) ?? inner(request),
        {
          deadlineMs: this.#deadlines.generate,
          onSuccess: () => {
            breaker.succeed();
            this.#report(run, plugin, 'generate', 'OK', elapsed(), null);
          },
          onFailure: (error) => {
            breaker.fail();
            this.#fail(run, plugin, 'generate', error, elapsed());
          },
        },
      );
    }, model);
  }

  /** Whether anybody who is on has this hook. */
  has(hook: HookName, features: HookRun['features']): boolean {
    return this.#on(hook, { features }).length > 0;
  }

  async #first<T>(
    hook: HookName,
    run: HookRun,
    ask: (hooks: Hooks, context: HookContext) => unknown,
    check: (value: unknown) => T,
  ): Promise<T | undefined> {
    for (const plugin of this.#on(hook, run)) {
      const answer = await this.#ask(plugin, hook, run, ask, check);
      if (answer !== undefined) return answer;
    }
    return undefined;
  }

  async #join<T>(
    hook: HookName,
    run: HookRun,
    ask: (hooks: Hooks, context: HookContext) => unknown,
    check: (value: unknown) => T,
  ): Promise<T[]> {
    const answers = await Promise.all(this.#on(hook, run).map((plugin) => this.#ask(plugin, hook, run, ask, check)));
    return answers.filter((answer) => answer !== undefined) as T[];
  }

  async #ask<T>(
    plugin: InstalledPlugin,
    hook: HookName,
    run: HookRun,
    ask: (hooks: Hooks, context: HookContext) => unknown,
    check: (value: unknown) => T,
  ): Promise<T | undefined> {
    const breaker = this.#breaker(plugin, hook);
    if (!breaker.tryPass()) {
      this.#report(run, plugin, hook, 'SKIPPED', 0, 'circuit open');
      return undefined;
    }
    const started = performance.now();
    try {
      const answer = await withDeadline(this.#deadlines[hook], (signal) => ask(plugin.hooks, { signal }), run);
      const checked = answer === undefined ? undefined : check(answer);
      breaker.succeed();
      this.#report(run, plugin, hook, 'OK', performance.now() - started, null);
      return checked;
    } catch (error) {
      if (run.signal.aborted) {
        breaker.release();
        throw run.signal.reason;
      }
      breaker.fail();
      this.#fail(run, plugin, hook, error, performance.now() - started);
      return undefined;
    }
  }

  #on(hook: HookName, { features }: Pick<HookRun, 'features'>): InstalledPlugin[] {
    return this.#plugins.filter(
      ({ manifest, hooks }) =>
        hooks[hook] !== undefined && (!manifest.feature || features === 'all' || features.has(manifest.feature.name)),
    );
  }

  #breaker(plugin: InstalledPlugin, hook: HookName): Breaker {
    const key = `${plugin.manifest.name}:${hook}`;
    const breaker = this.#breakers.get(key) ?? new Breaker();
    this.#breakers.set(key, breaker);
    return breaker;
  }

  #fail(run: HookRun, plugin: InstalledPlugin, hook: HookName, error: unknown, durationMs: number) {
    warn(`plugin ${plugin.manifest.name}`, `failed in ${hook}`, error);
    this.#report(run, plugin, hook, outcomeOf(error), durationMs, describe(error));
  }

  #report(
    run: HookRun,
    plugin: InstalledPlugin,
    stage: HookName,
    outcome: StageOutcome,
    durationMs: number,
    detail: string | null,
  ) {
    const trace = { stage, plugin: plugin.manifest.name, outcome, durationMs, detail };
    run.trace(trace);
    emit('parley:stage', { ...trace, generationId: run.generationId });
  }
}

const outcomeOf = (error: unknown): StageOutcome => (error instanceof DeadlineExceeded ? 'TIMED_OUT' : 'FAILED');
/** For the trace, which the viewer sees: a plugin's own words may hold what is not theirs to see, so they go to the log alone. */
const describe = (error: unknown): string =>
  error instanceof DeadlineExceeded || error instanceof checks.WrongType ? error.message : 'threw an error';
