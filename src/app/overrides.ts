import type { HookName, PluginManifest } from '#core/plugin.ts';
import type { LanguageModels } from '#core/ports/language-model.ts';
import type { Store } from '#core/ports/store.ts';

import type { Connection } from '../adapters/postgres/database.ts';

/** Replaces parts that the settings choose: for tests, but for `database`. */
export interface Overrides {
  readonly store?: Store;
  /** The embedded database, which is being opened. */
  readonly database?: Promise<Connection>;
  readonly models?: LanguageModels;
  /** Added after the built-in ones. */
  readonly plugins?: readonly PluginManifest[];
  readonly deadlines?: Partial<Record<HookName, number>>;
}
