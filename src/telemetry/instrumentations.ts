import type { IncomingMessage } from 'node:http';
import { createNoopMeter } from '@opentelemetry/api';
import { type Instrumentation, registerInstrumentations } from '@opentelemetry/instrumentation';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { IORedisInstrumentation } from '@opentelemetry/instrumentation-ioredis';
import { PgInstrumentation } from '@opentelemetry/instrumentation-pg';
import type { KeepsTrace } from './sampler.ts';

/** Asked by load balancers and scrapers, many times a minute. */
const UNTRACED = /^\/(health|ready|metrics)(\?|$)/;
const ROUTE = /^\/(graphql|graphiql)?(?=\?|$)/;

const routeOf = ({ url = '' }: IncomingMessage): string => ROUTE.exec(url)?.[0] ?? 'page';

const WORK = /\b(INSERT INTO|UPDATE|DELETE FROM|FROM)\s+"?(\w+)/;
/** `INSERT messages`, `SELECT documents`: what it does to which table first. Names of prepared statements say less. */
export function statementName(text: string): string {
  const [, work = '', table] = WORK.exec(text) ?? [];
  if (table === undefined) return /^\s*(\w+)/.exec(text)?.[1]?.toUpperCase() ?? 'query';
  return `${work === 'FROM' ? 'SELECT' : work.split(' ')[0]} ${table}`;
}

/**
 * HTTP in and out, PostgreSQL (also the embedded one, and Prisma's statements) and Redis. What runs by a clock belongs to no
 * request and makes no traces. GraphQL is traced by core's own work: an operation that is compiled never calls graphql's
 * `execute`, and over WebSocket there is no request that its spans could belong to.
 */
export const instrument = (keeps: KeepsTrace): (() => void) =>
  registerInstrumentations({
    meterProvider: { getMeter: createNoopMeter }, // /metrics has them
    instrumentations: [
      new HttpInstrumentation({
        ignoreIncomingRequestHook: ({ url = '', headers }) => UNTRACED.test(url) || !keeps(headers['traceparent']),
        startIncomingSpanHook: (request) => ({ 'http.route': routeOf(request) }),
        requireParentforOutgoingSpans: true,
      }),
      new PgInstrumentation({
        requireParentSpan: true,
        ignoreConnectSpans: true,
        requestHook: (span, { query }) => span.updateName(statementName(query.text)),
      }),
      new IORedisInstrumentation({ requireParentSpan: true, dbStatementSerializer: (command) => command }),
    ] satisfies Instrumentation[],
  });
