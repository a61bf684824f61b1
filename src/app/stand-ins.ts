/** Services in place of plugins: which plugin each runs, and how they are found. */
import type { Settings } from '#config/load.ts';
import type { InstalledPlugin } from '#core/hooks/driver.ts';
import { ServiceCaller, type ServiceCallerOptions } from '#core/hooks/service-caller.ts';
import { standIn } from '#core/hooks/stand-in.ts';
import type { Lifecycle } from '#core/runtime/lifecycle.ts';

/** The services by the names of their plugins; services/ has a folder for each. */
const SERVICES: Readonly<Record<string, string>> = {
  intent: 'intent-tracker',
  retrieval: 'hybrid-retriever',
  quality: 'quality-evaluator',
};

/** Finds services by etcd. Null without ETCD_URL: every plugin runs in this process. */
export async function openServices(
  { ETCD_URL: url, SERVICE_SECRET: secret, DEADLINE_FACTOR: factor }: Settings,
  lifecycle: Lifecycle,
): Promise<ServiceCallerOptions | null> {
  if (url === undefined) return null;
  const { EtcdDirectory } = await import('../adapters/etcd/directory.ts');
  const { serviceClient } = await import('../adapters/services/client.ts');
  const directory = new EtcdDirectory({ url, services: Object.values(SERVICES), loopbackOnly: secret === undefined });
  await lifecycle.start({ name: 'services', start: () => directory.start(), stop: () => directory.stop() });
  return { directory, client: serviceClient(secret), factor };
}

/** The plugins, with their services in their place where there are any. */
export const withServices = (
  plugins: readonly InstalledPlugin[],
  services: ServiceCallerOptions | null,
): readonly InstalledPlugin[] =>
  plugins.map((plugin) => {
    const service = SERVICES[plugin.manifest.name];
    return services && service !== undefined ? standIn(plugin, new ServiceCaller(service, services)) : plugin;
  });
