/** A plugin as a process of its own: its parts, its door, and its entry in etcd. */
import { hostname } from 'node:os';
import { join } from 'node:path';
import { type Settings, SettingsError } from '#config/load.ts';
import { isLoopback } from '#config/settings.ts';
import { type InstalledPlugin, PluginDriver } from '#core/hooks/driver.ts';
import { installPlugins } from '#core/hooks/install.ts';
import type { LanguageModels } from '#core/ports/language-model.ts';
import { withDeadline } from '#core/runtime/deadline.ts';
import { Lifecycle } from '#core/runtime/lifecycle.ts';
import { warmUp } from '#core/runtime/warm-up.ts';
import { type Charge, ModelCaller } from '#core/turn/model-caller.ts';
import { EtcdRegistration } from '../../src/adapters/etcd/registration.ts';
import { metrics as makeMetrics } from '../../src/server/metrics.ts';
import { callers } from './callers.ts';
import type { ServiceDefinition } from './definition.ts';
import { type Door, openDoor } from './door.ts';
import { hookCalls } from './hook-call.ts';
import { openParts } from './parts.ts';

export interface RunningService {
  readonly url: string;
  stop(): Promise<void>;
}

/** Milliseconds for the first answer of the plugin. */
const WARM_WITHIN = 30_000;
/** Milliseconds for the plugin's report of its health. */
const HEALTH_WITHIN = 1_000;

/** Throws a SettingsError with all that is wrong with the settings. */
export async function startService(definition: ServiceDefinition, settings: Settings): Promise<RunningService> {
  const problems = problemsOf(definition, settings);
  if (problems.length > 0) throw new SettingsError(problems);
  const lifecycle = new Lifecycle();
  try {
    return { url: await compose(definition, settings, lifecycle), stop: () => lifecycle.stop() };
  } catch (error) {
    await lifecycle.stop();
    throw error;
  }
}

function problemsOf({ name, readsDocuments }: ServiceDefinition, settings: Settings): string[] {
  const problems: string[] = [];
  if (settings.SERVICE_SECRET === undefined && settings.PARLEY_ENV === 'production')
    problems.push(`SERVICE_SECRET: ${name} needs it in production; set it here and at the platform`);
  else if (settings.SERVICE_SECRET === undefined && !isLoopback(settings.HOST))
    problems.push(
      `SERVICE_SECRET: ${name} would answer everybody who reaches ${settings.HOST}; set it here and at the platform, or HOST=127.0.0.1`,
    );
  if (readsDocuments && settings.POSTGRES_URL === undefined)
    problems.push(`POSTGRES_URL: ${name} reads the platform's documents; set the platform's POSTGRES_URL`);
  return problems;
}

async function compose(definition: ServiceDefinition, settings: Settings, lifecycle: Lifecycle): Promise<string> {
  const { name, schema } = definition;
  const parts = await openParts(definition, settings, lifecycle);
  const manifest = await definition.plugin(settings);
  const installed = await installPlugins({
    ...parts,
    plugins: [manifest],
    settings: (setting) => settings.raw.get(setting)?.value,
    models: { ...parts.models, healthy: () => true },
    dataDirectory: join(parts.dataDirectory, parts.process),
  });
  const [plugin] = installed as [InstalledPlugin];
  await lifecycle.start({
    name: `plugin ${manifest.name}`,
    start: (signal) => plugin.hooks.start?.(signal),
    stop: () => plugin.hooks.stop?.(),
  });
  const warming = { name: `plugin ${manifest.name}`, warm: (within: AbortSignal) => plugin.hooks.warm?.(within) };
  await warmUp([warming], { signal: AbortSignal.timeout(WARM_WITHIN) });
  const driver = new PluginDriver(installed, { factor: settings.DEADLINE_FACTOR });
  const signal = AbortSignal.timeout(WARM_WITHIN);
  await definition.warmUp?.(driver, { generationId: null, features: 'all', signal, trace: () => undefined });
  let registration: EtcdRegistration | null = null;
  const metrics = makeMetrics(manifest.metrics ?? {}, {
    platform: async () => ({ stores: await storesOf(plugin, registration) }),
  });
  const door = await openDoor({
    ...{ schema, metrics, host: settings.HOST, port: settings.PORT, maxRequestBytes: BODY_BYTES },
    caller: callers(name, settings.SERVICE_SECRET),
    isOpen: settings.SERVICE_SECRET === undefined,
    begin: hookCalls({
      ...{ driver, passages: parts.feed.house.passages },
      caller: callerOver(parts.models),
    }),
    ready: () => problemsOfPlugin(plugin),
    metricsAccess: { token: settings.METRICS_TOKEN, open: settings.PARLEY_ENV !== 'production' },
  });
  await lifecycle.start({ name: 'door', stop: () => door.close() });
  await lifecycle.start({ name: 'metrics', stop: () => metrics.stop() });
  if (settings.ETCD_URL !== undefined) {
    const address = settings.SERVICE_URL ?? addressOf(settings.HOST, door);
    registration = new EtcdRegistration({ url: settings.ETCD_URL, service: name, address });
    const { start, stop } = registration;
    await lifecycle.start({ name: 'etcd', start: start.bind(registration), stop: stop.bind(registration) });
  }
  return `http://${settings.HOST.includes(':') ? `[${settings.HOST}]` : settings.HOST}:${door.port}`;
}

/** A sample to judge holds an answer and its passages. */
const BODY_BYTES = 8_388_608;

const callerOver =
  (models: LanguageModels) =>
  (charge: Charge): ModelCaller =>
    new ModelCaller(models, charge);

/** Of a process that listens on all addresses: the name of its machine, or container. */
const addressOf = (host: string, { port }: Door): string => {
  const reached = host === '0.0.0.0' || host === '::' ? hostname() : host;
  return `http://${reached.includes(':') ? `[${reached}]` : reached}:${port}`;
};

async function problemsOfPlugin({ manifest, hooks }: InstalledPlugin): Promise<readonly string[]> {
  try {
    await withDeadline(HEALTH_WITHIN, () => hooks.health?.());
    return [];
  } catch (error) {
    return [`plugin ${manifest.name}: ${error instanceof Error ? error.message : String(error)}`];
  }
}

async function storesOf({ hooks }: InstalledPlugin, registration: EtcdRegistration | null) {
  const stores = await withDeadline(HEALTH_WITHIN, async () => (await hooks.stores?.()) ?? []).catch(() => []);
  const etcd = { name: 'etcd', engine: 'etcd', healthy: registration?.registered ?? false, detail: null };
  return registration ? [...stores, etcd] : stores;
}
