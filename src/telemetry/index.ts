/** OpenTelemetry as Parley uses it: its providers, exporters and instrumentations, and core's channels as spans and metrics. */
import { createRequire, syncBuiltinESMExports } from 'node:module';
import { context, DiagLogLevel, diag, propagation, trace } from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import type { Settings } from '#config/load.ts';
import { warn } from '#core/runtime/diagnostics.ts';
import { outside, provideTracer } from '#core/runtime/work.ts';
import { WorkContext } from './context.ts';
import { genAiMetrics } from './gen-ai-metrics.ts';
import { instrument } from './instrumentations.ts';
import { privateExporter } from './private-exporter.ts';
import { carriedTrace, headSampler, leavesOut, withoutStrays } from './sampler.ts';
import { traceWork } from './spans.ts';

export interface Telemetry {
  /** Sends what is left. */
  stop(): Promise<void>;
}

const require = createRequire(import.meta.url);
/** Milliseconds that sending what is left may take. */
const STOP_WITHIN = 3_000;
/** Milliseconds between two warnings that spans cannot be sent. */
const WARN_EVERY = 60_000;

export function startTelemetry(settings: Settings): Telemetry {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint = '', OTEL_CAPTURE_CONTENT: captureContent } = settings;
  const target = (signal: string) => ({
    url: `${endpoint.replace(/\/+$/, '')}/v1/${signal}`,
    headers: headersOf(settings.OTEL_EXPORTER_OTLP_HEADERS),
  });
  const resource = resourceFromAttributes({ 'service.name': settings.OTEL_SERVICE_NAME }).merge(
    detectResources({ detectors: [envDetector] }),
  );
  warnOfErrors();
  const workContext = new WorkContext();
  context.setGlobalContextManager(workContext);
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  const exporter = privateExporter(new OTLPTraceExporter(target('traces')), captureContent);
  const tracers = new TracerProvider({
    resource,
    sampler: withoutStrays,
    spanProcessors: [new BatchSpanProcessor({ exporter })],
  });
  trace.setGlobalTracerProvider(tracers);
  const meters =
    settings.OTEL_METRICS_EXPORTER === 'none'
      ? null
      : new MeterProvider({
          resource,
          readers: [new PeriodicExportingMetricReader({ exporter: new OTLPMetricExporter(target('metrics')) })],
        });
  const stops = [
    instrument(),
    traceWork({ tracer: trace.getTracer('parley'), context: workContext, captureContent }),
    ...(meters ? [genAiMetrics(meters.getMeter('parley'))] : []),
  ];
  // Built-in modules are patched when they are required; modules that import them by name see that from here on.
  for (const name of ['node:http', 'node:https']) require(name);
  syncBuiltinESMExports();
  provideTracer({
    ids() {
      const span = trace.getSpanContext(context.active());
      return span && { trace_id: span.traceId, span_id: span.spanId };
    },
    carried: () => carriedTrace(workContext),
    leavesOut: leavesOut(workContext, headSampler(settings)),
    here: workContext.here,
  });
  return {
    async stop() {
      for (const stop of stops) stop();
      const sent = Promise.allSettled([tracers.shutdown(), meters?.shutdown()]);
      await Promise.race([sent, new Promise((resolve) => setTimeout(resolve, STOP_WITHIN))]);
    },
  };
}

/** `name=value,name=value`, values as in URLs. */
function headersOf(given = ''): Record<string, string> {
  const pairs = given.split(',').flatMap((pair) => {
    const equals = pair.indexOf('=');
    return equals > 0
      ? [[pair.slice(0, equals).trim(), decodeURIComponent(pair.slice(equals + 1).trim())] as const]
      : [];
  });
  return Object.fromEntries(pairs);
}

/** What OpenTelemetry says of its own failures goes to the log, at most once a minute. */
function warnOfErrors(): void {
  let warned = Number.NEGATIVE_INFINITY;
  const tell = (message: string) => {
    if (performance.now() - warned < WARN_EVERY) return;
    warned = performance.now();
    outside(() => warn('telemetry', 'traces or metrics could not be sent', new Error(reasonOf(message))));
  };
  const silent = () => undefined;
  diag.setLogger(
    { error: tell, warn: silent, info: silent, debug: silent, verbose: silent },
    { logLevel: DiagLogLevel.ERROR },
  );
}

/** Errors come as JSON of all that they hold. */
function reasonOf(message: string): string {
  try {
    const { code, message: reason } = JSON.parse(message) as { readonly code?: string; readonly message?: string };
    return [code, reason].filter(Boolean).join(' ');
  } catch {
    return message;
  }
}
