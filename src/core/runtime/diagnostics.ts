/**
 * Core's messages to listeners (metrics, logs, traces) over Node's diagnostics channels, so that core depends on none of them.
 * Messages carry ids and figures, never what people wrote.
 */
import { channel } from 'node:diagnostics_channel';
import type { ErrorCode } from '../errors.ts';
import type { MessageStatus, Score, StageTrace, Usage } from '../turn.ts';

export interface GenerationStart {
  readonly generationId: string;
  readonly conversationId: string;
}
export interface GenerationFirstToken {
  readonly generationId: string;
  readonly model: string;
  /** Milliseconds since the turn began. */
  readonly firstTokenMs: number;
}
export interface GenerationEnd {
  readonly generationId: string;
  readonly model: string | null;
  readonly status: MessageStatus;
  readonly durationMs: number;
  readonly firstTokenMs: number | null;
  readonly usage: Usage;
  readonly errorCode: ErrorCode | null;
}
export interface StageEnd extends StageTrace {
  readonly generationId: string | null;
}
/** A model that did not answer, and the one that is tried in its place. */
export interface ModelFallback {
  readonly from: string;
  readonly to: string;
  readonly reason: ErrorCode | 'CIRCUIT_OPEN';
}
/** A circuit breaker that opened or closed. */
export interface CircuitChange {
  /** `hook` is named `plugin:hook`, `leg` is a way of searching. */
  readonly kind: 'model' | 'hook' | 'leg';
  readonly name: string;
  readonly open: boolean;
}
/** A statement that a store has run. */
export interface Statement {
  readonly durationMs: number;
  readonly failed: boolean;
}
/** A figure that a plugin's manifest declares. */
export interface MetricSample {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly name: string;
  readonly value: number;
  readonly labels: Readonly<Record<string, string>>;
}
/** A judge's scores of an answer: OpenTelemetry's event `gen_ai.evaluation.result`, one for each score. */
export interface EvaluationResult {
  readonly generationId: string;
  readonly scores: readonly Pick<Score, 'name' | 'value' | 'label' | 'source' | 'judge'>[];
}
/** A warning for operators, for the log. */
export interface Warning {
  readonly source: string;
  readonly message: string;
  readonly error: unknown;
}

interface Channels {
  'parley:generation:start': GenerationStart;
  'parley:generation:first-token': GenerationFirstToken;
  'parley:generation:end': GenerationEnd;
  'parley:stage': StageEnd;
  'parley:model-fallback': ModelFallback;
  'parley:circuit': CircuitChange;
  'parley:statement': Statement;
  'parley:metric': MetricSample;
  'parley:evaluation': EvaluationResult;
  'parley:warning': Warning;
}

const channels = new Map<keyof Channels, ReturnType<typeof channel>>();
function channelOf(name: keyof Channels) {
  const known = channels.get(name) ?? channel(name);
  channels.set(name, known);
  return known;
}

export function emit<Name extends keyof Channels>(name: Name, message: Channels[Name]): void {
  const target = channelOf(name);
  if (target.hasSubscribers) target.publish(message);
}

/** Returns the way to stop listening. */
export function listen<Name extends keyof Channels>(
  name: Name,
  listener: (message: Channels[Name]) => void,
): () => void {
  const target = channelOf(name);
  const receive = (message: unknown) => listener(message as Channels[Name]);
  target.subscribe(receive);
  return () => target.unsubscribe(receive);
}

export const warn = (source: string, message: string, error?: unknown): void =>
  emit('parley:warning', { source, message, error });
