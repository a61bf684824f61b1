import type { LanguageModels, ModelPrice, ModelRequest } from '../ports/language-model.ts';
import type { OpenCall, PresumedCall } from '../ports/store.ts';
import { inputEstimate } from './model-attempt.ts';

/**
 * The provider calls of a run, and what the store knows of them: so that each is counted once where its server dies. The first call of
 * a turn costs no statement: it was presumed when the turn began, and the next flush tells it. Any other is told at once.
 */
export class OpenCalls {
  /** The call that runs; null while there is none. */
  current: OpenCall | null = null;
  /** The model of the latest call. */
  model: string | null = null;
  #known: OpenCall | null | 'PRESUMED';
  #untold = false;

  constructor(presumed: boolean) {
    this.#known = presumed ? 'PRESUMED' : null;
  }

  /** True where the store should be told at once. */
  begin(call: OpenCall): boolean {
    const isPresumed = this.#known === 'PRESUMED' && this.model === null;
    this.current = call;
    this.model = call.model;
    this.#untold = !isPresumed;
    return this.#untold;
  }

  /** It is in the run's usage, or used nothing. */
  end(): void {
    this.current = null;
  }

  /** The store knows what is so now. */
  get isTold(): boolean {
    return this.#known === this.current;
  }

  /** A call began of which the store never knew: who took the generation over has not counted it. */
  get isUntold(): boolean {
    return this.#untold;
  }

  told(call: OpenCall | null): void {
    this.#known = call;
    if (call === this.current) this.#untold = false;
    // The flush was under way as the call began: the store now knows of none, where before it presumed this one.
    else if (call === null) this.#untold = true;
  }
}

/** Null where a model calls no provider. The request is measured when the store is told, which is after most short calls. */
export function openCall(models: LanguageModels, name: string, request: ModelRequest, before: string): OpenCall | null {
  if (usesNoTokens(models, name)) return null;
  return new Opened(name, priceOf(models, name), request, before === '' ? 0 : [...before].length);
}

/** A class, for there is one a live answer: an object with a getter of its own takes six times the memory. */
class Opened implements OpenCall {
  readonly model: string;
  readonly price: OpenCall['price'];
  readonly from: number;
  readonly #request: ModelRequest;
  #inputTokens: number | undefined;

  constructor(model: string, price: OpenCall['price'], request: ModelRequest, from: number) {
    this.model = model;
    this.price = price;
    this.from = from;
    this.#request = request;
  }

  get inputTokens(): number {
    this.#inputTokens ??= inputEstimate(this.#request);
    return this.#inputTokens;
  }
}

/** What a turn that begins at once is about to do: it calls the model that it names, or the default one, if routing says no other. */
export function presumedCall(models: LanguageModels, named: string | null, historyTokens: number): PresumedCall | null {
  const model = named ?? models.defaultModel;
  return usesNoTokens(models, model) ? null : { model, price: priceOf(models, model), historyTokens };
}

function priceOf(models: LanguageModels, name: string): Pick<ModelPrice, 'input' | 'output'> | null {
  const price = models.price(name);
  return price && { input: price.input, output: price.output };
}

/** False for a name that no model has: the call fails with it. */
export function usesNoTokens(models: LanguageModels, name: string): boolean {
  try {
    return models.get(name).usesNoTokens === true;
  } catch {
    return false;
  }
}
