import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputType,
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildSchema } from '#schema/index.ts';
import { OPERATOR_KEY, startApp, type TestApp } from '../support/app.ts';
import { type Answer, ask, type Client, client } from '../support/client.ts';

/** Every operation of the schema with an id argument is tried with every kind of another viewer's ids, and with an unknown id. */
const schema = buildSchema([]);
const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()] as const;
const NEVER = '01a00000-0000-7000-8000-000000000000';

let app: TestApp;
let owner: Client;
let neighbour: Client;
let stranger: Client;
const ids: Record<string, string> = {};

async function clientFor(subject: string, tenant: string): Promise<Client> {
  const { data } = await client(app.url, OPERATOR_KEY).request(
    'mutation($input: CreateApiKeyInput!) { createApiKey(input: $input) { secret } }',
    { input: { name: subject, subject, tenant } },
  );
  return client(app.url, data.createApiKey.secret);
}

beforeAll(async () => {
  app = await startApp();
  [owner, neighbour, stranger] = await Promise.all([
    clientFor('owner', 'a'),
    clientFor('neighbour', 'a'),
    clientFor('stranger', 'b'),
  ]);
  const added = await owner.request(
    'mutation { addDocument(input: { title: "Secret", text: "The treasure lies under the old oak tree." }) { id } }',
  );
  const { events } = await ask(owner, { content: 'Where does the treasure lie?' });
  const [started] = events;
  const cited = events.find((event) => event.__typename === 'CitationAdded');
  const key = await owner.request('mutation { createApiKey(input: { name: "mine" }) { apiKey { id } } }');
  const me = await owner.request('{ viewer { id } }');
  Object.assign(ids, {
    Viewer: me.data.viewer.id,
    Conversation: started?.['conversationId'],
    Message: started?.['userMessageId'],
    AssistantMessage: started?.['assistantMessageId'],
    Generation: started?.generationId,
    Document: added.data.addDocument.id,
    Passage: cited?.['citation'].passage.id,
    ApiKey: key.data.createApiKey.apiKey.id,
  });
});
afterAll(() => app.remove());

/** A value for an argument; ids are all the one given. `omitted`: a field of an input that is left out. */
function argumentFor(type: GraphQLInputType, id: string, omitted?: string): unknown {
  const nullable = getNullableType(type);
  if (isListType(nullable)) return [argumentFor(nullable.ofType as GraphQLInputType, id)];
  if (isInputObjectType(nullable))
    return Object.fromEntries(
      Object.values(nullable.getFields())
        .filter(({ name, type: of }) => isNonNullType(of) || (getNamedType(of).name === 'ID' && name !== omitted))
        .map((field) => [field.name, argumentFor(field.type, id)]),
    );
  if (isEnumType(nullable)) return nullable.getValues()[0]?.name;
  return { ID: id, String: 'text', Int: 1, Float: 0.5, Boolean: true }[(nullable as { name: string }).name];
}

const takesId = (type: GraphQLInputType): boolean => {
  const named = getNamedType(type);
  return (
    named.name === 'ID' ||
    (isInputObjectType(named) && Object.values(named.getFields()).some((field) => takesId(field.type)))
  );
};

const operations = roots.flatMap((root) => {
  if (!root) return [];
  const kind = root === roots[0] ? 'query' : root === roots[1] ? 'mutation' : 'subscription';
  return Object.values(root.getFields())
    .filter((field) => field.args.some((argument) => takesId(argument.type)))
    .map((field) => ({ kind, field }) as const);
});

function documentOf(kind: string, field: GraphQLField<unknown, unknown>): string {
  const leaf = getNamedType(field.type);
  const selection = isLeafType(leaf) ? '' : isObjectType(leaf) && leaf.getFields()['id'] ? '{ id }' : '{ __typename }';
  const variables = field.args.map((argument) => `$${argument.name}: ${argument.type}`).join(', ');
  const given = field.args.map((argument) => `${argument.name}: $${argument.name}`).join(', ');
  return `${kind}(${variables}) { ${field.name}(${given}) ${selection} }`;
}

/** Names of ids in inputs that may be left out, one after the other, and undefined. */
const optionalIds = (args: readonly GraphQLArgument[]): (string | undefined)[] => [
  undefined,
  ...args
    .map(({ type }) => getNamedType(type))
    .flatMap((type) => (isInputObjectType(type) ? Object.values(type.getFields()) : []))
    .filter(({ type }) => !isNonNullType(type) && getNamedType(type).name === 'ID')
    .map(({ name }) => name),
];

const variablesOf = (args: readonly GraphQLArgument[], id: string, omitted?: string) =>
  Object.fromEntries(
    args
      .filter((argument) => isNonNullType(argument.type) || takesId(argument.type))
      .map((argument) => [argument.name, argumentFor(argument.type, id, omitted)]),
  );

async function tryIt(
  who: Client,
  kind: string,
  field: GraphQLField<unknown, unknown>,
  id: string,
  omitted?: string,
): Promise<Pick<Answer, 'data' | 'errors'>> {
  const document = documentOf(kind, field);
  const variables = variablesOf(field.args, id, omitted);
  if (kind !== 'subscription') return plain(await who.request(document, variables));
  for (const transport of ['ws', 'sse'] as const)
    for await (const answer of who[transport](document, variables)) return plain(answer);
  return { data: null };
}
const plain = ({ data, errors }: Answer) =>
  ({ data, errors: errors?.map(({ message, extensions }) => ({ message, extensions })) }) as Pick<
    Answer,
    'data' | 'errors'
  >;
const globalId = (type: string, id: string) => Buffer.from(`${type}:${id}`).toString('base64');

describe.each(operations.map(({ kind, field }) => [field.name, kind, field] as const))('%s', (_name, kind, field) => {
  test.each(['Conversation', 'Message', 'AssistantMessage', 'Generation', 'Document', 'Passage', 'ApiKey', 'Viewer'])(
    "with another viewer's %s is as if it did not exist",
    async (type) => {
      const never = await tryIt(stranger, kind, field, globalId(type.replace('Assistant', ''), NEVER));
      for (const who of [neighbour, stranger]) {
        const answer = await tryIt(who, kind, field, ids[type] ?? '');
        if (field.name === 'search') expect(JSON.stringify(answer)).not.toContain('treasure');
        else expect(answer).toEqual(never);
      }
      for (const omitted of optionalIds(field.args).filter((name) => name !== undefined)) {
        const answer = await tryIt(stranger, kind, field, ids[type] ?? '', omitted);
        if (field.name === 'search') expect(JSON.stringify(answer)).not.toContain('treasure');
        else
          expect(answer).toEqual(
            await tryIt(stranger, kind, field, globalId(type.replace('Assistant', ''), NEVER), omitted),
          );
      }
    },
  );

  test.each(['', 'x', 'Conversation:1', '💥', globalId('Conversation', "' OR 1=1 --")])(
    'with the malformed id %j is a clean error or null',
    async (id) => {
      for (const omitted of optionalIds(field.args)) {
        const { errors } = await tryIt(stranger, kind, field, id, omitted);
        for (const error of errors ?? []) expect(error.extensions.code).toMatch(/NOT_FOUND|BAD_USER_INPUT/);
      }
    },
  );
});

test('none of it changed anything, and the owner still has everything', async () => {
  for (const [type, id] of Object.entries(ids)) {
    const { data } = await owner.request('query($id: ID!) { node(id: $id) { id __typename } }', { id });
    expect(data.node, type).toMatchObject({ id });
  }
});

test('the neighbour in the tenant reads shared documents and gets answers from them, the stranger does not', async () => {
  await owner.request(
    'mutation { addDocument(input: { title: "Common", text: "The kettle of the office is on the third floor.", shared: true }) { id } }',
  );
  const search =
    '{ search(query: "Where is the kettle of the office?") { passages { text } } documents { edges { node { title } } } }';
  expect(JSON.stringify((await neighbour.request(search)).data)).toContain('kettle');
  expect(JSON.stringify((await stranger.request(search)).data)).not.toContain('kettle');
});
