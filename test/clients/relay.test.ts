import { createClient } from 'graphql-ws';
import {
  type ConcreteRequest,
  commitMutation,
  Environment,
  fetchQuery,
  Network,
  Observable,
  RecordSource,
  requestSubscription,
  Store,
} from 'relay-runtime';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import WebSocket from 'ws';
import { field, of, request, scalar } from '../support/relay-artifacts.ts';
import { authorization, eventOf, iterate, type Scene, startScene, testClient } from './scene.ts';

const EVENT = [
  ...['__typename', 'cursor', 'generationId'].map(scalar),
  of('TextDelta', ['text', 'offset'].map(scalar)),
  of('TextSnapshot', ['text'].map(scalar)),
  of('GenerationCompleted', [field('message', 'Message', ['id', 'content', 'status'].map(scalar))]),
];
const CHAT = request('subscription', 'Chat', { input: 'SendMessageInput!' }, [field('chat', null, EVENT, ['input'])]);
const RESUME = request('subscription', 'Resume', { id: 'ID!', after: 'String' }, [
  field('generation', null, EVENT, ['id', 'after']),
]);
const SEND = request('mutation', 'Send', { input: 'SendMessageInput!' }, [
  field('sendMessage', 'SendMessagePayload', [field('generation', 'Generation', [scalar('id')])], ['input']),
]);
const CREATE = request('mutation', 'Create', { input: 'CreateConversationInput!' }, [
  field('createConversation', 'Conversation', ['id', 'title'].map(scalar), ['input']),
]);
const RENAME = request('mutation', 'Rename', { id: 'ID!', title: 'String!' }, [
  field('renameConversation', 'Conversation', ['id', 'title'].map(scalar), ['id', 'title']),
]);
const LIST = request('query', 'List', { first: 'Int' }, [
  field(
    'conversations',
    'ConversationConnection',
    [field('edges', 'ConversationEdge', [field('node', 'Conversation', ['id', 'title'].map(scalar))], [], true)],
    ['first'],
  ),
]);

describe('relay-runtime, subscriptions over graphql-ws', () => {
  let scene: Scene;
  let socket: ReturnType<typeof createClient>;
  let environment: Environment;

  beforeAll(async () => {
    scene = await startScene();
    socket = createClient({
      url: scene.webSocket,
      webSocketImpl: WebSocket,
      connectionParams: { authorization },
      retryAttempts: 0,
    });
    environment = new Environment({
      store: new Store(new RecordSource()),
      network: Network.create(
        async ({ text }, variables) => {
          const response = await fetch(scene.graphql, {
            method: 'POST',
            headers: { 'content-type': 'application/json', authorization },
            body: JSON.stringify({ query: text, variables }),
          });
          return response.json();
        },
        ({ text }, variables) =>
          Observable.create((sink) => socket.subscribe({ query: text ?? '', variables }, sink as never)),
      ),
    });
  });
  afterAll(async () => {
    await socket?.dispose();
    await scene?.close();
  });

  const subscribe = (subscription: ConcreteRequest, variables: Record<string, unknown>) =>
    iterate<ReturnType<typeof eventOf>>((sink) => {
      const { dispose } = requestSubscription(environment, {
        subscription,
        variables,
        onNext: (data) => data && sink.next(eventOf(data)),
        onError: sink.error,
        onCompleted: () => sink.complete(),
      });
      return dispose;
    });
  const mutate = (mutation: ConcreteRequest, variables: Record<string, unknown>) =>
    new Promise<Record<string, never>>((resolve, reject) =>
      commitMutation(environment, {
        mutation,
        variables,
        onCompleted: (data, errors) => (errors?.length ? reject(errors[0]) : resolve(data as never)),
        onError: reject,
      }),
    );

  testClient(
    () => scene,
    () => ({
      send: async (content) =>
        (await mutate(SEND, { input: { content } }))['sendMessage']?.['generation']?.['id'] ?? '',
      chat: (input) => subscribe(CHAT, { input }),
      resume: (id, after) => subscribe(RESUME, { id, after }),
    }),
  );

  test('normalizes by global ids: what is renamed is renamed in the list', async () => {
    const made = (await mutate(CREATE, { input: { title: 'A' } }))['createConversation'] as never as { id: string };
    await fetchQuery(environment, LIST, { first: 50 }).toPromise();
    const titleOf = () => environment.getStore().getSource().get(made.id)?.['title'];
    expect(titleOf()).toBe('A');
    await mutate(RENAME, { id: made.id, title: 'B' });
    expect(titleOf()).toBe('B');
  });
});
