/** Where traces begin, and how they go on in another process, with spans in memory. */
import { context, propagation } from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { begin, carriedTrace as carried, inWork, provideTracer, type RequestWork } from '#core/runtime/work.ts';
import { WorkContext } from './context.ts';
import { carriedTrace, leavesOut, withoutStrays } from './sampler.ts';
import { traceWork } from './spans.ts';

const exporter = new InMemorySpanExporter();
const provider = new TracerProvider({
  sampler: withoutStrays,
  spanProcessors: [new SimpleSpanProcessor({ exporter })],
});
const workContext = new WorkContext();
let isKept = true;
let stop: () => void;

beforeAll(() => {
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  context.setGlobalContextManager(workContext);
  stop = traceWork({ tracer: provider.getTracer('test'), context: workContext, captureContent: false });
  provideTracer({
    ids: () => undefined,
    carried: () => carriedTrace(workContext),
    leavesOut: leavesOut(workContext, () => isKept),
    here: workContext.here,
  });
});
afterAll(() => stop());
beforeEach(() => {
  isKept = true;
  exporter.reset();
});

const request = (headers: RequestWork['headers'] = {}): RequestWork => ({
  ...{ kind: 'request', method: 'POST', route: '/graphql', requestId: 'r', headers },
});
const spans = () => exporter.getFinishedSpans();
const named = (name: string) => spans().find((span) => span.name === name);
/** What a request hands to another process. */
function handedOver(): string | undefined {
  const running = begin(request());
  const trace = running.run(carried);
  running.end();
  return trace;
}

test.each([
  ['a job', 'job ingest', (trace?: string) => ({ kind: 'job', job: 'ingest', id: 'd', trace }) as const],
  ['a takeover', 'takeover', (trace?: string) => ({ kind: 'takeover', generationId: 'g', trace }) as const],
])('%s in another process goes on with the trace that handed it over', async (_title, name, work) => {
  const trace = handedOver();
  isKept = false; // the sampler there has no say
  await inWork(work(trace), async () => begin({ kind: 'stage', stage: 'finish', plugin: 'core' }).end());
  const [root, went, inside] = [named('POST /graphql'), named(name), named('stage finish')];
  expect(went?.parentSpanContext?.spanId).toBe(root?.spanContext().spanId);
  expect(inside?.parentSpanContext?.spanId).toBe(went?.spanContext().spanId);
  expect(new Set(spans().map((span) => span.spanContext().traceId)).size).toBe(1);
});

test('what a request hands over whose trace is not kept is not traced elsewhere either', async () => {
  isKept = false;
  const trace = handedOver();
  isKept = true;
  await inWork({ kind: 'job', job: 'ingest', id: 'd', trace }, async () => begin({ kind: 'parse' }).end());
  expect(spans()).toEqual([]);
});

test('a job that nobody handed over, or with nonsense, begins a trace as the sampler says', async () => {
  for (const trace of [undefined, 'nonsense']) {
    await inWork({ kind: 'job', job: 'ingest', id: 'd', trace }, async () => undefined);
    isKept = !isKept;
  }
  expect(spans()).toHaveLength(1);
  expect(spans()[0]?.parentSpanContext).toBeUndefined();
});

test('a job that runs where it was queued belongs to the work there', async () => {
  const running = begin(request());
  await running.run(() => inWork({ kind: 'job', job: 'ingest', id: 'd' }, async () => undefined));
  running.end();
  expect(named('job ingest')?.parentSpanContext?.spanId).toBe(named('POST /graphql')?.spanContext().spanId);
});

test('requests and messages on one connection have traces of their own, kept or not', () => {
  const first = begin(request());
  first.run(() => {
    for (const work of [request(), { kind: 'message', requestId: 'm' } as const]) begin(work).end();
    isKept = false;
    begin(request()).run(() => {
      isKept = true;
      begin(request()).end();
    });
  });
  first.end();
  expect(spans()).toHaveLength(4);
  expect(spans().filter(({ parentSpanContext }) => parentSpanContext)).toEqual([]);
});

test("a caller's trace is taken over without the text that came with it; nonsense is no trace", () => {
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  begin(request({ traceparent, tracestate: 'planted=secret', baggage: 'planted=secret' })).end();
  for (const wrong of ['nonsense', `${traceparent}, ${traceparent}`, '00-0-0-01', 'x'.repeat(8_000)])
    begin(request({ traceparent: wrong })).end();
  const [first, ...others] = spans();
  expect(first?.parentSpanContext?.spanId).toBe('b7ad6b7169203331');
  expect(first?.spanContext().traceState?.serialize() ?? '').toBe('');
  expect(others.map(({ parentSpanContext }) => parentSpanContext)).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});

test('a request that is not kept costs no span, and neither does what begins in it', async () => {
  isKept = false;
  const running = begin(request());
  expect(running.isWatched).toBe(false);
  const seen: number[] = [];
  for await (const number of running.stream(numbers())) seen.push(number);
  expect(seen).toEqual([1, 2]);
  expect(running.run(() => begin({ kind: 'execute' }).isWatched)).toBe(false);
  expect(spans()).toEqual([]);
});

async function* numbers() {
  isKept = true;
  expect(begin({ kind: 'parse' }).isWatched).toBe(false); // inside of the request, at each step
  yield 1;
  expect(begin({ kind: 'parse' }).isWatched).toBe(false);
  yield 2;
}
