/** What one plugin gets of Parley: its own namespaces of the shared parts. */
import type { MetricDeclarations, Metrics, PluginContext } from '../plugin-context.ts';
import type { SharedCache } from '../ports/shared-cache.ts';
import { emit } from '../runtime/diagnostics.ts';

/** The plugin's keys and tags cannot meet another's. */
export function cacheOf(cache: SharedCache, plugin: string): SharedCache {
  const own = (key: string) => `${plugin}:${key}`;
  return {
    get: (key) => cache.get(own(key)),
    set: (key, value, { ttlMs, tags = [] }) =>
      cache.set(own(key), value, { ttlMs, tags: [plugin, ...tags.map((tag) => own(tag))] }),
    delete: (key) => cache.delete(own(key)),
    clear: (tag) => cache.clear(tag === undefined ? plugin : own(tag)),
    claim: (key, holder, ttlMs) => cache.claim(own(key), holder, ttlMs),
    release: (key, holder) => cache.release(own(key), holder),
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
