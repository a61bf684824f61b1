/** The rules of asking one plugin: who is switched on, the deadline, the circuit breaker, the check of the answer, the trace. */
import { AppError } from '../errors.ts';
import type { HookContext, HookName, Hooks, PluginManifest } from '../plugin.ts';
import type { ModelPart, ModelRequest } from '../ports/language-model.ts';
import { Breaker } from '../runtime/breaker.ts';
import { DeadlineExceeded, multiplied, withDeadline } from '../runtime/deadline.ts';
import { emit } from '../runtime/diagnostics.ts';
import { type StageSink, traceStage } from '../runtime/stage-trace.ts';
import { begin, type StageWork } from '../runtime/work.ts';
import type { Passage, StageOutcome, Usage } from '../turn.ts';
import * as checks from './checks.ts';

export interface InstalledPlugin {
  readonly manifest: PluginManifest;
  readonly hooks: Hooks;
}

/** The run of hooks on one turn, or on one search, ingestion or dry run. */
export interface HookRun extends StageSink {
  /** The switches that are on; 'all' for what concerns no viewer. */
  readonly features: ReadonlySet<string> | 'all';
  readonly signal: AbortSignal;
  /** Calls a model and charges the run. Absent if the run has no viewer to charge. */
  ask?(request: ModelRequest, models: readonly string[] | null, signal: AbortSignal): AsyncIterable<ModelPart>;
  /** Charges the run for a model call that was made elsewhere. Absent if the run has no viewer to charge. */
  charge?(model: string, tokens: Omit<Usage, 'costUsd'>): void;
  /** What was asked and answered so far: a plugin's error may repeat it. */
  texts?(): readonly string[];
  /** Absent: nothing is retrieved. */
  retrieved?(): Promise<readonly Passage[]>;
}

/** Milliseconds each hook may take; for generate: between what the plugin gets and what it gives. */
export const DEADLINES: Readonly<Record<HookName, number>> = {
  understand: 1_500,
  recall: 500,
  retrieve: 2_000,
  route: 500,
  generate: 2_000,
  assess: 15_000,
  revise: 2_000,
  remember: 2_000,
  ingest: 600_000,
  clear: 30_000,
  erase: 30_000,
  rated: 2_000,
};

/** Milliseconds for a hook of a plugin that fails closed: it costs the turn where it is late. */
const CLOSED_PATIENCE = 5_000;

export interface HookDeadlines {
  /** In place of the usual ones, and not multiplied. */
  readonly deadlines?: Partial<Record<HookName, number>> | undefined;
  /** How many times the usual milliseconds each hook gets. */
  readonly factor?: number | undefined;
}

export interface Watched {
  readonly succeed: () => void;
  /** Answers how it ended. */
  readonly fail: (error: unknown) => StageOutcome;
}

export class HookCaller {
  readonly deadlines: Readonly<Record<HookName, number>>;
  readonly #factor: number;
  readonly #plugins: readonly InstalledPlugin[];
  readonly #breakers = new Map<string, Breaker>();

  constructor(plugins: readonly InstalledPlugin[], { deadlines = {}, factor = 1 }: HookDeadlines) {
    this.#plugins = plugins;
    this.#factor = factor;
    this.deadlines = { ...multiplied(DEADLINES, factor), ...deadlines };
  }

  /** The plugins that have this hook and are switched on, in order. */
  on(hook: HookName, { features }: Pick<HookRun, 'features'>): InstalledPlugin[] {
    return this.#plugins.filter(
      ({ manifest, hooks }) =>
        hooks[hook] !== undefined && (!manifest.feature || features === 'all' || features.has(manifest.feature.name)),
    );
  }

  context({ manifest }: InstalledPlugin, hook: HookName, run: HookRun, signal: AbortSignal): HookContext {
    return {
      signal,
      note(outcome, detail) {
        traceStage(run, { stage: hook, plugin: manifest.name, outcome, durationMs: 0, detail });
      },
      ask(request, { models = null } = {}) {
        if (!run.ask) throw new AppError('MODEL_UNAVAILABLE', 'This hook runs for no viewer, so no model can be asked');
        return run.ask(request, models, signal);
      },
      charge: (model, tokens) => run.charge?.(model, tokens),
      retrieved: async () => (await run.retrieved?.()) ?? [],
    };
  }

  /** Undefined where the plugin failed, was left out, or had no answer. Rejects when the run is aborted, and with OVERLOADED if a hook that fails closed failed. */
  async ask<T>(
    plugin: InstalledPlugin,
    hook: HookName,
    run: HookRun,
    invoke: (hooks: Hooks, context: HookContext) => unknown,
    check: (value: unknown) => T,
  ): Promise<T | undefined> {
    const failsClosed = plugin.manifest.failsClosed?.includes(hook) ?? false;
    const watched = this.watch(plugin, hook, run);
    if (!watched) return undefined;
    const work: StageWork = { kind: 'stage', stage: hook, plugin: plugin.manifest.name, outcome: 'OK' };
    const running = begin(work);
    try {
      const answer = await running.run(() =>
        withDeadline(
          failsClosed ? Math.max(this.deadlines[hook], CLOSED_PATIENCE * this.#factor) : this.deadlines[hook],
          (signal) => invoke(plugin.hooks, this.context(plugin, hook, run, signal)),
          // A recall that is late costs a call of the model.
          { signal: run.signal, idleTime: failsClosed || hook === 'recall' },
        ),
      );
      const checked = answer === undefined ? undefined : check(answer);
      watched.succeed();
      return checked;
    } catch (error) {
      work.outcome = 'FAILED';
      if (run.signal.aborted) {
        this.#breaker(plugin, hook).release();
        throw run.signal.reason;
      }
      work.outcome = watched.fail(error);
      if (failsClosed)
        throw new AppError('OVERLOADED', 'What has to hold for each turn could not be checked; ask again', {
          retryAfter: 2,
        });
      return undefined;
    } finally {
      running.end();
    }
  }

  /** Begins one call: undefined while the circuit is open; else how it ended must be said once. */
  watch(plugin: InstalledPlugin, hook: HookName, run: HookRun): Watched | undefined {
    const breaker = this.#breaker(plugin, hook);
    const started = performance.now();
    const report = (outcome: StageOutcome, detail: string | null) => {
      const durationMs = performance.now() - started;
      traceStage(run, { stage: hook, plugin: plugin.manifest.name, outcome, durationMs, detail });
    };
    // A check that has to hold is made each time: who makes it late must not get around it.
    if (!breaker.tryPass() && !plugin.manifest.failsClosed?.includes(hook)) {
      report('SKIPPED', 'circuit open');
      return undefined;
    }
    return {
      succeed() {
        breaker.succeed();
        report('OK', null);
      },
      fail(error) {
        breaker.fail();
        const source = `plugin ${plugin.manifest.name}`;
        const { generationId } = run;
        emit('parley:warning', {
          ...{ level: 'warn', source, message: `failed in ${hook}`, error, texts: run.texts?.() ?? [] },
          ...(generationId === null ? {} : { ids: { generationId } }),
        });
        const outcome = error instanceof DeadlineExceeded ? 'TIMED_OUT' : 'FAILED';
        report(outcome, describe(error));
        return outcome;
      },
    };
  }

  #breaker(plugin: InstalledPlugin, hook: HookName): Breaker {
    const key = `${plugin.manifest.name}:${hook}`;
    const breaker = this.#breakers.get(key) ?? new Breaker({ circuit: { kind: 'hook', name: key } });
    this.#breakers.set(key, breaker);
    return breaker;
  }
}

/** The viewer sees the trace, so it gets no message of a plugin, which may hold other viewers' data. The log gets the message. */
const describe = (error: unknown): string =>
  error instanceof DeadlineExceeded || error instanceof checks.WrongType ? error.message : 'threw an error';
