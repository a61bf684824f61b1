import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { ERROR_CATALOGUE } from '#core/errors.ts';
import { type CircuitChange, listen } from '#core/runtime/diagnostics.ts';

/** Upper bounds of the buckets for durations; 2 s and 5 s are the limits that alerts name. */
export const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30];
/** Upper bounds of the buckets for the time between two chunks of an answer. */
const GAPS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10];

/** The figures that core emits on its diagnostics channels. Returns the functions that stop listening. */
export const coreMetrics = (registry: Registry): (() => void)[] => [
  ...generationMetrics([registry]),
  ...modelMetrics([registry]),
  ...stageMetrics([registry]),
  ...operationMetrics([registry]),
  ...failureMetrics([registry]),
  ...serviceMetrics([registry]),
];

function generationMetrics(registers: Registry[]): (() => void)[] {
  const ended = new Counter({
    name: 'parley_generations_total',
    help: 'Generations by status',
    labelNames: ['status', 'model'],
    registers,
  });
  const errors = new Counter({
    name: 'parley_generation_errors_total',
    help: 'Generations that ended with an error, by code',
    labelNames: ['code'],
    registers,
  });
  for (const code of Object.keys(ERROR_CATALOGUE)) errors.inc({ code }, 0);
  const abandoned = new Counter({
    name: 'parley_generations_abandoned_total',
    help: 'Generations of a dead process that this one marked as INTERRUPTED',
    registers,
  });
  const durationOf = (name: string, help: string) =>
    new Histogram({ name, help, labelNames: ['model'], buckets: SECONDS, registers });
  const firstToken = durationOf('parley_first_token_seconds', 'From the message to the first token');
  const durations = durationOf('parley_generation_duration_seconds', 'From the message to the end of the answer');
  return [
    listen('parley:generation:first-token', ({ model, firstTokenMs }) =>
      firstToken.observe({ model }, firstTokenMs / 1000),
    ),
    listen('parley:generation:end', ({ model: name, status, durationMs, errorCode }) => {
      const model = name ?? 'none';
      ended.inc({ status, model });
      durations.observe({ model }, durationMs / 1000);
      if (errorCode) errors.inc({ code: errorCode });
    }),
    listen('parley:generations-abandoned', ({ count }) => abandoned.inc(count)),
  ];
}

function modelMetrics(registers: Registry[]): (() => void)[] {
  const calls = new Histogram({
    name: 'parley_model_call_seconds',
    help: 'Calls of models, for answers (generate) and by plugins (ask)',
    labelNames: ['model', 'stage', 'outcome'],
    buckets: SECONDS,
    registers,
  });
  const gaps = new Histogram({
    name: 'parley_inter_token_seconds',
    help: 'Between one chunk of a model and the next, observed when the call ends; of long answers by samples',
    labelNames: ['model'],
    buckets: GAPS,
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
  return [
    listen('parley:model-call', ({ model, stage, outcome, durationMs, chunkGapsMs, gapsEach, usage }) => {
      calls.observe({ model, stage, outcome }, durationMs / 1000);
      const gap = gaps.labels({ model });
      for (const milliseconds of chunkGapsMs)
        for (let one = 0; one < gapsEach; one += 1) gap.observe(milliseconds / 1000);
      if (!usage) return;
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

function operationMetrics(registers: Registry[]): (() => void)[] {
  const operations = new Histogram({
    name: 'graphql_operation_duration_seconds',
    help: 'GraphQL operations by the field at their root (several: more than one), subscriptions to their end',
    labelNames: ['operation', 'type', 'outcome'],
    buckets: SECONDS,
    registers,
  });
  return [
    listen('parley:operation', ({ field, type, failed, durationMs }) =>
      operations.observe({ operation: field, type, outcome: failed ? 'error' : 'ok' }, durationMs / 1000),
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
  const errors = new Counter({
    name: 'graphql_errors_total',
    help: 'Errors that clients were answered, by code',
    labelNames: ['code'],
    registers,
  });
  for (const code of Object.keys(ERROR_CATALOGUE)) errors.inc({ code }, 0);
  const opened = new Map<string, Pick<CircuitChange, 'kind' | 'name'> & { readonly until: number }>();
  new Gauge({
    name: 'parley_circuit_open',
    help: '1 while a circuit breaker is open, 0 once an attempt may pass; absent until it opens first',
    labelNames: ['kind', 'name'],
    registers,
    collect() {
      for (const { kind, name, until } of opened.values()) this.set({ kind, name }, Date.now() < until ? 1 : 0);
    },
  });
  return [
    listen('parley:error', ({ code }) => errors.inc({ code })),
    listen('parley:model-fallback', ({ from, to, reason }) => fallbacks.inc({ from, to, reason })),
    listen('parley:circuit', ({ kind, name, forMs }) =>
      opened.set(`${kind} ${name}`, { kind, name, until: Date.now() + forMs }),
    ),
  ];
}

function serviceMetrics(registers: Registry[]): (() => void)[] {
  const calls = new Histogram({
    name: 'parley_service_call_seconds',
    help: 'Calls of services that stand in for plugins, by outcome',
    labelNames: ['service', 'outcome'],
    buckets: SECONDS,
    registers,
  });
  const instances = new Gauge({
    name: 'parley_service_instances',
    help: 'Processes of a service that are discovered now; absent until one is',
    labelNames: ['service'],
    registers,
  });
  return [
    listen('parley:service-call', ({ service, outcome, durationMs }) =>
      calls.observe({ service, outcome }, durationMs / 1000),
    ),
    listen('parley:service-instances', ({ service, count }) => instances.set({ service }, count)),
  ];
}
