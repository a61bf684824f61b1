/** Documents that are valid for a schema, and answers to them: as random as their seed, and the same for the same seed. */
import {
  type GraphQLCompositeType,
  type GraphQLInputType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  isUnionType,
} from 'graphql';

type Random = () => number;

/** mulberry32, public domain: https://gist.github.com/tommyettinger/46a874533244883189143505d203312c */
export function random(seed: number): Random {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const pick = <T>(items: readonly T[], next: Random): T => items[Math.floor(next() * items.length)] as T;

/** Uses the variables $yes and $no with the values true and false. */
export function randomDocument(schema: GraphQLSchema, root: GraphQLObjectType, seed: number): string {
  const next = random(seed);
  const fragments: string[] = [];

  const direction = () =>
    next() < 0.15 ? pick([' @include(if: $yes)', ' @skip(if: $yes)', ' @skip(if: $no)'], next) : '';

  function field(parent: Exclude<GraphQLCompositeType, { getTypes: unknown }>, name: string, depth: number): string {
    const definition = parent.getFields()[name];
    if (!definition) throw new Error(`no field ${name}`);
    const given = definition.args
      .filter((argument) => isNonNullType(argument.type) || next() < 0.3)
      .map((argument) => `${argument.name}: ${literal(argument.type, next)}`);
    const type = getNamedType(definition.type);
    const inner = isCompositeType(type) ? ` ${selections(type, depth + 1)}` : '';
    const alias = next() < 0.1 ? `a${Math.floor(next() * 1e9)}: ` : '';
    return `${alias}${name}${given.length > 0 ? `(${given.join(', ')})` : ''}${direction()}${inner}`;
  }

  function selections(type: GraphQLCompositeType, depth: number): string {
    const chosen = ['__typename'];
    if (!isUnionType(type))
      for (const { name, type: of } of Object.values(type.getFields()))
        if (next() < (depth > 3 ? 0.35 : 0.6) && !(depth > 4 && isCompositeType(getNamedType(of))))
          chosen.push(field(type, name, depth));
    if (isAbstractType(type))
      for (const possible of schema.getPossibleTypes(type)) {
        if (next() > 0.4) continue;
        const text = `on ${possible.name}`;
        if (next() < 0.3) {
          const name = `F${fragments.push('') - 1}`;
          fragments[Number(name.slice(1))] = `fragment ${name} ${text} ${selections(possible, depth + 1)}`;
          chosen.push(`...${name}${direction()}`);
        } else chosen.push(`... ${text}${direction()} ${selections(possible, depth + 1)}`);
      }
    return `{ ${chosen.join(' ')} }`;
  }

  const body = selections(root, 0);
  const kind = root === schema.getMutationType() ? 'mutation' : 'query';
  return `${kind} ($yes: Boolean!, $no: Boolean! = false) ${body} fragment Used on ${root.name} { __typename @include(if: $yes) @skip(if: $no) } ${fragments.join(' ')}`.replace(
    '{ __typename',
    '{ __typename ...Used',
  );
}

function literal(type: GraphQLInputType, next: Random): string {
  const nullable = getNullableType(type);
  if (isListType(nullable)) return `[${literal(nullable.ofType, next)}]`;
  if (isEnumType(nullable)) return nullable.getValues()[0]?.name ?? '';
  if (isInputObjectType(nullable)) {
    const fields = Object.values(nullable.getFields()).filter(({ type }) => isNonNullType(type) || next() < 0.4);
    return `{${fields.map((field) => `${field.name}: ${literal(field.type, next)}`).join(', ')}}`;
  }
  return (
    { Int: '3', Float: '0.5', Boolean: 'true', ID: '"x"', DateTime: '"2026-01-01T00:00:00Z"' }[nullable.name] ?? '"s"'
  );
}

/** The rates at which resolvers throw or reject: in all fields, or only in nullable ones. */
export interface Failures {
  readonly share: number;
  readonly nullableOnly: boolean;
}

/** A resolver for every field: some answer at once, some later. */
export function answerAtRandom(schema: GraphQLSchema, failures: Failures): void {
  const isRoot = (type: GraphQLObjectType) => type === schema.getQueryType() || type === schema.getMutationType();
  for (const type of Object.values(schema.getTypeMap()))
    if (isObjectType(type) && !type.name.startsWith('__'))
      for (const definition of Object.values(type.getFields()))
        definition.resolve = (_source, given, _context, info) => {
          const next = random(seedOf(placeOf(info) + JSON.stringify(given)));
          if ((!failures.nullableOnly || !isNonNullType(definition.type)) && next() < failures.share) {
            const error = new Error(`${type.name}.${definition.name}`);
            if (next() < 0.5) throw error;
            return Promise.reject(error);
          }
          const value = answer(schema, definition.type, next);
          return isRoot(type) || next() < 0.3 ? Promise.resolve(value) : value;
        };
}

function answer(schema: GraphQLSchema, type: GraphQLOutputType, next: Random): unknown {
  if (!isNonNullType(type) && next() < 0.1) return null;
  const nullable = getNullableType(type);
  if (isListType(nullable))
    return Array.from({ length: Math.floor(next() * 3) }, () => answer(schema, nullable.ofType, next));
  if (isEnumType(nullable)) return pick(nullable.getValues(), next).value;
  if (isAbstractType(nullable)) return { __typename: pick(schema.getPossibleTypes(nullable), next).name };
  if (isObjectType(nullable)) return { __typename: nullable.name };
  return { Int: Math.floor(next() * 100), Float: next(), Boolean: next() < 0.5 }[nullable.name] ?? `text ${next()}`;
}

function placeOf({ path }: GraphQLResolveInfo): string {
  const keys: (string | number)[] = [];
  for (let place: typeof path | undefined = path; place; place = place.prev) keys.push(place.key);
  return keys.join('/');
}

function seedOf(text: string): number {
  let seed = 7;
  for (let index = 0; index < text.length; index += 1) seed = (Math.imul(seed, 31) + text.charCodeAt(index)) | 0;
  return seed;
}
