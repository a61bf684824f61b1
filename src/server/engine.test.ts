import { type ExecutionResult, buildSchema as fromText, type GraphQLSchema, printSchema } from 'graphql';
import { describe, expect, test } from 'vitest';
import type { Context } from '#schema/index.ts';
import { buildSchema } from '#schema/index.ts';
import { answerAtRandom, type Failures, randomDocument } from '../../test/support/random-documents.ts';
import { engine } from './engine.ts';

const context = (signal = new AbortController().signal): Context =>
  ({
    requestId: 'request',
    signal,
    viewer: {},
    parley: { conversations: {}, messages: {}, documents: {} },
  }) as unknown as Context;
const VARIABLES = { yes: true, no: false };

/** The product's own types, answered at random. */
function randomSchema(failures: Failures): GraphQLSchema {
  const schema = fromText(printSchema(buildSchema([])));
  answerAtRandom(schema, failures);
  return schema;
}

/** Errors of a result in an order of their own: those of fields side by side come as they happen. */
const settled = ({ data, errors = [] }: ExecutionResult) => ({
  data,
  errors: errors.map((e) => JSON.stringify(e)).sort(),
});

/** What graphql-js answers at first, and graphql-jit when a document has come often enough. */
async function bothWays(schema: GraphQLSchema, text: string, variables: Record<string, unknown> = VARIABLES) {
  const { prepare, execute } = engine(schema);
  const { document, errors } = prepare(text);
  if (!document || errors.length > 0) return undefined;
  const results: ReturnType<typeof settled>[] = [];
  for (let time = 0; time < 3; time += 1)
    results.push(settled((await execute({ document, variables, context: context() })) as ExecutionResult));
  return { interpreted: results[0], compiled: results[2] };
}

describe('a compiled document answers what graphql-js answers', () => {
  test.each([
    ['where all goes well', { share: 0, nullableOnly: true }],
    ['where fields fail that may be null', { share: 0.1, nullableOnly: true }],
  ])('%s', async (_title, failures) => {
    const schema = randomSchema(failures);
    let compared = 0;
    let erroneous = 0;
    for (let seed = 1; seed <= 400; seed += 1) {
      const root = seed % 5 === 0 ? schema.getMutationType() : schema.getQueryType();
      const both = root && (await bothWays(schema, randomDocument(schema, root, seed)));
      if (!both) continue; // over a limit
      compared += 1;
      if ((both.interpreted?.errors.length ?? 0) > 0) erroneous += 1;
      expect(both.compiled, `seed ${seed}`).toEqual(both.interpreted);
    }
    expect(compared).toBeGreaterThan(30);
    expect(erroneous > 0).toBe(failures.share > 0);
  });

  test('where any field fails, but for what it says of fields that are left out anyway', async () => {
    const schema = randomSchema({ share: 0.02, nullableOnly: false });
    let compared = 0;
    for (let seed = 1; seed <= 400; seed += 1) {
      const root = schema.getQueryType();
      const both = root && (await bothWays(schema, randomDocument(schema, root, seed)));
      if (!both) continue;
      compared += 1;
      expect(both.compiled?.data, `seed ${seed}`).toEqual(both.interpreted?.data);
      expect((both.compiled?.errors.length ?? 0) > 0).toBe((both.interpreted?.errors.length ?? 0) > 0);
    }
    expect(compared).toBeGreaterThan(30);
  });

  test.each([
    ['a default of a variable that may not be null', 'query($n: Int! = 3) { list(first: $n) }', {}],
    ['a default in its place', 'query($n: Int! = 3) { list(first: $n) }', { n: 5 }],
    ['null for a variable that may not be null', 'query($n: Int! = 3) { list(first: $n) }', { n: null }],
    ['a default of an enum', 'query($c: Colour! = RED) { colour(of: $c) }', {}],
    ['a variable that is left out', 'query($n: Int) { list(first: $n) }', {}],
    ['a variable that is null', 'query($n: Int) { list(first: $n) }', { n: null }],
    ['an input object with defaults', 'query($i: In!) { input(in: $i) }', { i: { a: 1 } }],
    ['an operation among several that was not named', 'query A { __typename } query B { __typename }', {}],
  ])('for %s', async (_title, text, variables) => {
    const schema = fromText(`enum Colour { RED GREEN } input In { a: Int! b: Int = 2 c: [Colour!] = [RED] }
      type Query { list(first: Int = 9): Int colour(of: Colour = GREEN): String input(in: In!): String }`);
    const fields = schema.getQueryType()?.getFields() ?? {};
    for (const field of Object.values(fields))
      field.resolve = (_source, given) => (field.name === 'list' ? given.first : JSON.stringify(given));
    const both = await bothWays(schema, text, variables);
    expect(both?.compiled).toEqual(both?.interpreted);
  });
});

describe('a subscription', () => {
  const TEXT = 'subscription { count }';
  function counting(source: () => AsyncIterableIterator<unknown>, signals: AbortSignal[] = []) {
    const schema = fromText('type Query { a: Int } type Subscription { count: Int }');
    Object.assign(schema.getSubscriptionType()?.getFields()['count'] ?? {}, {
      subscribe: (_source: unknown, _given: unknown, { signal }: Context) => {
        signals.push(signal);
        return source();
      },
    });
    return engine(schema);
  }
  const open = async ({ prepare, subscribe }: ReturnType<typeof engine>, signal?: AbortSignal) => {
    const { document } = prepare(TEXT);
    if (!document) throw new Error('not parsed');
    return (await subscribe({ document, context: context(signal) })) as AsyncIterableIterator<unknown>;
  };

  test('that the client leaves is told so at once, though its socket stays', async () => {
    const signals: AbortSignal[] = [];
    const counter = counting(async function* () {
      yield { count: 1 };
      await new Promise(() => undefined); // for ever
    }, signals);
    const results = await open(counter);
    expect(await results.next()).toEqual({ done: false, value: { data: { count: 1 } } });
    void results.return?.();
    expect(signals[0]?.aborted).toBe(true);
  });

  test('whose socket is gone is told so', async () => {
    const signals: AbortSignal[] = [];
    const gone = new AbortController();
    await open(
      counting(async function* () {}, signals),
      gone.signal,
    );
    expect(signals[0]?.aborted).toBe(false);
    gone.abort();
    expect(signals[0]?.aborted).toBe(true);
  });

  test('whose source fails again and again ends with the first failure, masked', async () => {
    const source: AsyncIterableIterator<unknown> = {
      next: () => Promise.reject(new Error('secret')),
      [Symbol.asyncIterator]: () => source,
    };
    for (let time = 0; time < 4; time += 1) {
      const results = await open(counting(() => source));
      const first = await results.next();
      expect(JSON.stringify(first)).toContain('INTERNAL_SERVER_ERROR');
      expect(JSON.stringify(first)).not.toContain('secret');
      expect((await results.next()).done).toBe(true);
    }
  });
});
