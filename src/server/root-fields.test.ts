import { buildSchema, type OperationDefinitionNode, parse } from 'graphql';
import { expect, test } from 'vitest';
import { isRepeatable } from './root-fields.ts';

const schema = buildSchema(`
  input In { clientMutationId: String, text: String }
  type Query { a: Int }
  type Mutation { send(input: In!): Int, remove(id: ID!): Int }
  type Subscription { chat(input: In!): Int, follow(id: ID!): Int }
`);
const chat = schema.getSubscriptionType()?.getFields()['chat'];
if (chat) chat.extensions = { writes: true };

function repeatable(text: string, variables: Readonly<Record<string, unknown>> = {}): boolean {
  const document = parse(text);
  const kind = document.definitions.find((one): one is OperationDefinitionNode => one.kind === 'OperationDefinition');
  if (!kind) throw new Error('no operation');
  return isRepeatable(schema, { document, kind, variables });
}

test.each([
  ['{ a }', {}],
  ['subscription { follow(id: 1) }', {}],
  ['mutation { send(input: { clientMutationId: "x" }) }', {}],
  ['mutation($id: String) { send(input: { clientMutationId: $id }) }', { id: 'x' }],
  ['mutation($input: In!) { send(input: $input) }', { input: { clientMutationId: 'x' } }],
  [
    'mutation($input: In!) { ...F } fragment F on Mutation { send(input: $input) }',
    { input: { clientMutationId: '' } },
  ],
  ['subscription($input: In!) { chat(input: $input) }', { input: { clientMutationId: 'x' } }],
])('may be done twice: %s', (text, variables) => {
  expect(repeatable(text, variables)).toBe(true);
});

test.each([
  ['mutation { send(input: { text: "x" }) }', {}],
  ['mutation { send(input: { clientMutationId: null }) }', {}],
  ['mutation($id: String = "always") { send(input: { clientMutationId: $id }) }', {}],
  ['mutation($input: In!) { send(input: $input) }', { input: { text: 'x' } }],
  ['mutation($input: In!) { send(input: $input) }', { input: null }],
  ['mutation { remove(id: 1) }', {}],
  ['mutation { send(input: { clientMutationId: "x" }) remove(id: 1) }', {}],
  ['mutation { send(input: { clientMutationId: "x" }) ... on Mutation { b: send(input: {}) } }', {}],
  ['subscription { chat(input: {}) }', {}],
])('may not be done twice: %s', (text, variables) => {
  expect(repeatable(text, variables)).toBe(false);
});
