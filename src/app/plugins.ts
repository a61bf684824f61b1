import type { Settings } from '#config/load.ts';
import type { PluginManifest } from '#core/plugin.ts';
import { intentPlugin } from '../plugins/intent/index.ts';
import { retrievalPlugin } from '../plugins/retrieval/index.ts';
import { retrievalOptions } from './retrieval-parts.ts';

/** THE list of plugins, in order: in `first` hooks the earlier answers, in `wrap` hooks the earlier is outermost. */
export const builtInPlugins = async (settings: Settings): Promise<PluginManifest[]> => [
  // tells what a message does, what it is about and what it means in full, before anything else is asked
  intentPlugin({ loadAtStart: settings.ENABLE_INTENT_TRACKING?.enabled ?? true }),
  // grounds answers in the viewer's documents
  retrievalPlugin(await retrievalOptions(settings)),
];
