/** Spans of what core does: its channels in, OpenTelemetry out. */
import {
  type Attributes,
  type Context,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { listen } from '#core/runtime/diagnostics.ts';
import { END, START, type StepWork, type Work } from '#core/runtime/work.ts';
import type { WorkContext } from './context.ts';
import { modelEnd, modelStart, retrievalEnd, retrievalStart } from './gen-ai.ts';
import { carriedBy } from './sampler.ts';

export interface SpansOptions {
  readonly tracer: Tracer;
  readonly context: WorkContext;
  /** OTEL_CAPTURE_CONTENT */
  readonly captureContent: boolean;
}

interface Turn {
  readonly span: Span;
  readonly conversationId: string;
}

/** Starts a span where work begins, and ends it where the work ends. Returns the function that stops. */
export function traceWork({ tracer, context, captureContent }: SpansOptions): () => void {
  const spans = new WeakMap<Work, Span>();
  const turns = new Map<string, Turn>();
  const conversations = new WeakMap<Context, string>();

  function parentOf(work: Work): Context {
    // Not tracestate, whose text would go to the collector and to model providers.
    if (work.kind === 'request') return propagation.extract(ROOT_CONTEXT, { traceparent: work.headers['traceparent'] });
    if (work.kind === 'message') return ROOT_CONTEXT;
    const active = context.active();
    const traceparent = trace.getSpan(active) ? undefined : carriedBy(work);
    return traceparent === undefined ? active : propagation.extract(active, { traceparent });
  }

  function begin(message: unknown): Context {
    const work = message as Work;
    const parent = parentOf(work);
    const conversationId = work.kind === 'turn' ? work.conversationId : conversations.get(parent);
    const span = tracer.startSpan(
      nameOf(work),
      { kind: kindOf(work), attributes: startOf(work, conversationId) },
      parent,
    );
    spans.set(work, span);
    if (work.kind === 'turn') turns.set(work.generationId, { span, conversationId: work.conversationId });
    const inside = trace.setSpan(parent, span);
    if (conversationId !== undefined) conversations.set(inside, conversationId);
    return inside;
  }

  const end = (message: unknown): void => {
    const work = message as Work;
    const span = spans.get(work);
    if (!span) return;
    spans.delete(work);
    if (work.kind === 'turn') turns.delete(work.generationId);
    if (span.isRecording()) {
      if (work.kind === 'execute' && work.field) span.updateName(`graphql.execute ${work.type} ${work.field}`);
      span.setAttributes(endOf(work, captureContent));
      if (hasFailed(work)) span.setStatus({ code: SpanStatusCode.ERROR });
    }
    span.end();
  };

  START.bindStore(context.storage, begin);
  START.subscribe(ignore); // a channel has subscribers only where it is subscribed to
  END.subscribe(end);
  const stops = [
    listen('parley:generation:end', ({ generationId, model, status, errorCode }) => {
      const turn = turns.get(generationId);
      turn?.span.setAttributes({ 'parley.status': status, ...(model === null ? {} : { 'parley.model': model }) });
      if (errorCode) turn?.span.setAttribute('error.type', errorCode).setStatus({ code: SpanStatusCode.ERROR });
    }),
    listen('parley:evaluation', ({ generationId, scores }) => {
      const span = turns.get(generationId)?.span;
      for (const { name, value, label } of scores)
        span?.addEvent('gen_ai.evaluation.result', {
          'gen_ai.evaluation.name': name,
          'gen_ai.evaluation.score.value': value,
          ...(label === null ? {} : { 'gen_ai.evaluation.score.label': label }),
        });
    }),
  ];
  return () => {
    START.unbindStore(context.storage);
    START.unsubscribe(ignore);
    END.unsubscribe(end);
    for (const stop of stops) stop();
  };
}

const ignore = () => undefined;

function nameOf(work: Work): string {
  switch (work.kind) {
    case 'request':
      return `${work.method} ${work.route}`;
    case 'message':
      return 'graphql.message';
    case 'stage':
      return `stage ${work.stage}`;
    case 'service':
      return `service ${work.service}`;
    case 'model':
      return `chat ${work.model.slice(work.model.indexOf(':') + 1)}`;
    case 'job':
      return `job ${work.job}`;
    case 'takeover':
    case 'turn':
    case 'retrieval':
      return work.kind;
    default:
      return `graphql.${work.kind}`;
  }
}

function kindOf(work: Work): SpanKind {
  if (work.kind === 'request' || work.kind === 'message') return SpanKind.SERVER;
  if (work.kind === 'job' || work.kind === 'takeover') return SpanKind.CONSUMER;
  if (work.kind === 'service') return SpanKind.CLIENT;
  return work.kind === 'model' && !work.model.startsWith('built-in:') ? SpanKind.CLIENT : SpanKind.INTERNAL;
}

function startOf(work: Work, conversationId: string | undefined): Attributes {
  switch (work.kind) {
    case 'request':
      return {
        'http.request.method': work.method,
        'http.route': work.route,
        'parley.request.id': work.requestId,
      };
    case 'takeover':
      return { 'parley.generation.id': work.generationId };
    case 'message':
      return { 'parley.request.id': work.requestId };
    case 'turn':
      return { 'gen_ai.conversation.id': work.conversationId, 'parley.generation.id': work.generationId };
    case 'stage':
      return { 'parley.stage': work.stage, 'parley.plugin': work.plugin };
    case 'service':
      return { 'parley.stage': work.hook, 'peer.service': work.service };
    case 'model':
      return modelStart(work, conversationId);
    case 'retrieval':
      return retrievalStart(work);
    case 'job':
      return { 'parley.job': work.job, 'parley.job.id': work.id };
    default:
      return {};
  }
}

function endOf(work: Work, captureContent: boolean): Attributes {
  if (work.kind === 'request') return work.status === undefined ? {} : { 'http.response.status_code': work.status };
  if (work.kind === 'model') return modelEnd(work, captureContent);
  if (work.kind === 'retrieval') return retrievalEnd(work, captureContent);
  if (work.kind === 'stage') return work.outcome === undefined ? {} : { 'parley.outcome': work.outcome };
  return work.kind === 'execute' ? executed(work) : {};
}

const LONGEST_NAME = 100;
const executed = ({ type, name, field }: StepWork): Attributes => ({
  ...(type ? { 'graphql.operation.type': type } : {}),
  ...(name ? { 'graphql.operation.name': name.slice(0, LONGEST_NAME) } : {}),
  ...(field ? { 'parley.graphql.field': field } : {}),
});

function hasFailed(work: Work): boolean {
  if (work.failure !== undefined) return true;
  if (work.kind === 'stage') return work.outcome === 'FAILED' || work.outcome === 'TIMED_OUT';
  if (work.kind === 'model') return work.outcome !== 'OK';
  if (work.kind === 'request') return (work.status ?? 0) >= 500;
  return (work.kind === 'execute' || work.kind === 'service') && work.failed === true;
}
