import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OPERATOR_KEY, startApp, type TestApp } from '../support/app.ts';
import { ask, type Client, client } from '../support/client.ts';

let app: TestApp;
let viewer: Client;
let stranger: Client;
beforeAll(async () => {
  app = await startApp();
  viewer = client(app.url, OPERATOR_KEY);
  const { data } = await viewer.request(
    'mutation { createApiKey(input: { name: "other", subject: "other", tenant: "other" }) { secret } }',
  );
  stranger = client(app.url, data.createApiKey.secret);
});
afterAll(() => app.remove());

const CREATE =
  'mutation($input: CreateConversationInput!) { createConversation(input: $input) { id title systemPrompt usage { turns } } }';
const create = async (input: object) => (await viewer.request(CREATE, { input })).data.createConversation;
const HAPPENED =
  '__typename conversation { id title } ... on MessageAdded { message { role } } ... on BranchSelected { message { id } }';

interface Happened {
  readonly __typename: string;
  readonly conversation: { readonly id: string; readonly title: string };
}
/** The events of a subscription until `last` or its end. `begin` is called once it listens. */
async function told(
  asking: Client,
  query: string,
  variables: object,
  last: string | null,
  begin: () => Promise<unknown>,
) {
  const leave = new AbortController();
  const seen: Happened[] = [];
  const { promise: open, resolve: onOpen } = Promise.withResolvers<void>();
  const begun = open.then(begin);
  for await (const { data, errors } of asking.sse(query, variables, leave.signal, onOpen)) {
    if (errors) throw new Error(JSON.stringify(errors));
    seen.push(Object.values(data)[0] as Happened);
    if (seen.at(-1)?.__typename === last) break;
  }
  leave.abort();
  await begun;
  return seen;
}

describe('the subscription', () => {
  test('conversations emits what a list needs: created, renamed, message added, deleted; and nothing of another viewer’s', async () => {
    const heard: Happened[] = [];
    const leave = new AbortController();
    const other = (async () => {
      for await (const { data } of stranger.ws(`subscription { conversations { ${HAPPENED} } }`, {}, leave.signal))
        heard.push(data.conversations);
    })().catch(() => undefined);
    let ids: string[] = [];
    const seen = await told(
      viewer,
      `subscription { conversations { ${HAPPENED} } }`,
      {},
      'ConversationDeleted',
      async () => {
        const made = await create({ title: 'Made' });
        await viewer.request('mutation($id: ID!) { renameConversation(id: $id, title: "Renamed") { id } }', {
          id: made.id,
        });
        const { events } = await ask(viewer, { content: 'A question of its own' });
        await viewer.request('mutation($id: ID!) { deleteConversation(id: $id) { deletedId } }', { id: made.id });
        ids = [made.id, events[0]?.['conversationId']];
      },
    );
    expect(seen.map(({ __typename, conversation }) => [__typename, ids.indexOf(conversation.id)])).toEqual([
      ['ConversationCreated', 0],
      ['ConversationRenamed', 0],
      ['ConversationCreated', 1],
      ['MessageAdded', 1],
      ['MessageAdded', 1],
      ['MessageFinished', 1],
      ['ConversationDeleted', 0],
    ]);
    expect(seen.at(-1)?.conversation.title).toBe('Renamed');
    leave.abort();
    await other;
    expect(heard).toEqual([]);
  });

  test('conversation ends after the deletion, which carries the conversation as it was', async () => {
    const { id } = await create({ title: 'Short-lived' });
    const seen = await told(
      viewer,
      `subscription($id: ID!) { conversation(id: $id) { ${HAPPENED} } }`,
      { id },
      null,
      async () => {
        await create({ title: 'Another' });
        await viewer.request('mutation($id: ID!) { deleteConversation(id: $id) { deletedId id } }', { id });
      },
    );
    expect(seen).toEqual([{ __typename: 'ConversationDeleted', conversation: { id, title: 'Short-lived' } }]);
  });
});

test('branches are read up and down, and selectBranch activates another one and emits an event', async () => {
  const { events } = await ask(viewer, { content: 'first question' });
  const { conversationId: id, userMessageId, assistantMessageId } = events[0] as Record<string, string>;
  const edited = await viewer.request(
    'mutation($id: ID!) { editMessage(input: { messageId: $id, content: "second question" }) { userMessage { id children { role } } } }',
    { id: userMessageId },
  );
  const secondId = edited.data.editMessage.userMessage.id;
  expect(edited.data.editMessage.userMessage.children).toEqual([{ role: 'ASSISTANT' }]);
  const TREE = `query($id: ID!) { conversation(id: $id) { usage { turns } messages(first: 9) { edges { node {
    id content siblings { id content } children { id } } } } } }`;
  const tree = async () => (await viewer.request(TREE, { id })).data.conversation;
  const before = await tree();
  expect(before.usage.turns).toBe(2);
  const [question] = before.messages.edges;
  expect(question.node).toMatchObject({ id: secondId, siblings: [{ id: userMessageId }, { id: secondId }] });
  const seen = await told(
    viewer,
    `subscription($id: ID!) { conversation(id: $id) { ${HAPPENED} } }`,
    { id },
    'BranchSelected',
    () =>
      viewer.request(
        'mutation($id: ID!) { selectBranch(messageId: $id) { messages(first: 9) { edges { node { id } } } } }',
        { id: userMessageId },
      ),
  );
  expect(seen.at(-1)).toMatchObject({ __typename: 'BranchSelected', message: { id: userMessageId } });
  const after = await tree();
  expect(after.messages.edges.map(({ node }: { node: { id: string } }) => node.id)).toEqual([
    userMessageId,
    assistantMessageId,
  ]);
  expect(after.messages.edges[0].node.children).toEqual([{ id: assistantMessageId }]);
});

test('a list by last change begins with what was changed last', async () => {
  const [first] = [await create({ title: 'Old' }), await create({ title: 'New' })];
  await sleep(5);
  await viewer.request('mutation($id: ID!) { renameConversation(id: $id, title: "Old, touched") { id } }', {
    id: first.id,
  });
  const titles = async (orderBy: string) =>
    (
      await viewer.request(`{ conversations(first: 2, orderBy: ${orderBy}) { edges { node { title } } } }`)
    ).data.conversations.edges.map(({ node }: { node: { title: string } }) => node.title);
  expect(await titles('UPDATED')).toEqual(['Old, touched', 'New']);
  expect(await titles('CREATED')).toEqual(['New', 'Old, touched']);
});

test('createConversation with a clientMutationId makes one, with its system prompt; with other content it is CONFLICT', async () => {
  const input = { title: 'Once', systemPrompt: 'Be brief.', clientMutationId: 'only-one' };
  const made = await create(input);
  expect(made).toMatchObject({ title: 'Once', systemPrompt: 'Be brief.', usage: { turns: 0 } });
  expect(await create(input)).toEqual(made);
  const { errors } = await viewer.request(CREATE, { input: { ...input, systemPrompt: 'Be long.' } });
  expect(errors?.[0]?.extensions.code).toBe('CONFLICT');
});
