/** Makes the services of one plugin: its namespaces in the cache, the metrics and the jobs. */
import type { MetricDeclarations, Metrics, PluginContext } from '../plugin-context.ts';
import type { SharedCache } from '../ports/shared-cache.ts';
import { withDeadline } from '../runtime/deadline.ts';
import { emit, warn } from '../runtime/diagnostics.ts';
import { KnownClaims } from './known-claims.ts';

/** Milliseconds that a call of the cache may take; then it is a miss. */
const PATIENCE = 250;

/** A call that failed after this many milliseconds was kept waiting: the cache hangs. */
const SLOW = 100;
/** Milliseconds for which nobody waits for a cache that hangs: a turn makes several calls, and only the first of all waits. */
const HUNG_FOR = 1_000;
/** When each cache may be asked again. */
const hungUntil = new WeakMap<SharedCache, number>();

/** The plugin's keys and tags cannot meet another's; each call ends in time, and a failure is a miss. */
export function cacheOf(cache: SharedCache, plugin: string, deadlineFactor = 1): SharedCache {
  const own = (key: string) => `${plugin}:${key}`;
  let warned = 0;
  const claims = new KnownClaims();
  const soft = async <T>(fallback: T, call: () => Promise<T>): Promise<T> => {
    if (Date.now() < (hungUntil.get(cache) ?? 0)) return fallback;
    const started = performance.now();
    try {
      return await withDeadline(PATIENCE * deadlineFactor, call);
    } catch (error) {
      if (performance.now() - started >= SLOW * deadlineFactor) hungUntil.set(cache, Date.now() + HUNG_FOR);
      // Once a minute: a cache that is down fails each call.
      if (Date.now() - warned > 60_000) warn(`plugin ${plugin}`, 'the shared cache does not answer', error);
      warned = Date.now();
      return fallback;
    }
  };
  return {
    remote: cache.remote,
    stats: () => cache.stats(),
    get: (key) => soft(undefined, () => cache.get(own(key))),
    set: (key, value, { ttlMs, tags = [] }) =>
      soft(undefined, () => cache.set(own(key), value, { ttlMs, tags: [plugin, ...tags.map((tag) => own(tag))] })),
    delete: (key) => soft(false, () => cache.delete(own(key))),
    clear: (tag) => cache.clear(tag === undefined ? plugin : own(tag)),
    async claim(key, holder, ttlMs) {
      const shared = await soft(undefined, () => cache.claim(own(key), holder, ttlMs));
      // What the server said counts. Without it this process at least agrees with itself.
      return shared === undefined ? claims.claim(key, holder, ttlMs) : claims.learn(key, holder, shared, ttlMs);
    },
    async release(key, holder) {
      claims.release(key, holder);
      await soft(undefined, () => cache.release(own(key), holder));
    },
  };
}

export function jobsOf(jobs: PluginContext['jobs'], plugin: string): PluginContext['jobs'] {
  return {
    handle: (kind, handler, options) => jobs.handle(`${plugin}:${kind}`, handler, options),
    run: (kind, id) => jobs.run(`${plugin}:${kind}`, id),
  };
}

/** Values of labels that the manifest does not list. */
const OTHER = 'other';

/** Only what the manifest declares, with the labels that it lists: a plugin cannot make series without bound. */
export function metricsOf(plugin: string, declared: MetricDeclarations): Metrics {
  const tell = (
    type: 'counter' | 'gauge' | 'histogram',
    name: string,
    value: number,
    given: Readonly<Record<string, string>>,
  ) => {
    const metric = declared[name];
    if (metric?.type !== type)
      throw new TypeError(`plugin ${plugin}: its manifest declares no ${type} named ${JSON.stringify(name)}`);
    if (!Number.isFinite(value)) return;
    const labels: Record<string, string> = {};
    for (const [label, values] of Object.entries(metric.labels ?? {}))
      labels[label] = values.includes(given[label] ?? '') ? (given[label] as string) : OTHER;
    emit('parley:metric', { type, name, value, labels });
  };
  return {
    add: (name, value = 1, labels = {}) => tell('counter', name, value, labels),
    set: (name, value, labels = {}) => tell('gauge', name, value, labels),
    observe: (name, value, labels = {}) => tell('histogram', name, value, labels),
  };
}
