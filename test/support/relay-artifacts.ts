/** Builds what relay-compiler would generate for a document, because the compiler is a separate binary. */
import type { ConcreteRequest, NormalizationSelection } from 'relay-runtime';

type Selection = NormalizationSelection & { readonly kind: string };

export const scalar = (name: string): Selection =>
  ({ alias: null, args: null, kind: 'ScalarField', name, storageKey: null }) as never;

/** A field of a composite type; of an abstract one with null. Arguments are the variables of the same names. */
export const field = (
  name: string,
  concreteType: string | null,
  selections: readonly Selection[],
  variables: readonly string[] = [],
  plural = false,
): Selection =>
  ({
    alias: null,
    args: variables.map((variable) => ({ kind: 'Variable', name: variable, variableName: variable })),
    concreteType,
    kind: 'LinkedField',
    name,
    plural,
    selections,
    storageKey: null,
  }) as never;

export const of = (type: string, selections: readonly Selection[]): Selection =>
  ({ kind: 'InlineFragment', selections, type, abstractKey: null }) as never;

const ROOTS = { query: 'Query', mutation: 'Mutation', subscription: 'Subscription' } as const;

export function request(
  operationKind: keyof typeof ROOTS,
  name: string,
  variables: Readonly<Record<string, string>>,
  selections: readonly Selection[],
): ConcreteRequest {
  const argumentDefinitions = Object.keys(variables).map((variable) => ({
    defaultValue: null,
    kind: 'LocalArgument',
    name: variable,
  }));
  const declared = Object.entries(variables).map(([variable, type]) => `$${variable}: ${type}`);
  const text = `${operationKind} ${name}${declared.length ? `(${declared.join(', ')})` : ''} { ${printed(selections)} }`;
  return {
    fragment: {
      argumentDefinitions,
      kind: 'Fragment',
      metadata: null,
      name,
      selections,
      type: ROOTS[operationKind],
      abstractKey: null,
    },
    kind: 'Request',
    operation: { argumentDefinitions, kind: 'Operation', name, selections },
    params: { cacheID: name, id: null, metadata: {}, name, operationKind, text },
  } as never;
}

function printed(selections: readonly Selection[]): string {
  return selections
    .map((selection) => {
      const {
        kind,
        name,
        type,
        args,
        selections: inner,
      } = selection as never as {
        readonly kind: string;
        readonly name: string;
        readonly type: string;
        readonly args: readonly { readonly name: string }[] | null;
        readonly selections: readonly Selection[];
      };
      if (kind === 'ScalarField') return name;
      if (kind === 'InlineFragment') return `... on ${type} { ${printed(inner)} }`;
      const given = args?.length ? `(${args.map((argument) => `${argument.name}: $${argument.name}`).join(', ')})` : '';
      return `${name}${given} { ${printed(inner)} }`;
    })
    .join(' ');
}
