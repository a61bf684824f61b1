import { AppError, toAppError } from '../errors.ts';
import type { LanguageModels, ModelPart, ModelRequest } from '../ports/language-model.ts';
import type { ChargedCall } from '../ports/store.ts';
import { Breaker } from '../runtime/breaker.ts';
import { concatenated } from '../runtime/concatenated.ts';
import { emit, type ModelFallback, warn } from '../runtime/diagnostics.ts';
import { newId } from '../runtime/identifier.ts';
import type { PolledIterator, PolledSource } from '../runtime/polled.ts';
import type { StageSink } from '../runtime/stage-trace.ts';
import type { Turn, Usage } from '../turn.ts';
import type { Viewer } from '../viewer.ts';
import { Attempt, type AttemptCall, inputEstimate, traceAttempt } from './model-attempt.ts';
import { usesNoTokens } from './open-calls.ts';

export interface ModelCall extends AttemptCall {
  /** Models in the order of attempts. */
  readonly models: readonly string[];
  /** Called when a model starts: text of an earlier model is void. The call is made once it resolves. */
  onAttempt(attempt: StartingAttempt): Promise<void> | undefined;
  /** After `onUsage`, also where there was none. */
  onAttemptEnd(): void;
}

export interface StartingAttempt {
  readonly model: string;
  readonly request: ModelRequest;
  /** It goes on with the request's partial answer. */
  readonly continues: boolean;
}

/** The models that answer a turn, in the order in which they are tried. */
export function modelsFor({ requestedModel, revision, route }: Turn, models: LanguageModels): readonly string[] {
  if (requestedModel !== null) return [requestedModel];
  const routed = route ? [route.model, ...route.fallbacks] : models.fallbackOrder;
  const tier = revision?.tier && models.list.find((model) => model.tier === revision.tier);
  return tier ? [tier.name, ...routed] : routed;
}

/** Records a model call that belongs to no generation's own usage. */
export type Charge = (viewer: Viewer, call: ChargedCall) => void;

/** Calls models with fallback until the first token is out, a breaker each. */
export class ModelCaller {
  readonly #models: LanguageModels;
  readonly #charge: Charge;
  readonly #breakers = new Map<string, Breaker>();

  constructor(models: LanguageModels, charge: Charge) {
    this.#models = models;
    this.#charge = charge;
  }

  /** A plugin's call beside the answer: charged to the viewer, traced as the stage `ask`. */
  ask(
    request: ModelRequest,
    models: readonly string[] | null,
    signal: AbortSignal,
    viewer: Viewer,
    run: StageSink,
  ): AsyncIterable<ModelPart> {
    let open: ChargedCall | undefined;
    const end = (usage: Usage, model: string) => {
      this.#charge(viewer, { id: open?.id ?? newId(), model, usage });
      open = undefined;
    };
    return this.stream(request, {
      models: models ?? this.#models.fallbackOrder,
      signal,
      onAttempt: ({ model, request: given }) => {
        if (usesNoTokens(this.#models, model)) return undefined;
        const inputTokens = inputEstimate(given);
        const usage = { inputTokens, outputTokens: 0, costUsd: this.#models.cost(model, inputTokens, 0) };
        open = { id: newId(), model, usage, isOpen: true };
        this.#charge(viewer, open);
        return undefined;
      },
      onAttemptEnd: () => {
        if (open) end(NOTHING, open.model);
      },
      onModel: () => undefined,
      onUsage: end,
      stage: 'ask',
      run,
    });
  }

  /** A call that a service made on a viewer's account, by the price that is known here. */
  charge(viewer: Viewer, model: string, { inputTokens, outputTokens }: Omit<Usage, 'costUsd'>): void {
    const costUsd = this.#models.cost(model, inputTokens, outputTokens);
    this.#charge(viewer, { id: newId(), model, usage: { inputTokens, outputTokens, costUsd } });
  }

  healthy(name: string): boolean {
    return !this.#breaker(name).open;
  }

  /** Throws the last model's AppError when none answered, or the one that broke off after its first token. */
  stream(request: ModelRequest, call: ModelCall): PolledIterator<ModelPart> {
    return concatenated(this.#attempts(request, call));
  }

  async *#attempts(request: ModelRequest, call: ModelCall): AsyncGenerator<PolledSource<ModelPart>, undefined> {
    let failure: AppError | undefined;
    let opensIn = Number.POSITIVE_INFINITY;
    let former: Omit<ModelFallback, 'to'> | undefined;
    for (const name of call.models.filter(isFirst)) {
      const breaker = this.#breaker(name);
      if (former) emit('parley:model-fallback', { ...former, to: name });
      if (!breaker.tryPass()) {
        former = { from: name, reason: 'CIRCUIT_OPEN' };
        opensIn = Math.min(opensIn, breaker.opensInMs);
        traceAttempt(call, name, 'SKIPPED', 0, 'circuit open');
        continue;
      }
      const { partial, ...whole } = request;
      const continues = partial !== undefined && this.#continues(name);
      const given = continues ? request : whole;
      await call.onAttempt({ model: name, request: given, continues });
      const attempt = new Attempt(this.#models, name, given, call);
      try {
        yield attempt;
        breaker.succeed();
        return;
      } catch (error) {
        if (call.signal.aborted) throw call.signal.reason;
        failure = toAppError(error);
        former = { from: name, reason: failure.code };
        warnOf(name, failure, given, call);
        // An error that cannot succeed unchanged is not the model's fault: one viewer's requests must not open the circuit for others.
        if (failure.retryable) breaker.fail((failure.retryAfter ?? 0) * 1000);
        if (attempt.answered || isFiltered(failure)) throw failure;
      } finally {
        breaker.release();
        attempt.account();
        call.onAttemptEnd();
      }
    }
    throw failure ?? noModel(opensIn);
  }

  /** False for a name that no model has: the attempt fails with it. */
  #continues(name: string): boolean {
    try {
      return this.#models.get(name).continues === true;
    } catch {
      return false;
    }
  }

  #breaker(name: string): Breaker {
    const breaker = this.#breakers.get(name) ?? new Breaker({ circuit: { kind: 'model', name } });
    this.#breakers.set(name, breaker);
    return breaker;
  }
}

/** For the operator: why a model did not answer. A provider's words may repeat the prompt. */
function warnOf(name: string, failure: AppError, { messages }: ModelRequest, { run }: AttemptCall): void {
  const ids = run.generationId === null ? {} : { generationId: run.generationId };
  warn(`model ${name}`, 'a call failed', failure, { ids, texts: messages.map(({ content }) => content) });
}

/** Each model once. */
const isFirst = (name: string, index: number, names: readonly string[]): boolean => names.indexOf(name) === index;

/** Another provider must not be the way around a content filter. */
const isFiltered = ({ code }: AppError): boolean => code === 'BAD_USER_INPUT';

const NOTHING: Usage = { inputTokens: 0, outputTokens: 0, costUsd: 0 };

const noModel = (opensInMs: number): AppError =>
  new AppError(
    'MODEL_UNAVAILABLE',
    'No model is available',
    Number.isFinite(opensInMs) ? { retryAfter: Math.max(1, Math.ceil(opensInMs / 1000)) } : {},
  );
