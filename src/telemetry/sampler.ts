import { type Context, ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api';
import { isTracingSuppressed, suppressTracing } from '@opentelemetry/core';
import { type Sampler, SamplingDecision } from '@opentelemetry/sdk-trace';
import type { Settings } from '#config/load.ts';
import { type Tracer, UNWATCHED, unwatched, type Work } from '#core/runtime/work.ts';
import type { WorkContext } from './context.ts';

type SamplerSettings = Pick<Settings, 'OTEL_TRACES_SAMPLER' | 'OTEL_TRACES_SAMPLER_ARG'>;
/** Whether a trace that begins here is kept; `traceparent` is the caller's header, if there is one. */
export type KeepsTrace = (traceparent?: string | string[] | undefined) => boolean;

/** https://www.w3.org/TR/trace-context/#traceparent-header-field-values: its last field are the flags. */
const TRACEPARENT = /^[\da-f]{2}-[\da-f]{32}-[\da-f]{16}-([\da-f]{2})/;
const SAMPLED = 1;

/**
 * Decides by OTEL_TRACES_SAMPLER before anything is made for a trace: a request that is not kept is not looked at by any
 * instrumentation. https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
 */
export function headSampler({
  OTEL_TRACES_SAMPLER: name,
  OTEL_TRACES_SAMPLER_ARG: share,
}: SamplerSettings): KeepsTrace {
  const root = name.endsWith('always_on')
    ? () => true
    : name.endsWith('always_off')
      ? () => false
      : () => Math.random() < share;
  if (!name.startsWith('parentbased_')) return root;
  return (traceparent) => isSampled(traceparent) ?? root();
}

/** Undefined where it is no traceparent. */
function isSampled(traceparent: string | string[] | undefined): boolean | undefined {
  const flags = typeof traceparent === 'string' ? TRACEPARENT.exec(traceparent)?.[1] : undefined;
  return flags === undefined ? undefined : (Number.parseInt(flags, 16) & SAMPLED) === SAMPLED;
}

/** What another process said of the trace that this work belongs to. */
export const carriedBy = (work: Work): string | undefined =>
  work.kind === 'job' || work.kind === 'takeover' ? work.trace : undefined;

/** Of work in a trace that is not kept: instrumentations, and what begins inside, find that nothing here is traced. */
const IGNORED = suppressTracing(ROOT_CONTEXT);

/** A traceparent of a trace that is not kept: its ids say nothing. */
const NOT_KEPT = `00-${'f'.repeat(32)}-${'f'.repeat(16)}-00`;

/** What goes with work to another process: the place of the active span, or that nothing here is kept. */
export function carriedTrace(context: WorkContext): string | undefined {
  const active = context.active();
  if (isTracingSuppressed(active)) return NOT_KEPT;
  const span = trace.getSpanContext(active);
  return span && `00-${span.traceId}-${span.spanId}-0${span.traceFlags & SAMPLED}`;
}

/**
 * Decides for all of a trace where it begins. What begins inside of work is traced as that is. A request and a message always begin
 * a trace or go on with their caller's, whatever was under way on their connection.
 */
export function leavesOut(context: WorkContext, keeps: KeepsTrace): Tracer['leavesOut'] {
  const ignored = unwatched((inside) => context.storage.run(IGNORED, inside));
  return (work) => {
    if (work.kind === 'request') return keeps(work.headers['traceparent']) ? undefined : ignored;
    if (work.kind === 'message') return keeps() ? undefined : ignored;
    const parent = context.active();
    if (isTracingSuppressed(parent)) return UNWATCHED;
    if (trace.getSpan(parent)) return undefined;
    // Whatever the sampler says of callers: a trace of Parley's own goes on, or stays left out.
    return (isSampled(carriedBy(work)) ?? keeps()) ? undefined : ignored;
  };
}

/** Keeps what got past the head sampler. A call out that belongs to no request makes no trace: shipping the log, following a store. */
export const withoutStrays: Sampler = {
  shouldSample: (context: Context, _traceId: string, _name: string, kind: SpanKind) => ({
    decision:
      kind === SpanKind.CLIENT && !trace.getSpanContext(context)
        ? SamplingDecision.NOT_RECORD
        : SamplingDecision.RECORD_AND_SAMPLED,
  }),
  toString: () => 'WithoutStrays',
};
