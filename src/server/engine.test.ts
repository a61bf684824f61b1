import {
  type DocumentNode,
  type ExecutionResult,
  buildSchema as fromText,
  type GraphQLSchema,
  printSchema,
} from 'graphql';
import { describe, expect, test } from 'vitest';
import type { Context } from '#schema/index.ts';
import { buildSchema } from '#schema/index.ts';
import { answerAtRandom, type Failures, randomDocument } from '../../test/support/random-documents.ts';
import { MAX_KEPT_FIELDS } from './compiler.ts';
import { engine } from './engine.ts';
import { maskError } from './errors.ts';

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

/** The results of graphql-js, and of graphql-jit once a document is frequent enough. */
async function bothWays(schema: GraphQLSchema, text: string, variables: Record<string, unknown> = VARIABLES) {
  const { prepare, execute } = engine(schema);
  const { document, errors } = prepare(text);
  if (!document || errors.length > 0) return undefined;
  const results: ReturnType<typeof settled>[] = [];
  for (let time = 0; time < 3; time += 1)
    results.push(settled((await execute({ document, variables, context: context() })) as ExecutionResult));
  return { interpreted: results[0], compiled: results[2] };
}

/** Random documents a case: in thousands nothing more was found than in these. */
const SEEDS = 150;

describe('a compiled document answers what graphql-js answers', () => {
  test.each([
    ['where all goes well', { share: 0, nullableOnly: true }],
    ['where fields fail that may be null', { share: 0.1, nullableOnly: true }],
  ])('%s', async (_title, failures) => {
    const schema = randomSchema(failures);
    let compared = 0;
    let erroneous = 0;
    for (let seed = 1; seed <= SEEDS; seed += 1) {
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

  test('if any field fails, except for errors of fields that are left out anyway', async () => {
    const schema = randomSchema({ share: 0.02, nullableOnly: false });
    let compared = 0;
    for (let seed = 1; seed <= SEEDS; seed += 1) {
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

  test('ends at once when the client leaves it and keeps its socket', async () => {
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

  test('ends when its socket is gone', async () => {
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

  test('ends with the first failure, masked, if its source fails again and again', async () => {
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

/** A chain of fragments, each of which spreads the next `width` times: width ** depth fields. */
const fanOut = (depth: number, width: number, name = 'id') =>
  `{ node(id: "x") { ...f0 } } ${Array.from({ length: depth }, (_, at) => {
    const fields = Array.from({ length: width }, (__, index) => `a${index}: parent { ...f${at + 1} }`);
    return `fragment f${at} on Message { ${fields.join(' ')} }`;
  }).join(' ')} fragment f${depth} on Message { ${name} }`;

describe('documents that fan out', () => {
  const schema = buildSchema([]);
  const nothing = { ...context(), loaders: { message: { load: () => null } } } as unknown as Context;
  const often = async ({ prepare, execute }: ReturnType<typeof engine>, text: string) => {
    const { document } = prepare(text);
    if (!document) throw new Error(`over a limit: ${text.slice(0, 100)}`);
    for (let time = 0; time < 4; time += 1) await execute({ document, context: nothing });
  };

  test('are executed, and never compiled where the code would be large', async () => {
    const engineOver = engine(schema);
    await often(engineOver, fanOut(5, 5));
    expect(engineOver.compiledFields).toBe(0);
  });

  test('fill no more than their share of the memory, however many there are', async () => {
    const engineOver = engine(schema);
    let compiled = 0;
    for (let index = 0; index < 100; index += 1) {
      const before = engineOver.compiledFields;
      await often(engineOver, fanOut(2, 9, `${'id '.repeat(index % 5)} content`.padEnd(100 + index)));
      if (engineOver.compiledFields !== before) compiled += 1;
      expect(engineOver.compiledFields).toBeLessThanOrEqual(MAX_KEPT_FIELDS);
    }
    expect(compiled).toBeGreaterThan(10);
  });

  test('counts each of many operations in one document', async () => {
    const engineOver = engine(schema);
    const operations = Array.from({ length: 60 }, (_, index) => `query q${index} { node(id: "x") { id } }`);
    const document = engineOver.prepare(operations.join(' ')).document as DocumentNode;
    for (let time = 0; time < 4; time += 1)
      for (let index = 0; index < 60; index += 1)
        await engineOver.execute({ document, operationName: `q${index}`, context: nothing });
    expect(engineOver.compiledFields).toBeGreaterThan(60);
  });
});

describe('variables that are wrong', () => {
  const schema = fromText(
    'scalar Instant input In { n: Int! } type Query { list(of: [Int!], in: In, at: Instant, s: String): Int }',
  );
  const text =
    'query($first: [Int!], $second: [Int!], $in: In, $at: Instant, $s: String) { list(of: $second, in: $in, at: $at, s: $s) other: list(of: $first) }';
  const errorsOf = async (variables: Record<string, unknown>) => {
    const { prepare, execute } = engine(schema);
    const document = prepare(text).document as DocumentNode;
    const results = [];
    for (let time = 0; time < 4; time += 1) results.push(await execute({ document, variables, context: context() }));
    for (const result of results) expect(result).toEqual(results[0]); // the same when the document is compiled
    expect(results[0]).not.toHaveProperty('data');
    return results[0]?.errors as { readonly message: string; readonly extensions: { readonly code: string } }[];
  };

  test('gives ten errors at most for a list of any length', async () => {
    const errors = await errorsOf({ second: Array.from({ length: 20_000 }, () => 'x') });
    expect(errors).toHaveLength(10);
    for (const { message, extensions } of errors.slice(0, 9)) {
      expect(message).toContain('"$second"');
      expect(extensions.code).toBe('BAD_USER_INPUT');
    }
  });

  test('are named in the message, with the place in them', async () => {
    const [error] = await errorsOf({ in: { n: 'x' } });
    expect(error?.message).toContain('Variable "$in" got invalid value "x" at "in.n"');
  });

  test('gives a short error for an object of any size', async () => {
    const keys = Object.fromEntries(Array.from({ length: 50_000 }, (_, index) => [`key${index}`, 1]));
    const errors = await errorsOf({ in: { n: 1, ...keys } });
    expect(errors).toHaveLength(10);
    for (const { message } of errors)
      expect(message).toMatch(/^Variable "\$in" got invalid value \{…\}; Field "key\d+" is not/);
  });

  test('are not echoed whole', async () => {
    const [error] = await errorsOf({ in: { ['k'.repeat(100_000)]: 1 }, second: ['v w '.repeat(100_000)] });
    expect(error?.message.length).toBeLessThan(600);
  });
});

test('names of unknown fields and types are not echoed whole', () => {
  const { errors } = engine(buildSchema([])).prepare(`{ ${'x'.repeat(50_000)} }`);
  expect(JSON.stringify(maskError(errors[0], 'request')).length).toBeLessThan(700);
});
