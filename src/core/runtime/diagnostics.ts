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
/** A GraphQL operation that was executed. */
export interface OperationEnd {
  /** The field at its root, or `several`: what a client calls it has no bound. */
  readonly field: string;
  readonly type: 'query' | 'mutation' | 'subscription';
  readonly failed: boolean;
  /** Of a subscription: to its end. */
  readonly durationMs: number;
}
/** A call of one model, however it ended. */
export interface ModelCallEnd {
  /** `provider:model` */
  readonly model: string;
  /** `generate`: the answer of a turn; `ask`: a plugin's own call. */
  readonly stage: 'generate' | 'ask';
  readonly outcome: StageTrace['outcome'];
  readonly error: ErrorCode | null;
  readonly durationMs: number;
  /** Null where none came. */
  readonly firstChunkMs: number | null;
  /** Milliseconds between one chunk and the next; of a long answer some, evenly over it. */
  readonly chunkGapsMs: readonly number[];
  /** How many gaps each of them stands for. */
  readonly gapsEach: number;
  /** Null where no call could be accounted for. */
  readonly usage: Usage | null;
}
/** Generations that a dead process left behind, now INTERRUPTED. */
export interface GenerationsAbandoned {
  readonly count: number;
}
/** A person's rating of an answer. */
export interface RatingGiven {
  readonly rating: 'UP' | 'DOWN';
}
/** An error that a client was answered. */
export interface ErrorAnswered {
  readonly code: ErrorCode;
}
/** A model that did not answer, and the one that is tried in its place. */
export interface ModelFallback {
  readonly from: string;
  readonly to: string;
  readonly reason: ErrorCode | 'CIRCUIT_OPEN';
}
/** A circuit breaker that opened, opened again because the attempt after its cool-down failed, or closed. */
export interface CircuitChange {
  /** `hook` is named `plugin:hook`, `leg` is a way of searching. */
  readonly kind: 'model' | 'hook' | 'leg' | 'service';
  readonly name: string;
  readonly open: boolean;
  /** Milliseconds until an attempt is let through; 0 where it closed. */
  readonly forMs: number;
}
/** A call of a service in place of a plugin's hook, however it ended. */
export interface ServiceCallEnd {
  readonly service: string;
  readonly hook: string;
  readonly outcome: Exclude<StageTrace['outcome'], 'SKIPPED'>;
  readonly durationMs: number;
}
/** The processes of a service that are alive now. */
export interface ServiceInstances {
  readonly service: string;
  readonly count: number;
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
  /** `error`: something failed that must not; `warn`: something works less well than it could. */
  readonly level: 'warn' | 'error';
  readonly source: string;
  readonly message: string;
  readonly error: unknown;
  readonly ids?: { readonly requestId?: string; readonly generationId?: string };
  /** Texts of users that the error may repeat. The log removes them. */
  readonly texts?: readonly string[];
}

interface Channels {
  'parley:generation:start': GenerationStart;
  'parley:generation:first-token': GenerationFirstToken;
  'parley:generation:end': GenerationEnd;
  'parley:generations-abandoned': GenerationsAbandoned;
  'parley:operation': OperationEnd;
  'parley:model-call': ModelCallEnd;
  'parley:rating': RatingGiven;
  'parley:stage': StageEnd;
  'parley:error': ErrorAnswered;
  'parley:model-fallback': ModelFallback;
  'parley:circuit': CircuitChange;
  'parley:service-call': ServiceCallEnd;
  'parley:service-instances': ServiceInstances;
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

export const warn = (
  source: string,
  message: string,
  error?: unknown,
  { ids = {}, texts = [] }: Pick<Warning, 'ids' | 'texts'> = {},
): void => emit('parley:warning', { level: 'warn', source, message, error, ids, texts });

/** A fault of Parley's own: logged as an error. */
export const fault = (source: string, message: string, error: unknown, ids: NonNullable<Warning['ids']> = {}): void =>
  emit('parley:warning', { level: 'error', source, message, error, ids });
