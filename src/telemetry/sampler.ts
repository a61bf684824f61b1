import { type Context, SpanKind, trace } from '@opentelemetry/api';
import { type Sampler, SamplingDecision } from '@opentelemetry/sdk-trace';
import type { Settings } from '#config/load.ts';

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
