import type { HookName, PluginManifest } from '#core/plugin.ts';
import type { LanguageModels } from '#core/ports/language-model.ts';
import type { Store } from '#core/ports/store.ts';

/** For tests: replaces parts that the settings choose. */
export interface Overrides {
  readonly store?: Store;
  readonly models?: LanguageModels;
  /** Added after the built-in ones. */
  readonly plugins?: readonly PluginManifest[];
  readonly deadlines?: Partial<Record<HookName, number>>;
}
