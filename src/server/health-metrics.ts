import { Gauge, type Registry } from 'prom-client';
import type { PlatformStatus } from '#core/services/index.ts';

/** The gauge of what answers. Returns the function that asks anew, called before each scrape. */
export function healthMetrics(
  platform: () => Promise<Pick<PlatformStatus, 'stores'>>,
  registry: Registry,
): () => Promise<void> {
  const up = new Gauge({
    name: 'parley_store_up',
    help: '1 while a store of platform.stores answers, else 0',
    labelNames: ['store'],
    registers: [registry],
  });
  return async () => {
    const { stores } = await platform();
    for (const { name, healthy } of stores) up.set({ store: name }, healthy ? 1 : 0);
  };
}
