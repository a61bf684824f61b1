import { createHash } from 'node:crypto';
import { ApolloClient, ApolloLink, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { createClient } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import WebSocket from 'ws';
import {
  authorization,
  CHAT,
  eventOf,
  iterate,
  RESUME,
  type Scene,
  SEND,
  startScene,
  testClient,
  VIEWER,
} from './scene.ts';

describe('Apollo Client, subscriptions over graphql-ws', () => {
  let scene: Scene;
  let socket: ReturnType<typeof createClient>;
  let client: ApolloClient;
  const bodies: string[] = [];

  beforeAll(async () => {
    scene = await startScene();
    socket = createClient({
      url: scene.webSocket,
      webSocketImpl: WebSocket,
      connectionParams: { authorization },
      retryAttempts: 0, // a subscription is resumed with its cursor, not repeated
    });
    const http = new HttpLink({
      uri: scene.graphql,
      headers: { authorization, 'apollo-require-preflight': 'true' },
      fetch: (input, init) => {
        bodies.push(String(init?.body));
        return fetch(input, init);
      },
    });
    const persisted = new PersistedQueryLink({ sha256: (text) => createHash('sha256').update(text).digest('hex') });
    client = new ApolloClient({
      cache: new InMemoryCache(),
      link: ApolloLink.split(
        ({ operationType }) => operationType === 'subscription',
        new GraphQLWsLink(socket),
        persisted.concat(http),
      ),
    });
  });
  afterAll(async () => {
    client?.stop();
    await socket?.dispose();
    await scene?.close();
  });

  const subscribe = (query: string, variables: Record<string, unknown>) =>
    iterate<ReturnType<typeof eventOf>>((sink) => {
      // Events are no state: the cache would merge each into the one before it.
      const subscription = client.subscribe({ query: gql(query), variables, fetchPolicy: 'no-cache' }).subscribe({
        next: ({ data, error }) => (error ? sink.error(error) : sink.next(eventOf(data))),
        error: sink.error,
        complete: sink.complete,
      });
      return () => subscription.unsubscribe();
    });

  testClient(
    () => scene,
    () => ({
      async send(content) {
        const { data } = await client.mutate<{ sendMessage: { generation: { id: string } } }>({
          mutation: gql(SEND),
          variables: { input: { content } },
        });
        return data?.sendMessage.generation.id ?? '';
      },
      chat: (input) => subscribe(CHAT, { input }),
      resume: (id, after) => subscribe(RESUME, { id, after }),
    }),
  );

  test('sends a hash once, learns that hashes are not supported, and sends queries from then on', async () => {
    const { data } = await client.query<{ viewer: { role: string } }>({
      query: gql(VIEWER),
      fetchPolicy: 'network-only',
    });
    expect(data?.viewer.role).toBe('OPERATOR');
    const hashes = bodies.filter((body) => body.includes('sha256Hash'));
    expect(hashes).toHaveLength(1);
    expect(bodies.indexOf(hashes[0] ?? '')).toBe(0);
    expect(bodies.at(-1)).toContain('viewer');
  });

  test('keeps its cache current: a deleted object leaves by its deletedId, and a renamed one changes everywhere', async () => {
    const created = await client.mutate<{ createConversation: { id: string } }>({
      mutation: gql('mutation { createConversation(input: { title: "A" }) { id title } }'),
    });
    const id = created.data?.createConversation.id ?? '';
    const LIST = gql('query List { conversations(first: 50) { edges { node { id title } } } }');
    type List = { conversations: { edges: { node: { id: string; title: string } }[] } };
    const titleIn = (list: List | undefined | null) =>
      list?.conversations.edges.find(({ node }) => node.id === id)?.node.title;
    expect(titleIn((await client.query<List>({ query: LIST, fetchPolicy: 'network-only' })).data)).toBe('A');
    await client.mutate({
      mutation: gql('mutation Rename($id: ID!) { renameConversation(id: $id, title: "B") { id title } }'),
      variables: { id },
    });
    expect(titleIn(client.readQuery<List>({ query: LIST }))).toBe('B');
    await client.mutate<{ deleteConversation: { deletedId: string } }>({
      mutation: gql('mutation Delete($id: ID!) { deleteConversation(id: $id) { deletedId } }'),
      variables: { id },
      update: (cache, { data }) =>
        cache.evict({
          id: cache.identify({ __typename: 'Conversation', id: data?.deleteConversation.deletedId ?? '' }) ?? '',
        }),
    });
    expect(titleIn(client.readQuery<List>({ query: LIST }))).toBeUndefined();
  });
});
