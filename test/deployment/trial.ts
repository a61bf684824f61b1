/** A load on the scene, and faults under it: what an alert must do before, during and after one. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { OPERATOR_KEY } from '../support/app.ts';
import { ask, type Client, client } from '../support/client.ts';
import { eventually } from '../support/programs.ts';
import type { Scene } from './scene.ts';

/** Milliseconds that an alert may take to fire, and to resolve: a circuit breaker stays open for half a minute. */
export const WITHIN = 120_000;
const ANSWER = 'The old bridge was built in 1932.';
/** Milliseconds before each token at least: tokens that come together are read as one, with no time between them. */
const SHORTEST = 2;

export class Trial {
  /** How the models behave now: milliseconds before each token, whether they fail, what the judge gives. */
  readonly models = { delayMs: 0, failing: false, score: 1 };
  /** Alerts that fired, and resolved. */
  readonly tested = new Set<string>();
  readonly scene: Scene;
  readonly asking: Client;
  readonly #over = new AbortController();
  readonly #loading: Promise<void>;
  #questions = 0;

  constructor(scene: Scene) {
    this.scene = scene;
    this.asking = client(scene.parley.url, OPERATOR_KEY);
    scene.provider.respond(({ body: { model } }) => {
      const { delayMs, failing, score } = this.models;
      if (model === 'judge')
        return {
          text: `{"relevance": ${score}, "completeness": ${score}, "coherence": ${score}, "safety": 1, "unsupported": []}`,
        };
      return failing ? { status: 500 } : { text: ANSWER, chunkSize: 8, delayMs: Math.max(SHORTEST, delayMs) };
    });
    this.#loading = this.#load();
  }

  /** Each question is a new one, which no cache has. */
  chat(topic = 'bridge') {
    this.#questions += 1;
    return ask(this.asking, { content: `When was ${topic} ${this.#questions} built?` });
  }

  readonly list = () => this.asking.request('{ conversations(first: 5) { edges { node { id title } } } }');

  async #load(): Promise<void> {
    while (!this.#over.signal.aborted) {
      await many(2, () => this.chat());
      await many(2, this.list);
      await ask(this.asking, { content: 'When was the first bridge built?' }).catch(() => undefined);
      await sleep(100);
    }
  }

  async #areQuiet(names: readonly string[]): Promise<void> {
    const now = await this.scene.alerts();
    expect(names.filter((name) => now.has(name))).toEqual([]);
  }

  /** Repeats the fault until all of the alerts fire, ends it, and waits until all are gone. */
  async firesAndResolves(
    names: readonly string[],
    fault: () => unknown,
    heal: () => unknown = () => undefined,
    within = WITHIN,
  ): Promise<void> {
    await eventually(`${names} do not fire yet`, () => this.#areQuiet(names), within);
    let faulty = true;
    const breaking = (async () => {
      while (faulty) await Promise.all([fault(), sleep(100)]);
    })();
    const fired = new Set<string>();
    const haveFired = async () => {
      for (const name of await this.scene.alerts()) fired.add(name);
      expect([...fired]).toEqual(expect.arrayContaining([...names]));
    };
    try {
      await eventually(`${names} fire`, haveFired, within);
    } finally {
      faulty = false;
      await breaking;
      await heal();
    }
    await eventually(`${names} resolve`, () => this.#areQuiet(names), within);
    for (const name of names) this.tested.add(name);
  }

  async stop(): Promise<void> {
    this.#over.abort();
    await this.#loading;
    await this.scene.stop();
  }
}

/** `count` at once, whatever becomes of them. */
export const many = (count: number, work: () => Promise<unknown>) =>
  Promise.allSettled(Array.from({ length: count }, work));
