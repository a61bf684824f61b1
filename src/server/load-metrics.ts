import { Gauge, type Registry } from 'prom-client';
import { warn } from '#core/runtime/diagnostics.ts';
import type { Load } from '#core/services/index.ts';

export interface LoadSources {
  load(): Promise<Load>;
  /** WebSockets and subscriptions now. */
  connections(): number;
}

/** Gauges of what is under way and what waits. Returns the function that reads them anew, called before each scrape. */
export function loadMetrics({ load, connections }: LoadSources, registry: Registry): () => Promise<void> {
  const registers = [registry];
  const gauge = (name: string, help: string) => new Gauge({ name, help, registers });
  const byState = (name: string, help: string) => new Gauge({ name, help, labelNames: ['state'], registers });
  const active = gauge('parley_generations_active', 'Generations that hold one of MAX_CONCURRENT_REQUESTS places');
  const queued = gauge('parley_generations_queued', 'Generations that wait for a place');
  const open = gauge('parley_connections', 'WebSockets and subscriptions that are open');
  const size = gauge('parley_store_pool_size', 'Connections that the pool of the database may open');
  const pool = byState('parley_store_pool', 'Connections of the pool (used, idle) and statements that wait for one');
  const jobs = byState(
    'parley_jobs',
    'Ingestions and evaluation runs (running, waiting) of all servers that share the database: over several take the largest',
  );
  return async () => {
    open.set(connections());
    try {
      const now = await load();
      active.set(now.generations.active);
      queued.set(now.generations.queued);
      size.set(now.pool.size);
      for (const state of ['used', 'idle', 'waiting'] as const) pool.set({ state }, now.pool[state]);
      for (const state of ['running', 'waiting'] as const) jobs.set({ state }, now.jobs[state]);
    } catch (error) {
      warn('metrics', 'the load could not be read; its gauges keep their last values', error);
    }
  };
}
