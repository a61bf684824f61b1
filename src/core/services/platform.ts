import type { InstalledPlugin } from '../hooks/driver.ts';
import { HOOK_NAMES, type StoreHealth } from '../plugin.ts';
import type { LanguageModels } from '../ports/language-model.ts';
import type { Store } from '../ports/store.ts';
import { withDeadline } from '../runtime/deadline.ts';
import type { ModelCaller } from '../turn/model-caller.ts';
import type { Features, PlatformStatus } from './index.ts';

export interface PlatformOptions {
  readonly version: string;
  readonly environment: string;
  readonly store: Store;
  /** Answers its name and version; throws where it does not answer. Null: there is none. */
  readonly redis: { check(): Promise<string> } | null;
  readonly plugins: readonly InstalledPlugin[];
  readonly features: Features;
  readonly models: LanguageModels;
  readonly caller: ModelCaller;
}

/** Time limit in milliseconds for the health check of a plugin or store. */
const PATIENCE = 1_000;

/** The state of all plugins and stores. Never rejects: one that does not answer is reported as unhealthy, with the reason. */
export async function platformStatus({
  version,
  environment,
  store,
  redis,
  plugins,
  features,
  models,
  caller,
}: PlatformOptions): Promise<PlatformStatus> {
  const states = features.list();
  const [storeHealth, redisHealth, pluginStores, ...pluginHealth] = await Promise.all([
    ask(() => store.check().then(() => undefined)),
    redis && ask(() => redis.check()),
    Promise.all(plugins.map(storesOf)),
    ...plugins.map(({ hooks }) => ask(() => hooks.health?.())),
  ]);
  return {
    version,
    environment,
    features: states,
    plugins: plugins.map(({ manifest, hooks }, index) => ({
      name: manifest.name,
      version: manifest.version,
      enabled: !manifest.feature || (states.find((state) => state.name === manifest.feature?.name)?.enabled ?? false),
      hooks: HOOK_NAMES.filter((hook) => hooks[hook] !== undefined),
      healthy: pluginHealth[index]?.healthy ?? false,
      detail: pluginHealth[index]?.detail ?? null,
    })),
    models: models.list.map(({ name, tier }) => ({
      ...{ name, tier, healthy: caller.healthy(name), contextTokens: models.contextTokens(name) },
      price: models.price(name),
    })),
    stores: [
      { name: 'store', engine: store.engine, ...storeHealth },
      ...(redisHealth ? [{ name: 'redis', engine: 'Redis', ...redisHealth }] : []),
      ...pluginStores.flat(),
    ],
  };
}

async function storesOf({ manifest, hooks }: InstalledPlugin): Promise<readonly StoreHealth[]> {
  try {
    return await withDeadline(PATIENCE, async () => (await hooks.stores?.()) ?? []);
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return [{ name: manifest.name, engine: 'unknown', healthy: false, detail }];
  }
}

async function ask(
  health: () => PromiseLike<string | undefined> | string | undefined,
): Promise<{ healthy: boolean; detail: string | null }> {
  try {
    const late = () => new Error(`no answer in ${PATIENCE} ms`);
    return { healthy: true, detail: (await withDeadline(PATIENCE, health, { late })) ?? null };
  } catch (error) {
    return { healthy: false, detail: error instanceof Error ? error.message : String(error) };
  }
}
