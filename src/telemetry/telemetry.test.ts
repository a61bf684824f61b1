import { ROOT_CONTEXT, SpanKind, TraceFlags, trace } from '@opentelemetry/api';
import { type ReadableSpan, SamplingDecision } from '@opentelemetry/sdk-trace';
import { expect, test } from 'vitest';
import { statementName } from './instrumentations.ts';
import { privateExporter } from './private-exporter.ts';
import { samplerOf } from './sampler.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const within = (traceFlags: TraceFlags) =>
  trace.setSpanContext(ROOT_CONTEXT, { traceId: TRACE, spanId: 'b7ad6b7169203331', traceFlags });
const decide = (name: string, share: number, context = ROOT_CONTEXT, kind = SpanKind.SERVER) =>
  samplerOf({ OTEL_TRACES_SAMPLER: name as 'always_on', OTEL_TRACES_SAMPLER_ARG: share }).shouldSample(
    context,
    TRACE,
    'POST',
    kind,
    {},
    [],
  ).decision;
const { RECORD_AND_SAMPLED: KEPT, NOT_RECORD: DROPPED } = SamplingDecision;

test('a sampler decides by its name, its share and the parent', () => {
  expect(decide('always_on', 1)).toBe(KEPT);
  expect(decide('always_off', 1)).toBe(DROPPED);
  expect(decide('traceidratio', 0)).toBe(DROPPED);
  expect(decide('parentbased_traceidratio', 0, within(TraceFlags.SAMPLED))).toBe(KEPT);
  expect(decide('parentbased_always_on', 1, within(TraceFlags.NONE))).toBe(DROPPED);
  expect(decide('traceidratio', 0, within(TraceFlags.SAMPLED))).toBe(DROPPED);
});

test('a call out that belongs to no request makes no trace', () => {
  expect(decide('always_on', 1, ROOT_CONTEXT, SpanKind.CLIENT)).toBe(DROPPED);
  expect(decide('always_on', 1, within(TraceFlags.SAMPLED), SpanKind.CLIENT)).toBe(KEPT);
});

test('a statement is named by what it does to which table', () => {
  expect(statementName('SELECT * FROM "messages" WHERE id = $1')).toBe('SELECT messages');
  expect(statementName('WITH g AS (UPDATE generations SET x = 1) SELECT 1')).toBe('UPDATE generations');
  expect(statementName('BEGIN')).toBe('BEGIN');
});

test('what is not on the list does not leave: attributes, messages of errors, attributes of events', () => {
  let sent: readonly ReadableSpan[] = [];
  const exporter = {
    export: (spans: readonly ReadableSpan[]) => {
      sent = spans;
    },
    shutdown: async () => undefined,
  };
  const span = {
    name: 'POST',
    status: { code: 2, message: 'planted' },
    attributes: {
      'http.request.method': 'POST',
      'url.query': 'planted',
      'db.query.text': 'planted',
      'db.system.name': 'elasticsearch',
      'gen_ai.input.messages': 'planted',
    },
    events: [
      { name: 'exception', time: [0, 0], attributes: { 'exception.type': 'Error', 'exception.message': 'planted' } },
    ],
  } as unknown as ReadableSpan;
  privateExporter(exporter, false).export([span], () => undefined);
  expect(sent[0]?.attributes).toEqual({ 'http.request.method': 'POST', 'db.system.name': 'elasticsearch' });
  expect(sent[0]?.status).toEqual({ code: 2 });
  expect(sent[0]?.events[0]?.attributes).toEqual({ 'exception.type': 'Error' });
  expect(sent[0]?.name).toBe('POST');
  privateExporter(exporter, true).export([span], () => undefined);
  expect(Object.keys(sent[0]?.attributes ?? {})).toContain('gen_ai.input.messages');
});
