import { type Context, ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api';
import { isTracingSuppressed, suppressTracing } from '@opentelemetry/core';
import { type Sampler, SamplingDecision } from '@opentelemetry/sdk-trace';
import type { Settings } from '#config/load.ts';
import { type Tracer, UNWATCHED, unwatched } from '#core/runtime/work.ts';
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
  return (traceparent) => {
    const flags = typeof traceparent === 'string' ? TRACEPARENT.exec(traceparent)?.[1] : undefined;
    return flags === undefined ? root() : (Number.parseInt(flags, 16) & SAMPLED) === SAMPLED;
  };
}

/** Of work in a trace that is not kept: instrumentations, and what begins inside, find that nothing here is traced. */
const IGNORED = suppressTracing(ROOT_CONTEXT);

/** Decides for all of a trace where it begins. What begins inside of work is traced as that is. */
export function leavesOut(context: WorkContext, keeps: KeepsTrace): Tracer['leavesOut'] {
  const ignored = unwatched((inside) => context.storage.run(IGNORED, inside));
  return (work) => {
    const parent = context.active();
    if (isTracingSuppressed(parent)) return UNWATCHED;
    if (work.kind === 'request') return keeps(work.headers['traceparent']) ? undefined : ignored;
    return trace.getSpan(parent) || keeps() ? undefined : ignored;
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
