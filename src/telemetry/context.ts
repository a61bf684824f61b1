import { AsyncLocalStorage } from 'node:async_hooks';
import { type Context, type ContextManager, ROOT_CONTEXT } from '@opentelemetry/api';
import type { Within } from '#core/runtime/work.ts';

/**
 * OpenTelemetry's context in a store that core's channels can bind to: what begins inside a piece of work finds the span of that
 * work. Listeners of an emitter run in the context of the emitter; Node keeps that for requests and sockets by itself.
 */
export class WorkContext implements ContextManager {
  readonly storage = new AsyncLocalStorage<Context>();

  active(): Context {
    return this.storage.getStore() ?? ROOT_CONTEXT;
  }

  with<A extends unknown[], F extends (...given: A) => ReturnType<F>>(
    context: Context,
    inside: F,
    self?: ThisParameterType<F>,
    ...given: A
  ): ReturnType<F> {
    return this.storage.run(context, () => inside.apply(self, given));
  }

  bind<T>(context: Context, target: T): T {
    if (typeof target !== 'function') return target;
    const { storage } = this;
    return function bound(this: unknown, ...given: unknown[]) {
      return storage.run(context, () => target.apply(this, given));
    } as T;
  }

  /** Runs functions in the context that is active now. */
  readonly here = (): Within => {
    const { storage } = this;
    const context = storage.getStore() ?? ROOT_CONTEXT;
    return (inside) => storage.run(context, inside);
  };

  enable(): this {
    return this;
  }

  disable(): this {
    this.storage.disable();
    return this;
  }
}
