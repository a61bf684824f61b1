import type {
  DocumentNode,
  FieldNode,
  GraphQLSchema,
  OperationDefinitionNode,
  SelectionSetNode,
  ValueNode,
} from 'graphql';

/** True if an operation changes anything: a mutation, or a subscription to a field marked with `writes`. */
export function writes(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode): boolean {
  if (operation.operation === 'mutation') return true;
  const fields = schema.getRootType(operation.operation)?.getFields() ?? {};
  return [...rootFields(document, operation.selectionSet)].some((name) => fields[name]?.extensions['writes'] === true);
}

export interface Asked {
  readonly document: DocumentNode;
  readonly kind: OperationDefinitionNode;
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined;
}

/** True if an operation has the effect of one when it is done twice: it changes nothing, or each of its fields has a clientMutationId. */
export function isRepeatable(schema: GraphQLSchema, { document, kind, variables }: Asked): boolean {
  if (!writes(schema, document, kind)) return true;
  return [...rootFieldNodes(document, kind.selectionSet)].every((field) => {
    const input = field.arguments?.find(({ name }) => name.value === 'input')?.value;
    return input !== undefined && hasId(input, variables ?? {});
  });
}

/** Whether an input, as written or as a variable, has a clientMutationId. */
function hasId(input: ValueNode, variables: Readonly<Record<string, unknown>>): boolean {
  if (input.kind === 'Variable') {
    const given = variables[input.name.value] as { readonly clientMutationId?: unknown } | null | undefined;
    return typeof given?.clientMutationId === 'string';
  }
  if (input.kind !== 'ObjectValue') return false;
  const id = input.fields.find(({ name }) => name.value === 'clientMutationId')?.value;
  return id?.kind === 'Variable' ? typeof variables[id.name.value] === 'string' : id?.kind === 'StringValue';
}

/** The names of root fields, in fragments too. The document is valid: no fragment contains itself. */
export function* rootFields(document: DocumentNode, selected: SelectionSetNode): Generator<string> {
  for (const { name } of rootFieldNodes(document, selected)) yield name.value;
}

function* rootFieldNodes(document: DocumentNode, { selections }: SelectionSetNode): Generator<FieldNode> {
  for (const selection of selections) {
    if (selection.kind === 'Field') yield selection;
    else if (selection.kind === 'InlineFragment') yield* rootFieldNodes(document, selection.selectionSet);
    else
      for (const definition of document.definitions)
        if (definition.kind === 'FragmentDefinition' && definition.name.value === selection.name.value)
          yield* rootFieldNodes(document, definition.selectionSet);
  }
}
