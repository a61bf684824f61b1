import { collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import type { MetricDeclarations } from '#core/plugin.ts';
import { listen } from '#core/runtime/diagnostics.ts';
import type { PlatformStatus } from '#core/services/index.ts';
import { coreMetrics, SECONDS } from './core-metrics.ts';
import { healthMetrics } from './health-metrics.ts';
import { type LoadSources, loadMetrics } from './load-metrics.ts';
import { pluginMetrics } from './plugin-metrics.ts';
import { qualityMetrics } from './quality-metrics.ts';

export interface Metrics {
  readonly contentType: string;
  render(): Promise<string>;
  observeRequest(method: string, route: string, status: number, seconds: number): void;
  stop(): void;
}

export interface MetricSources extends LoadSources {
  /** Asked at each scrape for the state of the stores. */
  platform(): Promise<Pick<PlatformStatus, 'stores'>>;
}

/**
 * Prometheus metrics, one registry for each app. They subscribe to core's diagnostics channels. Labels hold no ids. A service has no
 * load of generations: its figures are those of its plugin, its calls and its stores.
 */
export function metrics(
  declared: MetricDeclarations,
  { load, connections, platform }: Pick<MetricSources, 'platform'> & Partial<LoadSources>,
): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const requests = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'HTTP requests, to the end of the response; of a stream of events, to its beginning',
    labelNames: ['method', 'route', 'status'],
    buckets: SECONDS,
    registers,
  });
  const refresh = [
    ...(load && connections ? [loadMetrics({ load, connections }, registry)] : []),
    healthMetrics(platform, registry),
  ];
  const ignore = [
    listen('parley:metric', pluginMetrics(declared, registry)),
    ...coreMetrics(registry),
    ...qualityMetrics(registry),
  ];
  return {
    contentType: registry.contentType,
    async render() {
      await Promise.all(refresh.map((read) => read()));
      return registry.metrics();
    },
    observeRequest: (method, route, status, seconds) =>
      requests.observe({ method, route, status: String(status) }, seconds),
    stop() {
      for (const stop of ignore) stop();
      registry.clear();
    },
  };
}
