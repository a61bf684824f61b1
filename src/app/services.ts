/** Composes the services that GraphQL calls from ports and plugins. */
import { readFileSync } from 'node:fs';
import type { Settings } from '#config/load.ts';
import { type PassageFeed, passageFeed } from '#core/documents/passage-feed.ts';
import { AppError } from '#core/errors.ts';
import { type InstalledPlugin, PluginDriver } from '#core/hooks/driver.ts';
import { findPlugin, installPlugins } from '#core/hooks/install.ts';
import type { PluginManifest } from '#core/plugin.ts';
import type { JobsDepth } from '#core/ports/jobs.ts';
import type { Store } from '#core/ports/store.ts';
import { features, type RunningFeatures } from '#core/rollout/features.ts';
import { FeatureGuard } from '#core/rollout/guard.ts';
import { within } from '#core/runtime/deadline.ts';
import { warn } from '#core/runtime/diagnostics.ts';
import { retry } from '#core/runtime/retry.ts';
import { StoreWatch } from '#core/runtime/store-watch.ts';
import { apiKeys } from '#core/services/api-keys.ts';
import { conversations } from '#core/services/conversations.ts';
import { documents } from '#core/services/documents.ts';
import { eraseViewer } from '#core/services/erasure.ts';
import { EvaluationRuns } from '#core/services/evaluation-runs.ts';
import { evaluationSets } from '#core/services/evaluation-sets.ts';
import { evaluations } from '#core/services/evaluations.ts';
import type { Parley } from '#core/services/index.ts';
import { kpis } from '#core/services/kpis.ts';
import { messages } from '#core/services/messages.ts';
import { operations } from '#core/services/operations.ts';
import { platformStatus } from '#core/services/platform.ts';
import { Admission } from '#core/turn/admission.ts';
import { TurnEnding } from '#core/turn/ending.ts';
import { generationEvents } from '#core/turn/generation-events.ts';
import { canContinue, generations } from '#core/turn/generations.ts';
import { type Charge, ModelCaller } from '#core/turn/model-caller.ts';
import { Pipeline, type PipelineParts } from '#core/turn/pipeline.ts';
import { Retrieval } from '#core/turn/retrieval.ts';
import { RunningGenerations } from '#core/turn/running-generations.ts';
import { Summaries } from '#core/turn/summaries.ts';
import { Takeover, type TakeoverOptions } from '#core/turn/takeover.ts';
import { featureSwitches, featuresOptions, viewerShare } from './options.ts';
import type { Overrides } from './overrides.ts';
import type { Ports } from './ports.ts';
import { withServices } from './stand-ins.ts';

export interface Services {
  readonly parley: Parley;
  readonly plugins: readonly InstalledPlugin[];
  readonly feed: PassageFeed;
  readonly features: RunningFeatures;
  /** Null where it is switched off. */
  readonly guard: FeatureGuard | null;
  readonly apiKeys: ReturnType<typeof apiKeys>;
  readonly documents: ReturnType<typeof documents>;
  readonly runs: EvaluationRuns;
  readonly running: RunningGenerations;
  readonly watch: StoreWatch;
  readonly summaries: Summaries;
  readonly takeover: Takeover;
  readonly admission: Admission;
}

export async function composeServices(
  settings: Settings,
  ports: Ports,
  manifests: readonly PluginManifest[],
  { deadlines }: Overrides,
): Promise<Services> {
  const { store, models, pubSub, log, replica } = ports;
  const caller = new ModelCaller(models, charger(store));
  const feed = passageFeed(store);
  const plugins = withServices(await installed(settings, ports, manifests, { caller, feed }), ports.services);
  const driver = new PluginDriver(plugins, { deadlines, factor: settings.DEADLINE_FACTOR });
  const switches = features(store, featureSwitches(settings, manifests), featuresOptions(settings));
  const retrieval = new Retrieval(driver, store.documents);
  const watch = watchOf(settings, ports);
  const readEvents = generationEvents(store, log, { watch });
  const summaries = summariesOf(settings, ports, { driver, caller });
  const pipeline = pipelineOf(settings, ports, { driver, caller, retrieval, readEvents, summaries, feed });
  const running = new RunningGenerations({ store, owner: replica, leaseMs: settings.GENERATION_LEASE });
  const admission = admissionOf(settings);
  const keys = apiKeys(store);
  const library = libraryOf(settings, ports, { driver, retrieval, feed, features: switches });
  const { MAX_MESSAGE_CHARACTERS: maxMessageCharacters } = settings;
  const { HISTORY_MESSAGES: historyMessages, HISTORY_TOKENS: historyTokens } = settings;
  const chats = conversations({ store, pubSub, leases: running, maxMessageCharacters });

  const turns = generations({
    ...{ store, log, pubSub, pipeline, admission, leases: running, features: switches, models, readEvents },
    ...{ select: chats.select, maxMessageCharacters, historyMessages, historyTokens, summaries },
  });
  const takeover = takeoverOf(settings, ports, { running, resume: turns.resume, judge: turns.judge });
  const written = messages({ store, driver, features: switches });
  const runs = new EvaluationRuns({
    ...{ store, driver, caller, features: switches, generations: turns, messages: written },
    ...{ jobs: ports.localJobs, sharedJobs: ports.jobs, owner: replica },
  });

  const parley: Parley = {
    conversations: chats,
    messages: written,
    generations: turns,
    documents: library,
    evaluations: evaluations(store),
    features: switches,
    ...{ apiKeys: keys, database: watch },
    operations: operations({ driver, features: switches, caller, maxMessageCharacters }),
    evaluationSets: evaluationSets({
      ...{ store, driver, features: switches, maxMessageCharacters },
      onQueued: (id, viewerId) => runs.queued(id, viewerId),
    }),
    viewer: (identity) => store.viewers.ensure(identity),
    usage: (viewer, since) => store.viewers.usage(viewer, since),
    platform: () =>
      platformStatus({ ...platformOf(settings, ports), store, plugins, features: switches, models, caller }),
    load: async () => ({
      generations: { active: admission.active, queued: admission.queued },
      jobs: await depthOf(ports),
      pool: store.pool(),
    }),
    kpis: (viewer, since) => kpis(store, viewer, since),
    erase: (viewer, confirm) =>
      eraseViewer({ store, driver, documents: library, running, summaries, apiKeys: keys }, viewer, confirm),
    plugin: (name, viewer) => findPlugin(plugins, name, switches.enabledFor(viewer)),
  };
  const guard = guardOf(settings, ports, switches);
  return {
    ...{ parley, plugins, feed, features: switches, guard, apiKeys: keys, documents: library },
    ...{ runs, running, watch, takeover, summaries, admission },
  };
}

const VERSION: string = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).version;

type Library = Pick<Parameters<typeof documents>[0], 'driver' | 'retrieval' | 'feed' | 'features'>;
const libraryOf = (
  settings: Settings,
  { store, jobs, parser, replica, uploadDirectory }: Ports,
  parts: Library,
): ReturnType<typeof documents> =>
  documents({
    ...{ ...parts, store, jobs, parser, owner: replica, directory: uploadDirectory },
    maxDocumentCharacters: settings.MAX_REQUEST_BYTES,
    deadlineFactor: settings.DEADLINE_FACTOR,
  });

const pipelineOf = (
  { RETRIEVED_PASSAGES: passageLimit, HISTORY_TOKENS: historyTokens }: Settings,
  { store, models, pubSub }: Ports,
  {
    feed,
    ...parts
  }: Pick<PipelineParts, 'driver' | 'caller' | 'retrieval' | 'readEvents' | 'summaries'> & {
    readonly feed: PassageFeed;
  },
): Pipeline =>
  new Pipeline({
    ...{ ...parts, models, documents: store.documents, store: new TurnEnding(store, pubSub, charger(store)) },
    ...{ versionOf: (viewer) => feed.house.version(viewer), passageLimit, historyTokens },
  });

const platformOf = ({ PARLEY_ENV: environment }: Settings, { redis }: Ports) => ({
  version: VERSION,
  environment,
  redis,
});

/** Milliseconds that the database gets to tell what waits. */
const TOLD = 1_000;
/** Of all servers where there are several: each would know but its own queue, or what it was told of the others'. */
const depthOf = async ({ store, jobs }: Ports): Promise<JobsDepth> =>
  (store.shared ? await within(TOLD, store.jobs()).catch(() => undefined) : undefined) ?? jobs.depth();

const watchOf = ({ GENERATION_LEASE: leaseMs }: Settings, { store, marks }: Ports): StoreWatch =>
  new StoreWatch({ check: () => store.check(), marks, leaseMs });

const takeoverOf = (
  { HISTORY_MESSAGES: historyMessages, HISTORY_TOKENS: historyTokens }: Settings,
  { store, models, replica }: Ports,
  { running, ...work }: Pick<Services, 'running'> & Pick<TakeoverOptions, 'resume' | 'judge'>,
): Takeover =>
  new Takeover({
    ...{ store, historyMessages, historyTokens, owner: replica, leaseMs: running.leaseMs, ...work },
    keepText: canContinue(models),
  });

const summariesOf = (
  { HISTORY_TOKENS: tokens, HISTORY_MESSAGES: messages }: Settings,
  { store, models }: Ports,
  parts: { readonly driver: PluginDriver; readonly caller: ModelCaller },
): Summaries => new Summaries({ ...parts, store: store.summaries, models, limits: { tokens, messages } });

const guardOf = (
  { FEATURE_GUARD }: Settings,
  { store, replica }: Ports,
  switches: RunningFeatures,
): FeatureGuard | null =>
  FEATURE_GUARD === 'on' ? new FeatureGuard({ store: store.features, features: switches, owner: replica }) : null;

const admissionOf = (settings: Settings): Admission =>
  new Admission({
    limit: settings.MAX_CONCURRENT_REQUESTS,
    queueLimit: settings.MAX_QUEUED_REQUESTS,
    share: viewerShare(settings),
  });

/** Some 10 s while the database does not answer. */
const CHARGE_RETRIES = { firstMs: 100, longestMs: 3_000, tries: 9, keepAlive: true };

/** Charges what is no part of a generation's own usage to the viewer in the store. */
const charger =
  (store: Store): Charge =>
  (viewer, call) => {
    const isTransient = (error: unknown) => error instanceof AppError && error.code === 'STORE_UNAVAILABLE';
    retry(() => store.viewers.charge(viewer, call), { ...CHARGE_RETRIES, isTransient }).catch((error) =>
      warn('usage', 'a model call could not be accounted for', error),
    );
  };

const installed = (
  settings: Settings,
  { store, models, embeddings, cache, localJobs: jobs, dataDirectory }: Ports,
  manifests: readonly PluginManifest[],
  { caller, feed }: { readonly caller: ModelCaller; readonly feed: PassageFeed },
): Promise<InstalledPlugin[]> =>
  installPlugins({
    plugins: manifests,
    settings: (name) => settings.raw.get(name)?.value,
    models: { ...models, healthy: (name) => caller.healthy(name) },
    ...{ ...embeddings, dataDirectory, feed, cache, jobs },
    deadlineFactor: settings.DEADLINE_FACTOR,
    usage: (viewer, since) => store.viewers.usage(viewer, since),
    tenantUsage: (tenant, since) => store.viewers.tenantUsage(tenant, since),
  });
