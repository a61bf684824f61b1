import { globSync, readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { assertCompositionSuccess, composeServices } from '@theguild/federation-composition';
import { type GraphQLSchema, graphql, parse, validate } from 'graphql';
import { beforeAll, describe, expect, test } from 'vitest';
import { printSubgraph } from '../../scripts/print-subgraph.ts';
import { QUESTIONS } from '../../src/adapters/services/questions.ts';

/** The hooks that each service answers. */
const HOOKS: Readonly<Record<string, keyof typeof QUESTIONS>> = {
  'intent-tracker': 'understand',
  'quality-evaluator': 'assess',
  'hybrid-retriever': 'retrieve',
};
const names = globSync('services/*/schema.ts').map((file) => basename(dirname(file)));
const schemas = new Map<string, GraphQLSchema>();
const textOf = (name: string) => readFileSync(`services/${name}/schema.graphql`, 'utf8');
const subgraphs = names.map((name) => ({ name, url: `http://${name}`, typeDefs: parse(textOf(name)) }));

beforeAll(async () => {
  for (const name of names) schemas.set(name, (await import(`../../services/${name}/schema.ts`)).schema);
});

describe.each(names)('the schema of services/%s', (name) => {
  const schema = () => schemas.get(name) as GraphQLSchema;

  test('is what its file says; where it is not: npm run schema', () => {
    expect(textOf(name)).toBe(printSubgraph(schema()));
  });

  test('is a subgraph that Apollo’s library builds', () => {
    const built = buildSubgraphSchema(parse(textOf(name)));
    expect(built.getQueryType()?.getFields()).toHaveProperty('_service');
  });

  test('answers its own text, as a gateway asks for it', async () => {
    const { data } = await graphql({ schema: schema(), source: '{ _service { sdl } }' });
    expect(data?.['_service']).toEqual({ sdl: textOf(name) });
  });

  test('answers what the platform asks', () => {
    const hook = HOOKS[name];
    expect(hook && validate(schema(), parse(QUESTIONS[hook].document))).toEqual([]);
  });
});

test('the services compose to one supergraph', () => {
  const result = composeServices(subgraphs);
  assertCompositionSuccess(result);
  for (const name of names) expect(result.supergraphSdl).toContain(HOOKS[name]);
});

/** The platform is no subgraph. A gateway that knows it as one of Federation 1, whose types are all shareable, can compose it too. */
test('the services compose with the platform’s schema', () => {
  const platform = {
    name: 'platform',
    url: 'http://platform',
    typeDefs: parse(readFileSync('schema.graphql', 'utf8')),
  };
  assertCompositionSuccess(composeServices([...subgraphs, platform]));
});

test('a type that two subgraphs define in their own ways is refused', () => {
  const other = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.3") type Query { x: Note } type Note { detail: Int! }`;
  const result = composeServices([...subgraphs, { name: 'other', url: 'http://other', typeDefs: parse(other) }]);
  expect(result.errors?.length).toBeGreaterThan(0);
});
