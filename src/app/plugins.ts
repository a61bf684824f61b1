import type { Settings } from '#config/load.ts';
import { parseSwitch } from '#config/switch.ts';
import type { PluginManifest } from '#core/plugin.ts';
import { cachePlugin } from '../plugins/cache/index.ts';
import { semanticCachePlugin } from '../plugins/cache/semantic-plugin.ts';
import { intentPlugin } from '../plugins/intent/index.ts';
import { qualityPlugin } from '../plugins/quality/index.ts';
import { repairPlugin } from '../plugins/quality/repair.ts';
import { retrievalPlugin } from '../plugins/retrieval/index.ts';
import { budgetPlugin } from '../plugins/routing/budget-plugin.ts';
import { routingPlugin } from '../plugins/routing/index.ts';
import { retrievalOptions } from './retrieval-parts.ts';

/** THE list of plugins, in order: in `first` hooks the earlier answers, in `wrap` hooks the earlier is outermost. */
export const builtInPlugins = async (settings: Settings): Promise<PluginManifest[]> => [
  // Tells what a message does, its topic and its full meaning, before all other hooks.
  intentPlugin({ loadAtStart: switchedOn(settings, 'ENABLE_INTENT_TRACKING') ?? true }),
  // answers a question again as it was answered, where nothing that grounds the answer has changed
  cachePlugin(),
  // answers a question that says the same in other words, where that is as good as certain
  semanticCachePlugin(),
  // grounds answers in the viewer's documents
  retrievalPlugin(await retrievalOptions(settings)),
  // ends turns whose budget is spent, then chooses the model of the others
  budgetPlugin(),
  routingPlugin(),
  // judges answers after they are out, and tries those again that fell short
  qualityPlugin(),
  repairPlugin(),
];

/** The value of a switch in the settings. Undefined if it is not set. */
const switchedOn = ({ raw }: Settings, name: string): boolean | undefined =>
  parseSwitch(raw.get(name)?.value ?? '')?.enabled;
