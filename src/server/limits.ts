/** Limits of a document, checked in one pass over its tree, before any rule with quadratic cost. */
import {
  type ArgumentNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isAbstractType,
  isInterfaceType,
  isListType,
  isObjectType,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';

export const MAX_TOKENS = 1_000;
export const MAX_DEPTH = 12;
/** Below __schema and __type: what the usual introspection query needs. */
const MAX_INTROSPECTION_DEPTH = 20;
/** `__schema` and `__type` in a document: each may walk the whole schema, in one go. */
export const MAX_INTROSPECTIONS = 5;
export const MAX_ALIASES = 30;
export const MAX_DIRECTIVES = 50;
export const MAX_FIELDS = 500;
/** Fields that stand again in the same selection, and fragments spread: OverlappingFieldsCanBeMerged compares them pair by pair. */
export const MAX_REPEATS = 100;
export const MAX_SPREADS = 60;
/** Fields, times the sizes of their lists. */
export const MAX_COST = 25_000;

/** The assumed size of a list without `listSize` in its extensions, and of a page without a size. */
const PLAIN_LIST = 10;
const DEFAULT_PAGE = 20;
/** A page whose size only the variables tell: as large as any may be. */
const LARGEST_PAGE = 100;

type Variables = Readonly<Record<string, unknown>>;
interface Measure {
  readonly depth: number;
  readonly cost: number;
  /** Fields with each fragment expanded at each of its places, and once for each type of an interface. */
  readonly expanded: number;
}
const NOTHING: Measure = { depth: 0, cost: 0, expanded: 0 };

export interface Extent {
  /** `checkCost` is to be asked before each execution. */
  readonly costDependsOnVariables: boolean;
  /** The value of the largest operation: the size of its compiled code grows with it. */
  readonly expandedFields: number;
}

/** Throws a GraphQLError that names the limit. Linear in the document, also where fragments fan out. */
export function checkLimits(schema: GraphQLSchema, document: DocumentNode): Extent {
  const counts: Counts = { aliases: 0, directives: 0, fields: 0, introspections: 0, repeats: 0, spreads: 0 };
  const { measures, variableSize } = measure(schema, document, undefined, counts);
  if (counts.aliases > MAX_ALIASES) refuse('number of aliases', MAX_ALIASES);
  if (counts.directives > MAX_DIRECTIVES) refuse('number of directives', MAX_DIRECTIVES);
  if (counts.fields > MAX_FIELDS) refuse('number of fields', MAX_FIELDS);
  if (counts.introspections > MAX_INTROSPECTIONS) refuse('number of introspections', MAX_INTROSPECTIONS);
  if (counts.repeats > MAX_REPEATS) refuse('number of repeated fields', MAX_REPEATS);
  if (counts.spreads > MAX_SPREADS) refuse('number of fragment spreads', MAX_SPREADS);
  let costDependsOnVariables = false;
  for (const { depth, cost } of measures) {
    if (depth > MAX_DEPTH) refuse('depth', MAX_DEPTH);
    if (cost <= MAX_COST) continue;
    if (!variableSize) refuseCost();
    costDependsOnVariables = true;
  }
  return { costDependsOnVariables, expandedFields: Math.max(0, ...measures.map(({ expanded }) => expanded)) };
}

/** Checks the cost of one execution, whose variables give the sizes of its pages. */
export function checkCost(schema: GraphQLSchema, document: DocumentNode, variables: Variables): void {
  for (const { cost } of measure(schema, document, variables).measures) if (cost > MAX_COST) refuseCost();
}

const refuseCost = () => refuse('cost (fields times page sizes)', MAX_COST);
function refuse(what: string, limit: number): never {
  throw new GraphQLError(`The document is too large: its ${what} is over ${limit}`);
}

const plainSize = ({ extensions: { listSize } }: GraphQLField<unknown, unknown>): number =>
  typeof listSize === 'number' ? listSize : PLAIN_LIST;

/** Of a field whose `extensions.cost` says that its resolver does more than read what is there. */
const ownCost = (field: GraphQLField<unknown, unknown> | undefined): number => {
  const cost = field?.extensions['cost'];
  return typeof cost === 'number' ? cost : 1;
};

interface Counts {
  aliases: number;
  directives: number;
  fields: number;
  introspections: number;
  repeats: number;
  spreads: number;
}
/** The context of a selection: its type, whether its lists are the page that the field above sized, and the names in it. */
interface Place {
  readonly type: GraphQLNamedType | undefined;
  readonly paged: boolean;
  readonly names: Set<string>;
}

function measure(
  schema: GraphQLSchema,
  document: DocumentNode,
  variables: Variables | undefined,
  counts: Counts = { aliases: 0, directives: 0, fields: 0, introspections: 0, repeats: 0, spreads: 0 },
): { readonly measures: readonly Measure[]; readonly variableSize: boolean } {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions)
    if (definition.kind === 'FragmentDefinition') fragments.set(definition.name.value, definition);
  const measured = new Map<string, Measure | 'open'>();
  let defaults: OperationDefinitionNode['variableDefinitions'];
  let variableSize = false;

  /** Each fragment once, however often it is spread: its cost is known then. */
  function ofFragment(name: string, paged: boolean): Measure {
    const key = `${name} ${paged}`;
    const known = measured.get(key);
    if (known === 'open') throw new GraphQLError(`Fragment "${name}" contains itself`);
    if (known) return known;
    const fragment = fragments.get(name);
    if (!fragment) return NOTHING; // validation says so
    measured.set(key, 'open');
    counts.directives += fragment.directives?.length ?? 0;
    const type = schema.getType(fragment.typeCondition.name.value);
    const result = ofSelections(fragment.selectionSet, { type, paged, names: new Set() });
    measured.set(key, result);
    return result;
  }

  function ofField(field: FieldNode, { type, paged, names }: Place): Measure {
    const { name, alias, selectionSet, arguments: given = [] } = field;
    counts.fields += 1;
    if (alias) counts.aliases += 1;
    const responseName = (alias ?? name).value;
    if (names.has(responseName)) counts.repeats += 1;
    names.add(responseName);
    const types = isAbstractType(type) ? schema.getPossibleTypes(type).length : 1;
    const definition =
      isObjectType(type) || isInterfaceType(type)
        ? (type.getFields()[name.value] as GraphQLField<unknown, unknown> | undefined)
        : undefined;
    const own = ownCost(definition);
    if (!selectionSet) return { depth: 1, cost: own, expanded: types };

    const sized = definition?.args.some((argument) => argument.name === 'first') ?? false;
    const inner = ofSelections(selectionSet, {
      type: definition && getNamedType(definition.type),
      paged: sized,
      names: new Set(),
    });
    const expanded = (1 + inner.expanded) * types;
    if (name.value === '__schema' || name.value === '__type') {
      counts.introspections += 1;
      if (inner.depth > MAX_INTROSPECTION_DEPTH) refuse('depth of introspection', MAX_INTROSPECTION_DEPTH);
      return { depth: 1, cost: 1 + inner.cost, expanded };
    }
    const list = definition && isListType(getNullableType(definition.type));
    const times = sized ? sizeOf(definition, given) : list && !paged ? plainSize(definition) : 1;
    return { depth: inner.depth + 1, cost: own + inner.cost * times, expanded };
  }

  function ofSelections({ selections }: SelectionSetNode, place: Place): Measure {
    let depth = 0;
    let cost = 0;
    let expanded = 0;
    for (const selection of selections) {
      counts.directives += selection.directives?.length ?? 0;
      let inner: Measure;
      if (selection.kind === 'Field') inner = ofField(selection, place);
      else if (selection.kind === 'FragmentSpread') {
        counts.spreads += 1;
        inner = ofFragment(selection.name.value, place.paged);
      } else {
        const condition = selection.typeCondition;
        const type = condition ? schema.getType(condition.name.value) : place.type;
        inner = ofSelections(selection.selectionSet, { ...place, type });
      }
      depth = Math.max(depth, inner.depth);
      cost += inner.cost;
      expanded += inner.expanded;
    }
    return { depth, cost, expanded };
  }

  function sizeOf(definition: GraphQLField<unknown, unknown> | undefined, given: readonly ArgumentNode[]): number {
    const size = given.find(({ name }) => name.value === 'first') ?? given.find(({ name }) => name.value === 'last');
    const usual = definition?.args.find(({ name }) => name === 'first')?.defaultValue;
    const omitted = typeof usual === 'number' ? usual : DEFAULT_PAGE;
    if (size?.value.kind === 'IntValue') return Math.max(1, Number(size.value.value));
    if (size?.value.kind !== 'Variable') return omitted;
    variableSize = true;
    if (!variables) return LARGEST_PAGE;
    const name = size.value.name.value;
    const usually = defaults?.find(({ variable }) => variable.name.value === name)?.defaultValue;
    const value = variables[name] ?? (usually?.kind === 'IntValue' ? Number(usually.value) : omitted);
    return typeof value === 'number' ? Math.max(1, value) : LARGEST_PAGE;
  }

  const measures: Measure[] = [];
  for (const definition of document.definitions) {
    if (definition.kind !== 'OperationDefinition') continue;
    defaults = definition.variableDefinitions;
    if (variables) measured.clear(); // another operation's variables have other defaults
    const type = schema.getRootType(definition.operation) ?? undefined;
    measures.push(ofSelections(definition.selectionSet, { type, paged: false, names: new Set() }));
  }
  // Fragments that nothing spreads may still contain themselves.
  for (const name of fragments.keys())
    if (!measured.has(`${name} false`) && !measured.has(`${name} true`)) ofFragment(name, false);
  return { measures, variableSize };
}
