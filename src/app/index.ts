/** The composition root: ports over their adapters, plugins, services, and what the process starts for its role. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Settings } from '#config/load.ts';
import { Lifecycle } from '#core/runtime/lifecycle.ts';
import type { Parley } from '#core/services/index.ts';
import { buildSchema } from '#schema/index.ts';
import { checkedPlugins } from './checked-plugins.ts';
import { startLog } from './log.ts';
import type { Overrides } from './overrides.ts';
import { openPorts } from './ports.ts';
import { startCommon, startWeb, startWorker } from './roles.ts';
import { composeServices } from './services.ts';

export type { Overrides };

export interface App {
  readonly parley: Parley;
  /** The address: http://127.0.0.1:4000 */
  readonly url: string;
  /** Refuses new turns, drains running ones for SHUTDOWN_TIMEOUT, then interrupts them and closes the stores. */
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
  // First: what is told while the rest starts and stops is logged too.
  const logger = await startLog(settings, lifecycle);
  const opening = openPorts(settings, overrides, lifecycle);
  // Beside it: the database opens in a thread of its own.
  const preparing = prepare(settings, overrides);
  await Promise.allSettled([opening, preparing]); // what the one has opened is stopped where the other fails
  const ports = await opening;
  const { manifests, schema } = await preparing;
  const services = await composeServices(settings, ports, manifests, overrides);
  await startCommon(settings, services, lifecycle);
  if (settings.ROLE !== 'web') await startWorker(ports, services, lifecycle);
  const front = { manifests, schema: await schema };
  const server = await startWeb(settings, { ...ports, logger }, services, front, lifecycle);
  return {
    parley: services.parley,
    url: server.url,
    stop: () => lifecycle.stop(),
  };
}

/** The plugins, their settings checked, and the schema with what they add. A schema that cannot be built is told after all that is wrong with its plugin. */
async function prepare(settings: Settings, { plugins = [] }: Overrides) {
  await nextTurn(); // the ports are being opened
  const { manifests } = await checkedPlugins(settings, plugins);
  const schema = (async () => buildSchema(manifests))();
  schema.catch(() => undefined);
  return { manifests, schema };
}
