import type { DocumentNode, GraphQLSchema, OperationDefinitionNode, SelectionSetNode } from 'graphql';

/** True if an operation changes anything: a mutation, or a subscription to a field marked with `writes`. */
export function writes(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode): boolean {
  if (operation.operation === 'mutation') return true;
  const fields = schema.getRootType(operation.operation)?.getFields() ?? {};
  return [...rootFields(document, operation.selectionSet)].some((name) => fields[name]?.extensions['writes'] === true);
}

/** The names of root fields, in fragments too. The document is valid: no fragment contains itself. */
export function* rootFields(document: DocumentNode, { selections }: SelectionSetNode): Generator<string> {
  for (const selection of selections) {
    if (selection.kind === 'Field') yield selection.name.value;
    else if (selection.kind === 'InlineFragment') yield* rootFields(document, selection.selectionSet);
    else
      for (const definition of document.definitions)
        if (definition.kind === 'FragmentDefinition' && definition.name.value === selection.name.value)
          yield* rootFields(document, definition.selectionSet);
  }
}
