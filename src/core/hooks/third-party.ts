import { isAbsolute, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { PluginManifest } from '../plugin.ts';

/**
 * The default exports of modules by name or path; a path is seen from the working folder. Throws an Error that names the
 * module that cannot be loaded; what it exports is checked when it is installed.
 */
export function thirdPartyPlugins(names: readonly string[]): Promise<PluginManifest[]> {
  return Promise.all(
    names.map(async (name) => {
      const isPath = name.startsWith('.') || isAbsolute(name);
      try {
        const module: { readonly default?: unknown } = await import(isPath ? pathToFileURL(resolve(name)).href : name);
        return module.default as PluginManifest;
      } catch (error) {
        const reason = error instanceof Error ? error.message : error;
        throw new Error(`PARLEY_PLUGINS: ${name} cannot be loaded: ${reason}`, { cause: error });
      }
    }),
  );
}
