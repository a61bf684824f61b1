import { Client, cacheExchange, fetchExchange, subscriptionExchange } from '@urql/core';
import { persistedExchange } from '@urql/exchange-persisted';
import { createClient as createSseClient } from 'graphql-sse';
import { createClient as createWsClient } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import WebSocket from 'ws';
import {
  authorization,
  CHAT,
  eventOf,
  Held,
  iterate,
  RESUME,
  type Scene,
  SEND,
  startScene,
  TEXT,
  testClient,
  VIEWER,
} from './scene.ts';

/** The part of both clients that urql needs. */
interface Transport {
  subscribe(payload: { query: string; variables?: Record<string, unknown> }, sink: never): () => void;
  dispose(): void | Promise<void>;
}
const TRANSPORTS: Record<string, (scene: Scene) => Transport> = {
  'graphql-ws': ({ webSocket }) =>
    createWsClient({ url: webSocket, webSocketImpl: WebSocket, connectionParams: { authorization }, retryAttempts: 0 }),
  'graphql-sse': ({ graphql }) => createSseClient({ url: graphql, headers: { authorization }, retryAttempts: 0 }),
};

describe.each(Object.entries(TRANSPORTS))('urql, subscriptions over %s', (_name, connect) => {
  let scene: Scene;
  let transport: Transport;
  let client: Client;
  const bodies: string[] = [];

  beforeAll(async () => {
    scene = await startScene();
    transport = connect(scene);
    client = new Client({
      url: scene.graphql,
      preferGetMethod: false,
      fetchOptions: { headers: { authorization } },
      fetch: (input, init) => {
        bodies.push(String(init?.body));
        return fetch(input, init);
      },
      exchanges: [
        cacheExchange,
        persistedExchange({ preferGetForPersistedQueries: false, enableForMutation: true }),
        subscriptionExchange({
          forwardSubscription: ({ query = '', variables = {} }) => ({
            subscribe: (sink) => ({ unsubscribe: transport.subscribe({ query, variables }, sink as never) }),
          }),
        }),
        fetchExchange,
      ],
    });
  });
  afterAll(async () => {
    await transport?.dispose();
    await scene?.close();
  });

  const subscribe = (query: string, variables: object) =>
    iterate<ReturnType<typeof eventOf>>((sink) => {
      const { unsubscribe } = client.subscription(query, variables).subscribe(({ data, error, hasNext }) => {
        if (error) sink.error(error);
        else if (data) sink.next(eventOf(data));
        if (!error && hasNext === false) sink.complete();
      });
      return unsubscribe;
    });

  testClient(
    () => scene,
    () => ({
      async send(content) {
        const { data, error } = await client.mutation(SEND, { input: { content } });
        if (error) throw error;
        return data.sendMessage.generation.id;
      },
      chat: (input) => endingWithAnswer(subscribe(CHAT, { input })),
      resume: (id, after) => endingWithAnswer(subscribe(RESUME, { id, after })),
    }),
  );

  test('sends a hash once, learns that hashes are not supported, and sends queries from then on', async () => {
    const { data } = await client.query(VIEWER, {});
    expect(data.viewer.role).toBe('OPERATOR');
    const hashes = bodies.filter((body) => body.includes('sha256Hash') && !body.includes('"query":"'));
    expect(hashes.length).toBeLessThanOrEqual(2);
    expect(hashes.length).toBeGreaterThan(0);
  });
});

/** urql leaves a subscription open that has ended: its reader looks for the terminal event. */
async function* endingWithAnswer(events: AsyncIterable<ReturnType<typeof eventOf>>) {
  for await (const event of events) {
    yield event;
    if (event.__typename === 'GenerationCompleted') return;
  }
}

test('graphql-ws repeats a chat by itself after a cut: with its clientMutationId it is one message, told from its start', async () => {
  const scene = await startScene();
  const client = createWsClient({
    url: scene.webSocket,
    webSocketImpl: WebSocket,
    connectionParams: { authorization },
    retryAttempts: 5,
    shouldRetry: () => true,
    retryWait: async () => undefined,
  });
  let held = new Held();
  let beginnings = 0;
  const variables = { input: { content: 'Once', clientMutationId: 'once' } };
  for await (const { data } of client.iterate({ query: CHAT, variables })) {
    const event = eventOf(data);
    if (event.__typename === 'GenerationStarted') {
      beginnings += 1;
      held = new Held();
    }
    held.take(event);
    if (held.seen.size === 10 && beginnings === 1) scene.tunnel.cut();
  }
  expect([beginnings, held.text]).toEqual([2, TEXT]);
  expect(scene.provider.calls).toHaveLength(1);
  await client.dispose();
  await scene.close();
});
