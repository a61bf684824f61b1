import type { Meter } from '@opentelemetry/api';
import { listen } from '#core/runtime/diagnostics.ts';
import { modelAttributes, SECONDS } from './gen-ai.ts';

/** The metrics of the GenAI conventions, once a model call. The AI SDK records none of its own here: its telemetry is not registered. */
export function genAiMetrics(meter: Meter): () => void {
  const histogram = (name: string, description: string, unit: string, bounds: readonly number[]) =>
    meter.createHistogram(`gen_ai.client.inference.${name}`, {
      description,
      unit,
      advice: { explicitBucketBoundaries: [...bounds] },
    });
  const counter = (name: string, description: string) =>
    meter.createCounter(`gen_ai.client.inference.usage.${name}`, { description, unit: '{token}' });
  const duration = histogram('duration', 'Duration of a call', 's', SECONDS);
  const firstChunk = histogram('time_to_first_chunk', 'From the call to its first chunk', 's', SECONDS);
  const perChunk = histogram('time_per_output_chunk', 'From one chunk to the next', 's', SECONDS);
  const inputTokens = counter('input_tokens', 'Tokens of requests');
  const outputTokens = counter('output_tokens', 'Tokens of answers');
  return listen('parley:model-call', ({ model, outcome, error, durationMs, firstChunkMs, chunkGapsMs, usage }) => {
    const attributes = modelAttributes(model);
    const ended = outcome === 'OK' ? attributes : { ...attributes, 'error.type': error ?? 'cancelled' };
    duration.record(durationMs / 1000, ended);
    if (firstChunkMs !== null) firstChunk.record(firstChunkMs / 1000, attributes);
    // Each once, also where it stands for more: to record one takes 2 microseconds.
    for (const milliseconds of chunkGapsMs) perChunk.record(milliseconds / 1000, attributes);
    if (!usage) return;
    inputTokens.add(usage.inputTokens, attributes);
    outputTokens.add(usage.outputTokens, attributes);
  });
}
