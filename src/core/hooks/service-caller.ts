/** The rules of asking a service in place of a plugin: which process, the deadline, the circuit breaker, the checks of the answer. */
import type { HookContext } from '../plugin.ts';
import type {
  ServiceAnswer,
  ServiceClient,
  ServiceDirectory,
  ServiceHook,
  ServiceQuestions,
} from '../ports/services.ts';
import { Breaker } from '../runtime/breaker.ts';
import { DeadlineExceeded, multiplied, withDeadline } from '../runtime/deadline.ts';
import { emit, type ServiceCallEnd, warn } from '../runtime/diagnostics.ts';
import { begin, type ServiceWork } from '../runtime/work.ts';
import type { Viewer } from '../viewer.ts';
import { checkServiceAnswer } from './checks.ts';

/**
 * Milliseconds that a service has for each hook: what is left to the hook's own deadline is the plugin's, which answers where the
 * service did not.
 */
export const SERVICE_DEADLINES: Readonly<Record<ServiceHook, number>> = {
  understand: 1_200,
  retrieve: 1_500,
  assess: 12_000,
};

/** One process that fails this often in a row is left alone for a while: another one is asked, or the plugin. */
const BREAKER = { threshold: 2, coolDownMs: 5_000 };
/** Milliseconds between warnings of one service. */
const WARN_EVERY = 60_000;

export interface ServiceCallerOptions {
  readonly directory: ServiceDirectory;
  readonly client: ServiceClient;
  /** In place of the usual ones, and not multiplied. */
  readonly deadlines?: Partial<Record<ServiceHook, number>>;
  /** How many times the usual milliseconds each hook gets. */
  readonly factor?: number;
}

export interface ServiceQuestion<H extends ServiceHook, T> {
  readonly hook: H;
  readonly question: ServiceQuestions[H];
  readonly viewer: Viewer | null;
  readonly context: HookContext;
  readonly check: (answer: unknown) => T;
}

export class ServiceCaller {
  readonly service: string;
  readonly #options: ServiceCallerOptions;
  readonly #deadlines: Readonly<Record<ServiceHook, number>>;
  /** By address; those that are gone are forgotten. */
  #breakers = new Map<string, Breaker>();
  #turn = 0;
  #warned = 0;

  constructor(service: string, options: ServiceCallerOptions) {
    this.service = service;
    this.#options = options;
    this.#deadlines = { ...multiplied(SERVICE_DEADLINES, options.factor ?? 1), ...options.deadlines };
  }

  /** Processes of the service that are alive. */
  get instances(): number {
    return this.#options.directory.addresses(this.service).length;
  }

  /**
   * Null where no process of the service answered as it must: the plugin then runs here. `value` is undefined where the service has no
   * answer. Rejects only when the hook is aborted.
   */
  async ask<H extends ServiceHook, T>(asked: ServiceQuestion<H, T>): Promise<{ readonly value: T | undefined } | null> {
    const found = this.#next();
    if (!found) return null;
    const { address, breaker } = found;
    const { hook, context } = asked;
    const started = performance.now();
    const work: ServiceWork = { kind: 'service', service: this.service, hook };
    const running = begin(work);
    const ended = (outcome: ServiceCallEnd['outcome']) =>
      emit('parley:service-call', { service: this.service, hook, outcome, durationMs: performance.now() - started });
    try {
      const { answer, notes, usage } = await running.run(() => this.#call(address, asked));
      const value = answer === null ? undefined : asked.check(answer);
      for (const { outcome, detail } of notes) context.note(outcome, detail);
      for (const { model, ...tokens } of usage) context.charge(model, tokens);
      breaker.succeed();
      ended('OK');
      return { value };
    } catch (error) {
      if (context.signal.aborted) {
        breaker.release();
        throw context.signal.reason;
      }
      work.failed = true;
      breaker.fail();
      ended(error instanceof DeadlineExceeded ? 'TIMED_OUT' : 'FAILED');
      this.#warn(hook, error);
      return null;
    } finally {
      running.end();
    }
  }

  async #call<H extends ServiceHook, T>(address: string, asked: ServiceQuestion<H, T>): Promise<ServiceAnswer> {
    const { hook, question, viewer, context } = asked;
    const withinMs = this.#deadlines[hook];
    const { service } = this;
    return checkServiceAnswer(
      await withDeadline(
        withinMs,
        (signal) => this.#options.client.ask({ service, address, hook, question, viewer, withinMs, signal }),
        context,
      ),
    );
  }

  /** One process after the other, without those whose circuit is open. */
  #next(): { readonly address: string; readonly breaker: Breaker } | undefined {
    const addresses = this.#options.directory.addresses(this.service);
    if (this.#breakers.size > addresses.length) this.#forget(addresses);
    this.#turn += 1;
    for (let index = 0; index < addresses.length; index += 1) {
      const address = addresses[(this.#turn + index) % addresses.length] as string;
      const breaker = this.#breaker(address);
      if (breaker.tryPass()) return { address, breaker };
    }
    return undefined;
  }

  #breaker(address: string): Breaker {
    const known = this.#breakers.get(address);
    const breaker = known ?? new Breaker({ ...BREAKER, circuit: { kind: 'service', name: this.service } });
    if (!known) this.#breakers.set(address, breaker);
    return breaker;
  }

  #forget(addresses: readonly string[]): void {
    const alive = new Set(addresses);
    this.#breakers = new Map([...this.#breakers].filter(([address]) => alive.has(address)));
  }

  #warn(hook: ServiceHook, error: unknown): void {
    if (performance.now() - this.#warned < WARN_EVERY && this.#warned > 0) return;
    this.#warned = performance.now();
    warn(`service ${this.service}`, `did not answer ${hook}; the plugin runs here`, error);
  }
}
