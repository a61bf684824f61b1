import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { MetricDeclarations } from '#core/plugin.ts';
import type { MetricSample } from '#core/runtime/diagnostics.ts';

/** Registers the figures that plugins declare in their manifests. What comes back takes one sample into its figure. */
export function pluginMetrics(declared: MetricDeclarations, registry: Registry): (sample: MetricSample) => void {
  const registers = [registry];
  const take = new Map<string, (value: number, labels: Readonly<Record<string, string>>) => void>();
  for (const [name, { type, help, labels = {}, buckets }] of Object.entries(declared)) {
    const shape = { name, help, labelNames: Object.keys(labels), registers };
    if (type === 'counter') {
      const counter = new Counter(shape);
      for (const given of combinations(labels)) counter.inc(given, 0);
      take.set(name, (value, given) => counter.inc(given, Math.max(0, value)));
    } else if (type === 'gauge') {
      const gauge = new Gauge(shape);
      take.set(name, (value, given) => gauge.set(given, value));
    } else {
      const histogram = new Histogram({ ...shape, ...(buckets ? { buckets: [...buckets] } : {}) });
      take.set(name, (value, given) => histogram.observe(given, value));
    }
  }
  return ({ name, value, labels }) => take.get(name)?.(value, labels);
}

/** Series that begin at 0, so that the first increment shows in a rate; of more combinations each begins when it occurs. */
const MOST_SERIES = 50;

function combinations(labels: Readonly<Record<string, readonly string[]>>): Record<string, string>[] {
  let all: Record<string, string>[] = [{}];
  for (const [label, values] of Object.entries(labels)) {
    if (all.length * values.length > MOST_SERIES) return [];
    all = all.flatMap((given) => values.map((value) => ({ ...given, [label]: value })));
  }
  return all;
}
