import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { listen } from '#core/runtime/diagnostics.ts';

/** Bounds of the histograms of durations. */
export const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** The figures of what core tells on its diagnostics channels. Returns the ways to stop listening. */
export const coreMetrics = (registry: Registry): (() => void)[] => [
  ...generationMetrics([registry]),
  ...stageMetrics([registry]),
  ...failureMetrics([registry]),
];

function generationMetrics(registers: Registry[]): (() => void)[] {
  const ended = new Counter({
    name: 'parley_generations_total',
    help: 'Generations by how they ended',
    labelNames: ['status', 'model'],
    registers,
  });
  const active = new Gauge({ name: 'parley_generations_active', help: 'Generations under way', registers });
  const durationOf = (name: string, help: string) =>
    new Histogram({ name, help, labelNames: ['model'], buckets: SECONDS, registers });
  const firstToken = durationOf('parley_first_token_seconds', 'From the message to the first token');
  const durations = durationOf('parley_generation_duration_seconds', 'From the message to the end of the answer');
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
  return [
    listen('parley:generation:start', () => active.inc()),
    listen('parley:generation:first-token', ({ model, firstTokenMs }) =>
      firstToken.observe({ model }, firstTokenMs / 1000),
    ),
    listen('parley:generation:end', ({ model: name, status, durationMs, usage }) => {
      const model = name ?? 'none';
      active.dec();
      ended.inc({ status, model });
      durations.observe({ model }, durationMs / 1000);
      tokens.inc({ direction: 'input', model }, usage.inputTokens);
      tokens.inc({ direction: 'output', model }, usage.outputTokens);
      cost.inc({ model }, usage.costUsd);
    }),
  ];
}

function stageMetrics(registers: Registry[]): (() => void)[] {
  const stages = new Histogram({
    name: 'parley_stage_duration_seconds',
    help: 'Stages of a turn, by plugin, or by model where one is asked',
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
  return [
    listen('parley:stage', ({ stage, plugin, outcome, durationMs }) =>
      stages.observe({ stage, plugin, outcome }, durationMs / 1000),
    ),
    listen('parley:statement', ({ durationMs, failed }) =>
      statements.observe({ failed: String(failed) }, durationMs / 1000),
    ),
  ];
}

function failureMetrics(registers: Registry[]): (() => void)[] {
  const fallbacks = new Counter({
    name: 'parley_model_fallbacks_total',
    help: 'Models that did not answer and the one that was tried in their place, by the reason',
    labelNames: ['from', 'to', 'reason'],
    registers,
  });
  const circuits = new Gauge({
    name: 'parley_circuit_open',
    help: '1 while a circuit breaker is open, 0 once it has closed again; absent until it opens first',
    labelNames: ['kind', 'name'],
    registers,
  });
  return [
    listen('parley:model-fallback', ({ from, to, reason }) => fallbacks.inc({ from, to, reason })),
    listen('parley:circuit', ({ kind, name, open }) => circuits.set({ kind, name }, open ? 1 : 0)),
  ];
}
