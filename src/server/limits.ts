/** What a document may ask for at most, found in one pass over its tree, before any rule that is quadratic sees it. */
import type { DocumentNode, FieldNode, FragmentDefinitionNode, SelectionSetNode } from 'graphql';
import { GraphQLError } from 'graphql';

export const MAX_TOKENS = 1_000;
export const MAX_DEPTH = 12;
/** Below __schema and __type: what the usual introspection query needs. */
const MAX_INTROSPECTION_DEPTH = 20;
export const MAX_ALIASES = 30;
export const MAX_DIRECTIVES = 50;
export const MAX_FIELDS = 500;
/** Fields, times the sizes of the pages they stand in. */
export const MAX_COST = 25_000;
/** What a list that has no size is taken for. */
const PLAIN_LIST = 10;
const PAGE_UNKNOWN = 100;
const PLAIN_LISTS = new Set(['siblings', 'citations', 'passages', 'stages', 'apiKeys']);

interface Measure {
  readonly depth: number;
  readonly cost: number;
}
const NOTHING: Measure = { depth: 0, cost: 0 };

/** Throws a GraphQLError that names the limit. Linear in the document, also where fragments fan out. */
export function checkLimits(document: DocumentNode): void {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions)
    if (definition.kind === 'FragmentDefinition') fragments.set(definition.name.value, definition);
  const counts = { aliases: 0, directives: 0, fields: 0 };
  const measured = new Map<string, Measure | 'open'>();

  const measureFragment = (name: string): Measure => {
    const known = measured.get(name);
    if (known === 'open') throw new GraphQLError(`Fragment "${name}" contains itself`);
    if (known) return known;
    const fragment = fragments.get(name);
    if (!fragment) return NOTHING; // validation says so
    measured.set(name, 'open');
    counts.directives += fragment.directives?.length ?? 0;
    const measure = measureSelections(fragment.selectionSet);
    measured.set(name, measure);
    return measure;
  };

  const measureField = (field: FieldNode): Measure => {
    counts.fields += 1;
    if (field.alias) counts.aliases += 1;
    const inner = field.selectionSet ? measureSelections(field.selectionSet) : NOTHING;
    const introspection = field.name.value === '__schema' || field.name.value === '__type';
    if (introspection && inner.depth > MAX_INTROSPECTION_DEPTH)
      refuse('depth of introspection', MAX_INTROSPECTION_DEPTH);
    return { depth: introspection ? 1 : inner.depth + 1, cost: 1 + inner.cost * sizeOf(field) };
  };

  function measureSelections({ selections }: SelectionSetNode): Measure {
    let depth = 0;
    let cost = 0;
    for (const selection of selections) {
      counts.directives += selection.directives?.length ?? 0;
      const measure =
        selection.kind === 'Field'
          ? measureField(selection)
          : selection.kind === 'InlineFragment'
            ? measureSelections(selection.selectionSet)
            : measureFragment(selection.name.value);
      depth = Math.max(depth, measure.depth);
      cost += measure.cost;
    }
    return { depth, cost };
  }

  for (const definition of document.definitions) {
    if (definition.kind === 'FragmentDefinition') measureFragment(definition.name.value);
    if (definition.kind !== 'OperationDefinition') continue;
    const { depth, cost } = measureSelections(definition.selectionSet);
    if (depth > MAX_DEPTH) refuse('depth', MAX_DEPTH);
    if (cost > MAX_COST) refuse('cost (fields times page sizes)', MAX_COST);
  }
  if (counts.aliases > MAX_ALIASES) refuse('number of aliases', MAX_ALIASES);
  if (counts.directives > MAX_DIRECTIVES) refuse('number of directives', MAX_DIRECTIVES);
  if (counts.fields > MAX_FIELDS) refuse('number of fields', MAX_FIELDS);
}

function refuse(what: string, limit: number): never {
  throw new GraphQLError(`The document is too large: its ${what} is over ${limit}`);
}

function sizeOf({ name, arguments: given = [] }: FieldNode): number {
  const size = given.find((argument) => argument.name.value === 'first' || argument.name.value === 'last');
  if (!size) return PLAIN_LISTS.has(name.value) ? PLAIN_LIST : 1;
  return size.value.kind === 'IntValue' ? Math.max(1, Number(size.value.value)) : PAGE_UNKNOWN;
}
