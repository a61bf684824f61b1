import './scalars.ts';
import './viewer.ts';
import './conversation.ts';
import './message.ts';
import './generation.ts';
import './stream.ts';
import './conversation-events.ts';
import './document.ts';
import './search.ts';
import './platform.ts';
import './evaluation-set.ts';
import type { GraphQLSchema } from 'graphql';
import type { PluginManifest } from '#core/plugin.ts';
import { builder } from './builder.ts';
import { stopping } from './stopping.ts';

export type { Context, StreamPosition } from './builder.ts';
export { loaders } from './loaders.ts';

const added = new Set<string>();

/** The schema, with what the plugins bring; each plugin's part once a process. */
export function buildSchema(plugins: readonly Pick<PluginManifest, 'name' | 'schema'>[]): GraphQLSchema {
  for (const plugin of plugins) {
    if (!plugin.schema || added.has(plugin.name)) continue;
    plugin.schema(builder);
    added.add(plugin.name);
  }
  return stopping(builder.toSchema({ sortSchema: false })); // sorting takes 40 ms of a start; what is printed is sorted
}
