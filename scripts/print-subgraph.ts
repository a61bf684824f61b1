import { printSubgraphSchema } from '@apollo/subgraph';
import { type GraphQLSchema, Kind, lexicographicSortSchema, parse, print, visit } from 'graphql';

/** Federation 2.3: the oldest version with all that the services use. */
const LINK = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@shareable"])\n\n';

/** The text of a subgraph, for composition: with its directives, and without what every subgraph answers about itself. */
export function printSubgraph(schema: GraphQLSchema): string {
  const document = parse(printSubgraphSchema(lexicographicSortSchema(schema)));
  const own = visit(document, {
    [Kind.OBJECT_TYPE_DEFINITION]: ({ name }) => (name.value === '_Service' ? null : undefined),
    [Kind.FIELD_DEFINITION]: ({ name }) => (name.value === '_service' ? null : undefined),
  });
  return `${LINK}${print(own)}\n`;
}
