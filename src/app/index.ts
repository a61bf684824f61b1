/** The composition root: what Parley is made of, in the order in which it starts. */
import { randomUUIDv7 } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Settings } from '#config/load.ts';
import { parseSwitch } from '#config/settings.ts';
import { passageFeed } from '#core/documents/passage-feed.ts';
import { PluginDriver } from '#core/hooks/driver.ts';
import { envNameOf, type FeatureSwitch, features } from '#core/hooks/features.ts';
import { findPlugin, installPlugins } from '#core/hooks/install.ts';
import { thirdPartyPlugins } from '#core/hooks/third-party.ts';
import type { HookName, PluginManifest } from '#core/plugin.ts';
import type { LanguageModels } from '#core/ports/language-model.ts';
import type { Store } from '#core/ports/store.ts';
import { warn } from '#core/runtime/diagnostics.ts';
import { Lifecycle } from '#core/runtime/lifecycle.ts';
import { apiKeys } from '#core/services/api-keys.ts';
import { conversations } from '#core/services/conversations.ts';
import { documents } from '#core/services/documents.ts';
import type { Parley } from '#core/services/index.ts';
import { messages } from '#core/services/messages.ts';
import { operations } from '#core/services/operations.ts';
import { platformStatus } from '#core/services/platform.ts';
import { Admission } from '#core/turn/admission.ts';
import { TurnEnding } from '#core/turn/ending.ts';
import { generationEvents } from '#core/turn/generation-events.ts';
import { generations } from '#core/turn/generations.ts';
import { ModelCaller } from '#core/turn/model-caller.ts';
import { Pipeline } from '#core/turn/pipeline.ts';
import { Retrieval } from '#core/turn/retrieval.ts';
import { RunningGenerations } from '#core/turn/running-generations.ts';
import { buildSchema } from '#schema/index.ts';
import { memoryEventLog } from '../adapters/memory/event-log.ts';
import { memoryJobs } from '../adapters/memory/jobs.ts';
import { memoryPubSub } from '../adapters/memory/pub-sub.ts';
import { memorySharedCache } from '../adapters/memory/shared-cache.ts';
import { builtInAnswerer } from '../adapters/models/built-in.ts';
import { languageModels } from '../adapters/models/index.ts';
import { documentParser } from '../adapters/parsers/index.ts';
import { openStore } from '../adapters/postgres/index.ts';
import { claimReplicaId } from '../adapters/replica.ts';
import { startServer } from '../server/index.ts';
import { builtInPlugins } from './plugins.ts';
import { embeddingsOf } from './retrieval-parts.ts';

/** For tests: parts to use in place of those that the settings name. */
export interface Overrides {
  readonly store?: Store;
  readonly models?: LanguageModels;
  /** After the built-in ones. */
  readonly plugins?: readonly PluginManifest[];
  readonly deadlines?: Partial<Record<HookName, number>>;
}

export interface App {
  readonly parley: Parley;
  /** Where it listens: http://127.0.0.1:4000 */
  readonly url: string;
  /** No new turns; what runs is drained for SHUTDOWN_TIMEOUT, then interrupted; stores closed. */
  stop(): Promise<void>;
}

export async function createApp(settings: Settings, overrides: Overrides = {}): Promise<App> {
  const lifecycle = new Lifecycle();
  try {
    return await compose(settings, overrides, lifecycle);
  } catch (error) {
    await lifecycle.stop();
    throw error;
  }
}

async function compose(settings: Settings, overrides: Overrides, lifecycle: Lifecycle): Promise<App> {
  const dataDirectory = resolve(settings.DATA_DIR);
  mkdirSync(dataDirectory, { recursive: true });

  // ---- ports over their adapters
  const replica = claimReplicaId(dataDirectory);
  await lifecycle.start({ name: 'replica', stop: () => replica.release() });
  const store = overrides.store ?? (await openStore(storeOptions(settings, dataDirectory)));
  await lifecycle.start({ name: 'store', stop: () => store.close() });
  const log = memoryEventLog();
  const pubSub = memoryPubSub();
  const jobs = memoryJobs();
  const cache = memorySharedCache({ maxBytes: settings.CACHE_MEMORY_BYTES });
  // Files of requests that a former life did not answer: what was acknowledged is in the store.
  const uploadDirectory = join(dataDirectory, 'uploads', replica.id);
  rmSync(uploadDirectory, { recursive: true, force: true });
  const parser = documentParser();
  await lifecycle.start({ name: 'parser', stop: () => parser.close() });
  const models = overrides.models ?? languageModels(modelOptions(settings));
  const embeddings = embeddingsOf(settings, store);

  const caller = new ModelCaller(models, (viewer, model, usage) => {
    store.viewers
      .charge(viewer, { id: randomUUIDv7(), model, usage })
      .catch((error) => warn('usage', 'a model call could not be accounted for', error));
  });

  // ---- plugins
  const feed = passageFeed(store);
  const manifests = [
    ...(await builtInPlugins(settings)),
    ...(await thirdPartyPlugins(settings.PARLEY_PLUGINS)),
    ...(overrides.plugins ?? []),
  ];
  const plugins = await installPlugins({
    plugins: manifests,
    settings: (name) => settings.raw.get(name)?.value,
    dataDirectory,
    feed,
    models: { ...models, healthy: (name) => caller.healthy(name) },
    ...embeddings,
    cache,
    jobs,
    usage: (viewer, since) => store.viewers.usage(viewer, since),
    tenantUsage: (tenant, since) => store.viewers.tenantUsage(tenant, since),
  });
  const driver = new PluginDriver(plugins, overrides.deadlines);

  // ---- services
  const switches = features(store, featureSwitches(settings, manifests));
  const retrieval = new Retrieval(driver, store.documents);
  const finishing = new TurnEnding(store, pubSub);
  const readEvents = generationEvents(store, log);
  const pipeline = new Pipeline({
    driver,
    models,
    caller,
    retrieval,
    documents: store.documents,
    readEvents,
    store: finishing,
    passageLimit: settings.RETRIEVED_PASSAGES,
  });
  const leases = new RunningGenerations({ store, owner: replica.id });
  const admission = new Admission({
    limit: settings.MAX_CONCURRENT_REQUESTS,
    queueLimit: settings.MAX_QUEUED_REQUESTS,
  });
  const keys = apiKeys(store);
  const library = documents({
    store,
    jobs,
    driver,
    retrieval,
    features: switches,
    feed,
    maxDocumentCharacters: settings.MAX_REQUEST_BYTES,
    parser,
    directory: uploadDirectory,
    owner: replica.id,
  });
  const { MAX_MESSAGE_CHARACTERS: maxMessageCharacters, HISTORY_MESSAGES: historyMessages } = settings;

  const parley: Parley = {
    conversations: conversations({ store, pubSub, leases, maxMessageCharacters }),
    messages: messages(store),
    generations: generations({
      store,
      log,
      pubSub,
      pipeline,
      admission,
      leases,
      features: switches,
      models,
      readEvents,
      select: async () => undefined,
      maxMessageCharacters,
      historyMessages,
    }),
    documents: library,
    features: switches,
    apiKeys: keys,
    operations: operations({ driver, features: switches, caller, maxMessageCharacters }),
    viewer: (identity) => store.viewers.ensure(identity),
    usage: (viewer, since) => store.viewers.usage(viewer, since),
    platform: () =>
      platformStatus({
        version: VERSION,
        environment: settings.PARLEY_ENV,
        store,
        plugins,
        features: switches,
        models,
        caller,
      }),
    plugin: (name, viewer) => findPlugin(plugins, name, switches.enabledFor(viewer)),
  };

  // ---- started in order, stopped in reverse
  await lifecycle.start({ name: 'recovery', start: () => leases.recover({ formerLife: true }) });
  await lifecycle.start({ name: 'passages', start: () => feed.start(), stop: () => feed.stop() });
  await lifecycle.start({ name: 'features', start: () => switches.start(), stop: () => switches.stop() });
  if (settings.BOOTSTRAP_API_KEY !== undefined) await keys.bootstrap(settings.BOOTSTRAP_API_KEY);
  for (const { manifest, hooks } of plugins)
    await lifecycle.start({
      name: `plugin ${manifest.name}`,
      start: (signal) => hooks.start?.(signal),
      stop: () => hooks.stop?.(),
    });
  await lifecycle.start({ name: 'ingestion', start: () => library.start(), stop: () => library.stop() });
  // ---- the door
  const server = await startServer({
    parley,
    schema: buildSchema(manifests),
    metrics: Object.assign({}, ...manifests.map((manifest) => manifest.metrics)),
    ...serverOptions(settings),
    uploadDirectory,
  });
  await lifecycle.start({ name: 'server', stop: () => server.close(), stopWithin: settings.SHUTDOWN_TIMEOUT + 5_000 });
  // Stopped first: while answers drain, their readers are still served.
  await lifecycle.start({
    name: 'generations',
    stop: async () => {
      await leases.drain(settings.SHUTDOWN_TIMEOUT);
      await log.stop();
    },
    stopWithin: settings.SHUTDOWN_TIMEOUT + 10_000,
  });
  return {
    parley,
    url: server.url,
    async stop() {
      admission.close();
      await lifecycle.stop();
    },
  };
}

const VERSION: string = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).version;

const storeOptions = ({ POSTGRES_URL, DATABASE_POOL_SIZE }: Settings, dataDirectory: string) => ({
  ...(POSTGRES_URL === undefined ? {} : { postgresUrl: POSTGRES_URL }),
  poolSize: DATABASE_POOL_SIZE,
  dataDirectory,
});

const modelOptions = (settings: Settings) => ({
  openaiApiKey: settings.OPENAI_API_KEY,
  openaiBaseUrl: settings.OPENAI_BASE_URL,
  anthropicApiKey: settings.ANTHROPIC_API_KEY,
  light: settings.MODEL_LIGHT,
  balanced: settings.MODEL_BALANCED,
  strong: settings.MODEL_STRONG,
  firstTokenTimeoutMs: settings.MODEL_FIRST_TOKEN_TIMEOUT,
  tokenTimeoutMs: settings.MODEL_TOKEN_TIMEOUT,
  prices: settings.MODEL_PRICES,
  builtIn: builtInAnswerer(),
});

const serverOptions = (settings: Settings) => ({
  host: settings.HOST,
  port: settings.PORT,
  auth: settings.AUTH,
  jwtSecret: settings.JWT_SECRET,
  jwtJwksUrl: settings.JWT_JWKS_URL,
  jwtIssuer: settings.JWT_ISSUER,
  jwtAudience: settings.JWT_AUDIENCE,
  maxRequestBytes: settings.MAX_REQUEST_BYTES,
  maxUploadBytes: settings.MAX_UPLOAD_BYTES,
  corsOrigins: settings.CORS_ORIGINS,
  logLevel: settings.LOG_LEVEL,
});

function featureSwitches({ raw }: Settings, manifests: readonly PluginManifest[]): FeatureSwitch[] {
  return manifests.flatMap(({ feature }) => {
    if (!feature) return [];
    const setting = raw.get(envNameOf(feature.name));
    const configured = setting && parseSwitch(setting.value);
    if (setting && !configured)
      throw new Error(`${envNameOf(feature.name)}: must be true, false or a percentage such as 25%`);
    return [configured && setting ? { ...feature, configured: { ...configured, source: setting.source } } : feature];
  });
}
