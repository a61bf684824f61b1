import type { HookName, PluginManifest } from '#core/plugin.ts';
import type { LanguageModels } from '#core/ports/language-model.ts';
import type { Store } from '#core/ports/store.ts';

/** For tests: parts to use in place of those that the settings name. */
export interface Overrides {
  readonly store?: Store;
  readonly models?: LanguageModels;
  /** After the built-in ones. */
  readonly plugins?: readonly PluginManifest[];
  readonly deadlines?: Partial<Record<HookName, number>>;
}
