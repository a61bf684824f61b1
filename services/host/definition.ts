import type { GraphQLSchema } from 'graphql';
import type { Settings } from '#config/load.ts';
import type { HookRun, PluginDriver } from '#core/hooks/driver.ts';
import type { PluginManifest } from '#core/plugin.ts';

/** A service as its main.ts defines it. */
export interface ServiceDefinition {
  /** The name of its folder, and of its entries in etcd. */
  readonly name: string;
  readonly plugin: (settings: Settings) => PluginManifest | Promise<PluginManifest>;
  /** A subgraph of Apollo Federation 2. */
  readonly schema: GraphQLSchema;
  /** True for a plugin that reads documents: it needs the platform's database. */
  readonly readsDocuments: boolean;
  /** Asks the plugin once before the service is registered, because its first answer takes long. `run` asks no model. */
  readonly warmUp?: (driver: PluginDriver, run: HookRun) => Promise<unknown>;
}
