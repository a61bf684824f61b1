/** Starts the parts of a process's role in order. They stop in reverse order. */
import type { Settings } from '#config/load.ts';
import type { PluginManifest } from '#core/plugin.ts';
import { warn } from '#core/runtime/diagnostics.ts';
import type { Lifecycle } from '#core/runtime/lifecycle.ts';
import type { Warming } from '#core/runtime/warm-up.ts';
import { type RunningServer, type ServerOptions, startServer } from '../server/index.ts';
import type { Logging } from '../server/logging.ts';
import { serverOptions } from './options.ts';
import type { Ports } from './ports.ts';
import type { Services } from './services.ts';

/** For all roles: starts what must run before any request. */
export async function startCommon(settings: Settings, services: Services, lifecycle: Lifecycle): Promise<void> {
  const { feed, features, apiKeys, plugins, takeover } = services;
  await lifecycle.start({ name: 'passages', start: () => feed.start(), stop: () => feed.stop() });
  await lifecycle.start({ name: 'features', start: () => features.start(), stop: () => features.stop() });
  if (settings.BOOTSTRAP_API_KEY !== undefined && !(await apiKeys.bootstrap(settings.BOOTSTRAP_API_KEY)))
    warn('keys', 'BOOTSTRAP_API_KEY was revoked and lets nobody in; set a new one: openssl rand -hex 32');
  for (const { manifest, hooks } of plugins)
    await lifecycle.start({
      name: `plugin ${manifest.name}`,
      start: (signal) => hooks.start?.(signal),
      stop: () => hooks.stop?.(),
    });
  // Before anything else runs here under the same owner.
  await lifecycle.start({ name: 'takeover', start: () => takeover.start(), stop: () => takeover.stop() });
}

/** worker: reads, cuts and indexes documents, also those that a replica which died left behind. */
export async function startWorker(
  { jobs }: Ports,
  { documents, runs, guard }: Services,
  lifecycle: Lifecycle,
): Promise<void> {
  await lifecycle.start({ name: 'feature guard', start: () => guard?.start(), stop: () => guard?.stop() });
  await lifecycle.start({
    name: 'work',
    start: () => Promise.all([documents.start(), runs.start()]),
    async stop() {
      documents.stop();
      runs.stop();
      await jobs.stop();
    },
  });
}

/** web: the door, and the generations behind it. A worker has the door too, for /health, /ready and /metrics alone. */
export async function startWeb(
  settings: Settings,
  {
    store,
    uploadDirectory,
    log,
    logger,
  }: Pick<Ports, 'store' | 'uploadDirectory' | 'log'> & {
    readonly logger: Logging['log'];
  },
  { parley, admission, running, watch, summaries, takeover, plugins, features }: Services,
  { manifests, schema }: Pick<ServerOptions, 'schema'> & { readonly manifests: readonly PluginManifest[] },
  lifecycle: Lifecycle,
): Promise<RunningServer> {
  // A server without any before or beside it has none to send clients to: they wait for its database.
  const hasOthers = settings.REDIS_URL !== undefined || settings.TRUSTED_PROXIES.length > 0;
  if (store.shared && hasOthers)
    await lifecycle.start({ name: 'store watch', start: () => watch.start(), stop: () => watch.stop() });
  const server = await startServer({
    parley,
    schema,
    metrics: Object.assign({}, ...manifests.map((manifest) => manifest.metrics)),
    ...serverOptions(settings),
    uploadDirectory,
    log: logger,
    healthOnly: settings.ROLE === 'worker',
    warming: warmingOf({ plugins, features }),
  });
  await lifecycle.start({ name: 'server', stop: () => server.close(), stopWithin: settings.SHUTDOWN_TIMEOUT + 5_000 });
  // Stopped first: while answers drain, their readers are still served.
  await lifecycle.start({
    name: 'generations',
    stop: async () => {
      const taken = takeover.stop();
      // What proxies have sent before is still begun.
      if (store.shared && settings.TRUSTED_PROXIES.length > 0) await server.leave();
      admission.close();
      await taken;
      await running.drain(settings.SHUTDOWN_TIMEOUT);
      await summaries.stop();
      await log.stop();
    },
    stopWithin: settings.SHUTDOWN_TIMEOUT + 10_000,
  });
  return server;
}

/** The plugins that are switched on now. */
function warmingOf({ plugins, features }: Pick<Services, 'plugins' | 'features'>): Warming[] {
  const off = new Set(features.list().flatMap(({ name, enabled }) => (enabled ? [] : [name])));
  return plugins.flatMap(({ manifest, hooks }) =>
    hooks.warm && !off.has(manifest.feature?.name ?? '')
      ? [{ name: `plugin ${manifest.name}`, warm: (signal: AbortSignal) => hooks.warm?.(signal) }]
      : [],
  );
}
