/** The scenario of every client in this folder: send, stream, lose the connection, resume. */
import { expect, test } from 'vitest';
import { OPERATOR_KEY, startApp, type TestApp } from '../support/app.ts';
import { applied, EVENT, type StreamEvent } from '../support/client.ts';
import { type FakeProvider, startFakeProvider } from '../support/fake-provider.ts';
import { startTunnel, type Tunnel } from '../support/tunnel.ts';

export const TEXT = Array.from({ length: 40 }, (_, index) => `词${index} 😀 word `).join('');
export const KEY = OPERATOR_KEY;
export const authorization = `Bearer ${OPERATOR_KEY}`;

export const VIEWER = 'query Viewer { viewer { id role } }';
export const SEND = `mutation Send($input: SendMessageInput!) { sendMessage(input: $input) {
  generation { id } userMessage { id } assistantMessage { id content conversation { id } } } }`;
export const CHAT = `subscription Chat($input: SendMessageInput!) { chat(input: $input) { ${EVENT} } }`;
export const RESUME = `subscription Resume($id: ID!, $after: String) { generation(id: $id, after: $after) { ${EVENT} } }`;
/** The one event of a result, whichever field carries it. */
export const eventOf = (data: unknown): StreamEvent => Object.values(data as object)[0] as StreamEvent;

export interface Scene {
  readonly app: TestApp;
  readonly provider: FakeProvider;
  /** Between the client and the server. */
  readonly tunnel: Tunnel;
  /** The address to give to the client. */
  readonly graphql: string;
  readonly webSocket: string;
  close(): Promise<void>;
}

/** The real server behind a tunnel, its model as slow as a model is. */
export async function startScene(): Promise<Scene> {
  const provider = await startFakeProvider();
  provider.respond(() => ({ text: TEXT, chunkSize: 3, delayMs: 8 }));
  const app = await startApp({ MODEL_BALANCED: 'openai-compatible:test', OPENAI_BASE_URL: provider.url });
  const tunnel = await startTunnel(Number(new URL(app.url).port));
  return {
    app,
    provider,
    tunnel,
    graphql: `${tunnel.url}/graphql`,
    webSocket: `${tunnel.url.replace('http', 'ws')}/graphql`,
    async close() {
      await tunnel.close();
      await app.remove();
      await provider.close();
    },
  };
}

/** A client's copy of a stream. Throws if an event repeats or a delta does not fit. */
export class Held {
  readonly seen = new Set<string>();
  text = '';
  cursor: string | null = null;
  last: StreamEvent | undefined;

  take(event: StreamEvent): void {
    if (this.seen.has(event.cursor)) throw new Error(`the event ${event.cursor} came twice`);
    this.seen.add(event.cursor);
    this.text = applied(this.text, event);
    this.cursor = event.cursor;
    this.last = event;
  }
  get ended(): boolean {
    return this.last?.__typename === 'GenerationCompleted';
  }
}

/** A real client behind the few words that the tests below need. */
export interface TestedClient {
  /** Sends a message, and answers the id of its generation. */
  send(content: string): Promise<string>;
  chat(input: object): AsyncIterable<StreamEvent>;
  /** Ends or throws where the connection is lost. */
  resume(id: string, after: string | null): AsyncIterable<StreamEvent>;
}

/** Events between two cuts, and the cuts. */
const STRIDE = 8;
const CUTS = 3;

export function testClient(scene: () => Scene, client: () => TestedClient): void {
  test('sends and streams in one operation', async () => {
    const held = new Held();
    for await (const event of client().chat({ content: 'Hello' })) held.take(event);
    expect(held.last).toMatchObject({
      __typename: 'GenerationCompleted',
      message: { content: TEXT, status: 'COMPLETE' },
    });
    expect(held.text).toBe(TEXT);
  });

  test('sends, loses the connection again and again, resumes, and holds exactly the answer', async () => {
    const id = await client().send('Go on');
    const held = new Held();
    let cuts = 0;
    while (!held.ended) {
      let stride = 0;
      try {
        for await (const event of client().resume(id, held.cursor)) {
          held.take(event);
          stride += 1;
          if (stride < STRIDE || cuts === CUTS || held.ended) continue;
          cuts += 1;
          scene().tunnel.cut();
        }
      } catch (error) {
        if (cuts === 0 || String(error).includes('twice') || String(error).includes('a delta for')) throw error;
      }
    }
    expect(cuts).toBe(CUTS);
    expect(held.text).toBe(TEXT);
    expect(held.last?.message?.content).toBe(TEXT);
  });
}

interface Sink<T> {
  next(value: T): void;
  error(error: unknown): void;
  complete(): void;
}
/** Turns an observable into an async generator. `subscribe` returns how to unsubscribe. */
export async function* iterate<T>(subscribe: (sink: Sink<T>) => () => void): AsyncGenerator<T> {
  const queue: T[] = [];
  let over = false;
  let failure: { readonly error: unknown } | undefined;
  let wake = () => {};
  const leave = subscribe({
    next: (value) => {
      queue.push(value);
      wake();
    },
    error: (error) => {
      failure = { error };
      wake();
    },
    complete: () => {
      over = true;
      wake();
    },
  });
  try {
    for (;;) {
      const value = queue.shift();
      if (value !== undefined) yield value;
      else if (failure) throw failure.error;
      else if (over) return;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    leave();
  }
}
