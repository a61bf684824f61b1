/** Clients of nginx that chat while faults happen. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Recorder } from '../history/recorder.ts';
import type { SeenEvent } from '../history/records.ts';
import { question } from '../history/words.ts';
import type { Scene } from '../scene/index.ts';
import { follow } from './reader.ts';
import { ask, type Client, SEND, send } from './requests.ts';

/** Shares of the turns, 0 to 1. */
export interface Manners {
  /** Its readers go for good in the middle. */
  readonly vanish: number;
  /** It is cancelled in the middle, through nginx: at any replica. */
  readonly cancel: number;
  /** Its message is sent twice at once, under one clientMutationId. */
  readonly twice: number;
  /** The question is asked by its viewer in two conversations at once: the cache lets one follow the other. */
  readonly same: number;
  /** Another viewer, and one without a key, ask for it. */
  readonly strangers: number;
}

export const USUAL: Manners = { vanish: 0.03, cancel: 0.03, twice: 0.1, same: 0.15, strangers: 0.2 };

export interface LoadOptions {
  /** Turns at once. */
  readonly atOnce: number;
  readonly manners: Manners;
  readonly keep?: (reader: number) => ((event: SeenEvent) => readonly SeenEvent[]) | undefined;
}

const LOOK = 'query($id: ID!) { node(id: $id) { ... on Generation { id status message { content } } } }';
const CANCEL = 'mutation($id: ID!) { cancelGeneration(id: $id) { id status } }';
/** Milliseconds that an answer takes, about: what happens in its middle happens in this time. */
const MIDDLE = 2_500;

let questions = 0;

export class Load {
  readonly #scene: Scene;
  readonly #recorder: Recorder;
  readonly #options: LoadOptions;
  #running: readonly Promise<void>[] = [];
  #over = false;
  #readers = 0;

  constructor(scene: Scene, recorder: Recorder, options: LoadOptions) {
    this.#scene = scene;
    this.#recorder = recorder;
    this.#options = options;
  }

  start(): void {
    this.#running = Array.from({ length: this.#options.atOnce }, async (_, place) => {
      await sleep(Math.random() * 1_000);
      while (!this.#over) await this.#turn(place);
    });
  }

  /** Resolves when every turn has ended for its readers. */
  async stop(): Promise<void> {
    this.#over = true;
    await Promise.all(this.#running);
  }

  async #turn(place: number): Promise<void> {
    const { manners } = this.#options;
    const client = this.#clientAt(place);
    questions += 1;
    const content = question(client.viewer, questions);
    const id = `chaos-${questions}`;
    await Promise.all([
      this.#chat(place, client, content, id),
      Math.random() < manners.same ? this.#chat(place, client, content, `${id}-same`) : undefined,
    ]);
    await sleep(Math.random() * 200);
  }

  async #chat(place: number, client: Client, content: string, clientMutationId: string): Promise<void> {
    const { manners } = this.#options;
    const sending = send(client, content, clientMutationId);
    if (Math.random() < manners.twice) {
      const input = { content, clientMutationId };
      await ask(client, { name: 'send', subject: content, clientMutationId, query: SEND, variables: { input } });
    }
    const sent = await sending;
    if (!sent) return;
    const { generationId: id } = sent;
    const leaving = Math.random() < manners.vanish ? { leaveAfter: Math.ceil(Math.random() * MIDDLE) } : {};
    await Promise.all([
      ...(['ws', 'sse'] as const).map((way) => follow(client, id, { way, ...this.#keeping(), ...leaving })),
      Math.random() < manners.cancel ? this.#cancel(client, id) : undefined,
      Math.random() < manners.strangers ? this.#strangers(place, id) : undefined,
    ]);
  }

  #clientAt(place: number): Client {
    const all = [...this.#scene.viewers];
    const [viewer = '', key = ''] = all[place % all.length] ?? [];
    return { url: this.#scene.url, viewer, key, recorder: this.#recorder };
  }

  #keeping() {
    this.#readers += 1;
    const keep = this.#options.keep?.(this.#readers);
    return keep ? { keep } : {};
  }

  async #cancel(client: Client, id: string): Promise<void> {
    await sleep(Math.random() * MIDDLE);
    await ask(client, { name: 'cancel', subject: id, query: CANCEL, variables: { id } });
  }

  async #strangers(place: number, id: string): Promise<void> {
    const other = this.#clientAt(place + 1);
    const about = { subject: id, variables: { id } };
    await ask(other, { name: 'steal', query: LOOK, ...about });
    await ask(other, { name: 'steal', query: CANCEL, ...about });
    await ask({ ...other, viewer: 'nobody', key: null }, { name: 'anonymous', query: LOOK, ...about });
    await ask({ ...other, viewer: 'nobody', key: 'wrong' }, { name: 'anonymous', query: CANCEL, ...about });
  }
}
