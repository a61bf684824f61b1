import { context, createNoopMeter, trace } from '@opentelemetry/api';
import { type Instrumentation, registerInstrumentations } from '@opentelemetry/instrumentation';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { IORedisInstrumentation } from '@opentelemetry/instrumentation-ioredis';
import { PgInstrumentation } from '@opentelemetry/instrumentation-pg';

const WRITE = /\b(INSERT INTO|(?<!FOR |KEY )UPDATE|DELETE FROM)\s+"?(\w+)/;
const READ = /\b(FROM)\s+"?(\w+)/;
/** `INSERT messages`, `SELECT documents`: what it writes first, else what it reads. Names of prepared statements say less. */
export function statementName(text: string): string {
  if (text.startsWith('SELECT pg_notify(')) return 'NOTIFY';
  const [, work = '', table] = WRITE.exec(text) ?? READ.exec(text) ?? [];
  if (table === undefined) return /^\s*(\w+)/.exec(text)?.[1]?.toUpperCase() ?? 'query';
  return `${work === 'FROM' ? 'SELECT' : work.split(' ')[0]} ${table}`;
}

/**
 * HTTP to others, PostgreSQL (also the embedded one, and Prisma's statements) and Redis. What runs by a clock belongs to no
 * request and makes no traces. Requests and GraphQL are traced by the server's own work: an operation that is compiled never calls graphql's
 * `execute`, and over WebSocket there is no request that its spans could belong to.
 */
export const instrument = (): (() => void) =>
  registerInstrumentations({
    meterProvider: { getMeter: createNoopMeter }, // /metrics has them
    instrumentations: [
      new HttpInstrumentation({
        disableIncomingRequestInstrumentation: true, // it takes as long as the rest of a small request
        requireParentforOutgoingSpans: true,
        // Before anything is made of the request: most belong to no trace that is kept.
        ignoreOutgoingRequestHook: () => trace.getSpan(context.active()) === undefined,
      }),
      new PgInstrumentation({
        requireParentSpan: true,
        ignoreConnectSpans: true,
        requestHook: (span, { query }) => span.updateName(statementName(query.text)),
      }),
      new IORedisInstrumentation({ requireParentSpan: true, dbStatementSerializer: (command) => command }),
    ] satisfies Instrumentation[],
  });
