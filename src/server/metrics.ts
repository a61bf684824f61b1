import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { MetricDeclarations } from '#core/plugin.ts';
import { listen } from '#core/runtime/diagnostics.ts';
import { pluginMetrics } from './plugin-metrics.ts';

export interface Metrics {
  readonly contentType: string;
  render(): Promise<string>;
  observeRequest(method: string, route: string, status: number, seconds: number): void;
  stop(): void;
}

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Prometheus figures, a registry an app; what happens in core is heard on its diagnostics channels. Labels hold no ids. */
export function metrics(declared: MetricDeclarations = {}): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const requests = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'HTTP requests, to the end of the response',
    labelNames: ['method', 'route', 'status'],
    buckets: SECONDS,
    registers,
  });
  const generations = new Counter({
    name: 'parley_generations_total',
    help: 'Generations by how they ended',
    labelNames: ['status', 'model'],
    registers,
  });
  const active = new Gauge({ name: 'parley_generations_active', help: 'Generations under way', registers });
  const firstToken = new Histogram({
    name: 'parley_first_token_seconds',
    help: 'From the message to the first token',
    labelNames: ['model'],
    buckets: SECONDS,
    registers,
  });
  const durations = new Histogram({
    name: 'parley_generation_duration_seconds',
    help: 'From the message to the end of the answer',
    labelNames: ['model'],
    buckets: SECONDS,
    registers,
  });
  const tokens = new Counter({
    name: 'parley_tokens_total',
    help: 'Tokens by direction',
    labelNames: ['direction', 'model'],
    registers,
  });
  const cost = new Counter({
    name: 'parley_cost_usd_total',
    help: 'US dollars, by the price table',
    labelNames: ['model'],
    registers,
  });
  const stages = new Histogram({
    name: 'parley_stage_duration_seconds',
    help: 'Stages of a turn',
    labelNames: ['stage', 'plugin', 'outcome'],
    buckets: SECONDS,
    registers,
  });

  const statements = new Histogram({
    name: 'parley_store_statement_seconds',
    help: 'Statements of the store',
    labelNames: ['failed'],
    buckets: SECONDS,
    registers,
  });

  const samples = pluginMetrics(declared, registry);

  const ignore = [
    listen('parley:metric', samples),
    listen('parley:generation:start', () => active.inc()),
    listen('parley:generation:first-token', ({ model, firstTokenMs }) =>
      firstToken.observe({ model }, firstTokenMs / 1000),
    ),
    listen('parley:generation:end', ({ model: name, status, durationMs, usage }) => {
      const model = name ?? 'none';
      active.dec();
      generations.inc({ status, model });
      durations.observe({ model }, durationMs / 1000);
      tokens.inc({ direction: 'input', model }, usage.inputTokens);
      tokens.inc({ direction: 'output', model }, usage.outputTokens);
      cost.inc({ model }, usage.costUsd);
    }),
    listen('parley:statement', ({ durationMs, failed }) =>
      statements.observe({ failed: String(failed) }, durationMs / 1000),
    ),
    listen('parley:stage', ({ stage, plugin, outcome, durationMs }) =>
      stages.observe({ stage, plugin, outcome }, durationMs / 1000),
    ),
  ];
  return {
    contentType: registry.contentType,
    render: () => registry.metrics(),
    observeRequest: (method, route, status, seconds) =>
      requests.observe({ method, route, status: String(status) }, seconds),
    stop() {
      for (const stop of ignore) stop();
      registry.clear();
    },
  };
}
