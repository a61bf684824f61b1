import { setImmediate as turn } from 'node:timers/promises';
import { buildSchema } from 'graphql';
import { expect, test } from 'vitest';
import { AppError } from '#core/errors.ts';
import type { Context } from '#schema/index.ts';
import { engine } from './engine.ts';
import { answering, guardedEngine } from './guarded-engine.ts';

const schema = buildSchema(`
  input In { clientMutationId: String }
  type Query { slow: Int }
  type Mutation { send(input: In!): Int }
  type Subscription { follow: Int }
`);
const unavailable = () => new AppError('STORE_UNAVAILABLE', 'The database does not answer', { retryAfter: 1 });

/** An engine whose fields wait for a database; `lose` makes it go away, `answer` makes it answer after all. */
function scene({ hasOthers = true } = {}) {
  const { promise: answered, resolve: answer } = Promise.withResolvers<number>();
  const { promise: away, reject } = Promise.withResolvers<never>();
  away.catch(() => undefined);
  const ended: string[] = [];
  const ticks = () => ({
    next: () => new Promise(() => undefined),
    return: async () => {
      ended.push('ended');
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  });
  for (const [type, field] of [
    [schema.getQueryType(), 'slow'],
    [schema.getMutationType(), 'send'],
  ] as const)
    Object.assign(type?.getFields()[field] ?? {}, { resolve: () => answered });
  Object.assign(schema.getSubscriptionType()?.getFields()['follow'] ?? {}, {
    subscribe: () => answered.then(ticks),
  });
  const whole = engine(schema);
  const guarded = guardedEngine(whole, schema, {
    hasOthers,
    guard: async (work) => Promise.race([work(), away]),
  });
  const context = {
    ...{ requestId: 'request', viewer: {}, signal: new AbortController().signal },
    parley: { conversations: {}, messages: {}, documents: {} },
  } as unknown as Context;
  const operation = (text: string) => {
    const { document } = whole.prepare(text);
    if (!document) throw new Error('not valid');
    return { document, context };
  };
  return { guarded, operation, lose: () => reject(unavailable()), answer: () => answer(7), ended };
}
const SENT = 'mutation { send(input: { clientMutationId: "x" }) }';

test.each(['{ slow }', SENT])('as the database goes away, this is refused at once: %s', async (text) => {
  const { guarded, operation, lose } = scene();
  const answer = guarded.execute(operation(text));
  lose();
  await expect(answer).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
});

test.each([
  ['what may have been done, and not twice', 'mutation { send(input: {}) }', true],
  ['anything where there is no other server', '{ slow }', false],
])('%s waits for its verdict', async (_, text, hasOthers) => {
  const { guarded, operation, lose, answer } = scene({ hasOthers });
  const result = guarded.execute(operation(text));
  lose();
  await turn();
  answer();
  expect((await result).errors).toBeUndefined();
});

test('a subscription that begins after its client was refused is ended', async () => {
  const { guarded, operation, lose, answer, ended } = scene();
  const stream = guarded.subscribe(operation('subscription { follow }'));
  lose();
  await expect(stream).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  answer();
  await expect.poll(() => ended).toEqual(['ended']);
});

test('over a WebSocket the refusal is an answer', async () => {
  const { guarded, operation, lose } = scene();
  const { execute, subscribe } = answering(guarded);
  const answers = [execute(operation('{ slow }')), subscribe(operation('subscription { follow }'))];
  lose();
  for (const answer of await Promise.all(answers))
    expect(answer).toMatchObject({ errors: [{ extensions: { code: 'STORE_UNAVAILABLE', retryAfter: 1 } }] });
});
