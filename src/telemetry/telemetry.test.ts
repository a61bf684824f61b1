import { ROOT_CONTEXT, SpanKind, TraceFlags, trace } from '@opentelemetry/api';
import { type ReadableSpan, SamplingDecision } from '@opentelemetry/sdk-trace';
import { expect, test } from 'vitest';
import { statementName } from './instrumentations.ts';
import { privateExporter } from './private-exporter.ts';
import { headSampler, withoutStrays } from './sampler.ts';

const parent = (flags: string) => `00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-${flags}`;
const keeps = (name: string, share: number, traceparent?: string) =>
  headSampler({ OTEL_TRACES_SAMPLER: name as 'always_on', OTEL_TRACES_SAMPLER_ARG: share })(traceparent);

test('a sampler decides by its name, its share and the parent', () => {
  expect(keeps('always_on', 0)).toBe(true);
  expect(keeps('always_off', 1)).toBe(false);
  expect([keeps('traceidratio', 0), keeps('traceidratio', 1)]).toEqual([false, true]);
  expect(keeps('parentbased_traceidratio', 0, parent('01'))).toBe(true);
  expect(keeps('parentbased_always_on', 1, parent('00'))).toBe(false);
  expect(keeps('parentbased_always_on', 1, 'nonsense')).toBe(true);
  expect(keeps('traceidratio', 0, parent('01'))).toBe(false);
  const kept = Array.from({ length: 2_000 }, () => keeps('traceidratio', 0.1)).filter(Boolean).length;
  expect(kept).toBeGreaterThan(100);
  expect(kept).toBeLessThan(300);
});

test('a call out that belongs to no request makes no trace', () => {
  const decide = (kind: SpanKind, context = ROOT_CONTEXT) =>
    withoutStrays.shouldSample(context, '', 'POST', kind, {}, []).decision;
  const within = trace.setSpanContext(ROOT_CONTEXT, { traceId: 'a', spanId: 'b', traceFlags: TraceFlags.SAMPLED });
  expect(decide(SpanKind.CLIENT)).toBe(SamplingDecision.NOT_RECORD);
  expect(decide(SpanKind.CLIENT, within)).toBe(SamplingDecision.RECORD_AND_SAMPLED);
  expect(decide(SpanKind.CONSUMER)).toBe(SamplingDecision.RECORD_AND_SAMPLED);
});

test('a statement is named by what it does to which table', () => {
  expect(statementName('SELECT * FROM "messages" WHERE id = $1')).toBe('SELECT messages');
  expect(statementName('WITH g AS (UPDATE generations SET x = 1) SELECT 1')).toBe('UPDATE generations');
  expect(statementName('WITH l AS (SELECT FROM viewers) INSERT INTO messages (id) SELECT 1')).toBe('INSERT messages');
  expect(statementName('SELECT 1 FROM documents WHERE id = $1 FOR UPDATE SKIP LOCKED')).toBe('SELECT documents');
  expect(statementName('SELECT FROM evaluations FOR NO KEY UPDATE OF e')).toBe('SELECT evaluations');
  expect(statementName('SELECT pg_notify(c, p) FROM unnest($1::text[]) AS t(c, p)')).toBe('NOTIFY');
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
