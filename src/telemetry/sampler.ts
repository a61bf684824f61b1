import { type Attributes, type Context, type Link, SpanKind, trace } from '@opentelemetry/api';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  type Sampler,
  SamplingDecision,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace';
import type { Settings } from '#config/load.ts';

/** A call out that belongs to no request makes no trace: shipping the log, following a store. */
class WithoutStrays implements Sampler {
  readonly #sampler: Sampler;
  constructor(sampler: Sampler) {
    this.#sampler = sampler;
  }

  shouldSample(context: Context, traceId: string, name: string, kind: SpanKind, attributes: Attributes, links: Link[]) {
    if (kind === SpanKind.CLIENT && !trace.getSpanContext(context)) return { decision: SamplingDecision.NOT_RECORD };
    return this.#sampler.shouldSample(context, traceId, name, kind, attributes, links);
  }

  toString(): string {
    return `WithoutStrays{${this.#sampler}}`;
  }
}

/** https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/: decided where a trace begins. */
export function samplerOf({
  OTEL_TRACES_SAMPLER: name,
  OTEL_TRACES_SAMPLER_ARG: share,
}: Pick<Settings, 'OTEL_TRACES_SAMPLER' | 'OTEL_TRACES_SAMPLER_ARG'>): Sampler {
  const root = name.endsWith('always_on')
    ? new AlwaysOnSampler()
    : name.endsWith('always_off')
      ? new AlwaysOffSampler()
      : new TraceIdRatioBasedSampler(share);
  return new WithoutStrays(name.startsWith('parentbased_') ? new ParentBasedSampler({ root }) : root);
}
