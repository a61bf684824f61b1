import { onTestFinished } from 'vitest';
import type { Hooks, PluginContext } from '#core/plugin.ts';
import { retrievalPlugin } from '../../src/plugins/retrieval/index.ts';
import type { RetrievalOptions } from '../../src/plugins/retrieval/options.ts';
import { type FakeFeed, houseOf } from './fake-feed.ts';
import { hookContext } from './plugin-context.ts';

/** What the plugin is given besides its feed of passages. */
interface Given extends RetrievalOptions {
  readonly warnings?: string[];
  readonly parts?: Partial<PluginContext>;
}

/** The plugin over a feed, started, and stopped when the test ends. It looks every 10 ms at what other replicas changed. */
export async function startedRetrieval(
  feed: FakeFeed,
  { warnings = [], parts = {}, ...options }: Given = {},
): Promise<Hooks> {
  const hooks = await retrievalPlugin({ followEvery: 10, ...options }).setup(houseOf(feed, warnings, parts));
  onTestFinished(() => hooks.stop?.());
  await hooks.start?.(hookContext().signal);
  return hooks;
}
