import { readFileSync } from 'node:fs';
import {
  buildASTSchema,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  lexicographicSortSchema,
  parse,
  printSchema,
  visit,
} from 'graphql';
import { expect, test } from 'vitest';
import { ERROR_CATALOGUE } from '#core/errors.ts';
import { buildSchema } from '#schema/index.ts';

const built = buildSchema([]);

/** The contract leaves connections to Relay's specification. */
function contract(): GraphQLSchema {
  const document = parse(readFileSync(new URL('./contract.graphql', import.meta.url), 'utf8'));
  const names = new Set<string>();
  visit(document, { NamedType: ({ name }) => void (name.value.endsWith('Connection') && names.add(name.value)) });
  const connections = [...names].map((name) => {
    const node = name.replace(/Connection$/, '');
    return `type ${name} { edges: [${node}Edge!]! pageInfo: PageInfo! } type ${node}Edge { node: ${node}! cursor: String! }`;
  });
  const relay = parse(
    `${connections.join('\n')} type PageInfo { hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: String endCursor: String }`,
  );
  return buildASTSchema({ ...document, definitions: [...document.definitions, ...relay.definitions] });
}

/** Every promise of a schema, as lines: `Query.search(first: Int = 8)`. */
function promises(schema: GraphQLSchema): string[] {
  return Object.values(schema.getTypeMap()).flatMap((type) => {
    if (type.name.startsWith('__')) return [];
    if (isEnumType(type)) return type.getValues().map((value) => `${type.name}.${value.name}`);
    if (isInputObjectType(type))
      return Object.values(type.getFields()).map(
        (field) => `${type.name}.${field.name}: ${field.type} = ${JSON.stringify(field.defaultValue)}`,
      );
    if (!isObjectType(type) && !isInterfaceType(type)) return [type.name];
    return [
      ...type.getInterfaces().map((other) => `${type.name} implements ${other.name}`),
      ...Object.values(type.getFields()).flatMap((field) => [
        `${type.name}.${field.name}: ${field.type}`,
        ...field.args.map(
          (argument) =>
            `${type.name}.${field.name}(${argument.name}: ${argument.type} = ${JSON.stringify(argument.defaultValue)})`,
        ),
      ]),
    ];
  });
}

test('the schema keeps every promise of the contract', () => {
  const kept = new Set(promises(built));
  expect(promises(contract()).filter((promise) => !kept.has(promise))).toEqual([]);
});

test('schema.graphql is what the code prints: npm run schema', () => {
  const printed = `${printSchema(lexicographicSortSchema(built))}\n`;
  expect(readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8')).toBe(printed);
});

test('the schema’s error codes are those of the catalogue, and docs/errors.md explains each', () => {
  const codes = built.getType('ErrorCode');
  const names = isEnumType(codes) ? codes.getValues().map((value) => value.name) : [];
  expect(names.sort()).toEqual(Object.keys(ERROR_CATALOGUE).sort());
  const told = [
    ...readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8').matchAll(/^\| `([A-Z_]+)` \|/gm),
  ].map(([, code]) => code);
  expect(told.sort()).toEqual(names);
});
