/** `npm run schema`: prints the schema that clients see into schema.graphql, and each service's subgraph into its folder. */
import { globSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { type GraphQLSchema, lexicographicSortSchema, printSchema } from 'graphql';
import { buildSchema } from '#schema/index.ts';
import { printSubgraph } from './print-subgraph.ts';

writeFileSync(
  new URL('../schema.graphql', import.meta.url),
  `${printSchema(lexicographicSortSchema(buildSchema([])))}\n`,
);
for (const file of globSync('services/*/schema.ts')) {
  const { schema }: { readonly schema: GraphQLSchema } = await import(`../${file}`);
  writeFileSync(`${dirname(file)}/schema.graphql`, printSubgraph(schema));
}
