import type { GraphQLSchema } from 'graphql';
import { AppError } from '#core/errors.ts';
import type { StoreWatch } from '#core/runtime/store-watch.ts';
import type { Engine, Operation } from './engine.ts';
import { maskError } from './errors.ts';
import { isRepeatable } from './root-fields.ts';

type Guarded = Pick<Engine, 'execute' | 'subscribe'>;
type Answer = Awaited<ReturnType<Engine['execute'] | Engine['subscribe']>>;

/**
 * Runs operations no longer than the database answers. Where there are other servers, what may be done twice rejects with
 * STORE_UNAVAILABLE as soon as the database is away from here alone, or has not answered it: it is asked again elsewhere, and goes on
 * here unheard. Anything else may have been done, so it waits for its verdict, as long as a statement may take.
 */
export function guardedEngine(
  engine: Engine,
  schema: GraphQLSchema,
  database: Pick<StoreWatch, 'guard' | 'hasOthers'>,
): Guarded {
  async function guarded<T extends Answer>(operation: Operation, work: () => T | PromiseLike<T>): Promise<T> {
    const { document, operationName, variables } = operation;
    const kind = engine.operationOf(document, operationName);
    if (!database.hasOthers || !kind || !isRepeatable(schema, { document, kind, variables })) return work();
    const answer = await database.guard(work);
    if (isUnanswered(answer)) throw new AppError('STORE_UNAVAILABLE', 'The database did not answer', { retryAfter: 1 });
    return answer;
  }
  return {
    execute: (operation) => guarded(operation, () => engine.execute(operation)),
    async subscribe(operation) {
      let begun: ReturnType<Engine['subscribe']> | undefined;
      try {
        return await guarded(operation, () => {
          begun = engine.subscribe(operation);
          return begun;
        });
      } catch (error) {
        void begun?.then(end, () => undefined); // nobody reads it
        throw error;
      }
    },
  };
}

/** There is nothing in it but that the database did not answer. */
function isUnanswered(answer: Answer): boolean {
  if (Symbol.asyncIterator in answer || answer.data) return false;
  const errors = (answer.errors ?? []) as readonly { readonly extensions?: { readonly code?: unknown } }[];
  return errors.length > 0 && errors.every(({ extensions }) => extensions?.code === 'STORE_UNAVAILABLE');
}

async function end(answer: Awaited<ReturnType<Engine['subscribe']>>): Promise<void> {
  if (Symbol.asyncIterator in answer) await answer.return?.();
}

/** The same, for a WebSocket: what rejects is an answer too. */
export function answering({ execute, subscribe }: Guarded): Guarded {
  const refusal = (error: unknown, { context }: Operation) => ({ errors: [maskError(error, context.requestId)] });
  return {
    execute: async (operation) => Promise.resolve(execute(operation)).catch((error) => refusal(error, operation)),
    subscribe: (operation) => Promise.resolve(subscribe(operation)).catch((error) => refusal(error, operation)),
  };
}
