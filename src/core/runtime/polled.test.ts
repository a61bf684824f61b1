import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { concatenated, listed } from './concatenated.ts';
import { eachValue, polled } from './each-value.ts';
import { Polled, type PolledSource } from './polled.ts';

const DONE: IteratorResult<never, undefined> = { done: true, value: undefined };

/** What a socket gives: values that come from elsewhere, then its end or a failure. */
class Pushed extends Polled<number> {
  readonly #values: number[] = [];
  #end: 'open' | 'ended' | Error = 'open';
  #wake: (() => void) | undefined;
  returned = 0;

  push(...values: readonly number[]): this {
    this.#values.push(...values);
    return this.#tell();
  }
  end(error?: Error): this {
    this.#end = error ?? 'ended';
    return this.#tell();
  }
  poll(wake: () => void): IteratorResult<number, undefined> | undefined {
    const value = this.#values.shift();
    if (value !== undefined) return { done: false, value };
    if (this.#end instanceof Error) throw this.#end;
    if (this.#end === 'ended') return DONE;
    this.#wake = wake;
    return undefined;
  }
  async return() {
    this.returned += 1;
    return DONE;
  }
  #tell(): this {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
    return this;
  }
}

/** Every source a generator, each value a promise: what must come out. */
async function* plain(sources: AsyncIterable<AsyncIterable<number>>) {
  for await (const source of sources) yield* source;
}
const twice = async function* (log: string[]): AsyncGenerator<Pushed, undefined> {
  try {
    yield new Pushed().push(1, 2).end();
    log.push('first over');
    try {
      yield new Pushed().push(3).end(new Error('broke off'));
    } catch (error) {
      log.push(`caught ${(error as Error).message}`);
    }
    yield new Pushed().push(4, 5).end();
  } finally {
    log.push('over');
  }
};

const each = async (source: AsyncIterable<number>) => {
  const values: number[] = [];
  await eachValue(source, (value) => {
    values.push(value);
    return undefined;
  });
  return values;
};

describe('sources one after the other', () => {
  test('give what yield* gives, by promises and by polling; a failure is thrown where its source was given', async () => {
    const expected = ['first over', 'caught broke off', 'over'];
    for (const read of [each, (source: AsyncIterable<number>) => Array.fromAsync(source)]) {
      const log: string[] = [];
      expect(await read(concatenated(twice(log)))).toEqual([1, 2, 3, 4, 5]);
      expect(log).toEqual(expected);
    }
  });

  test('a failure that nobody catches comes to the reader, once, and then the end', async () => {
    const failing = concatenated(
      (async function* (): AsyncGenerator<PolledSource<number>, undefined> {
        yield listed([1]);
        throw new Error('no more');
      })(),
    );
    expect(await failing.next()).toEqual({ done: false, value: 1 });
    await expect(failing.next()).rejects.toThrow('no more');
    expect(await failing.next()).toEqual(DONE);
  });

  test('a reader that goes lets go of the source that runs and of the generator', async () => {
    const log: string[] = [];
    const source = new Pushed().push(1);
    const stream = concatenated(
      (async function* (): AsyncGenerator<PolledSource<number>, undefined> {
        try {
          yield source;
        } finally {
          log.push('over');
        }
      })(),
    );
    for await (const value of stream) {
      expect(value).toBe(1);
      break;
    }
    expect([source.returned, ...log]).toEqual([1, 'over']);
    expect(await stream.next()).toEqual(DONE);
  });

  test('calls of next that do not wait for each other get the values in order', async () => {
    const source = new Pushed();
    const stream = concatenated(
      (async function* (): AsyncGenerator<PolledSource<number>, undefined> {
        yield source;
      })(),
    );
    const answers = Promise.all([stream.next(), stream.next(), stream.next()]);
    await turn();
    source.push(1);
    await turn();
    source.push(2).end();
    expect((await answers).map(({ value }) => value)).toEqual([1, 2, undefined]);
  });
});

describe('each value', () => {
  test('of a generator and of a polled source alike', async () => {
    expect(await each(plain(twice([]) as AsyncIterable<AsyncIterable<number>>)).catch(String)).toContain('broke off');
    const source = new Pushed();
    const values = each(source);
    source.push(1);
    await turn();
    source.push(2, 3);
    await turn();
    source.end();
    expect(await values).toEqual([1, 2, 3]);
  });

  test('waits for a promise that comes back before the next value', async () => {
    const order: string[] = [];
    await eachValue(new Pushed().push(1, 2, 3).end(), (value) => {
      order.push(`in ${value}`);
      return turn().then(() => void order.push(`out ${value}`));
    });
    expect(order).toEqual(['in 1', 'out 1', 'in 2', 'out 2', 'in 3', 'out 3']);
  });

  test.each(['at once', 'later'])('lets go of the source where a callback fails %s', async (when) => {
    for (const source of [new Pushed().push(1, 2), returning()]) {
      const failed = eachValue<number>(source, () => {
        if (when === 'at once') throw new Error('stop');
        return turn().then(() => Promise.reject(new Error('stop')));
      });
      await expect(failed).rejects.toThrow('stop');
      expect(source.returned).toBe(1);
    }
  });

  test('rejects with what the source throws', async () => {
    await expect(each(new Pushed().push(1).end(new Error('broke off')))).rejects.toThrow('broke off');
  });

  test('runs where it was called, wherever it is woken', async () => {
    const place = new AsyncLocalStorage<string>();
    const source = new Pushed();
    const seen: (string | undefined)[] = [];
    const reading = place.run('the turn', () =>
      eachValue(source, () => {
        seen.push(place.getStore());
        return undefined;
      }),
    );
    place.run('a socket', () => source.push(1).push(2).end());
    await reading;
    expect(seen).toEqual(['the turn', 'the turn']);
  });
});

test('a source that can be polled is polled as it is', () => {
  const source = new Pushed();
  expect(polled(source)).toBe(source);
});

/** A generator of 1, 2 that counts its ends. */
function returning() {
  const made = { returned: 0, [Symbol.asyncIterator]: () => generator() };
  async function* generator() {
    try {
      yield 1;
      yield 2;
    } finally {
      made.returned += 1;
    }
  }
  return made;
}
