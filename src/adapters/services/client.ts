/** Asks services by GraphQL over HTTP. */
import { SignJWT } from 'jose';
import type { ServiceAnswer, ServiceCall, ServiceClient, ServiceHook } from '#core/ports/services.ts';
import { carriedTrace } from '#core/runtime/work.ts';
import type { Viewer } from '#core/viewer.ts';
import { post } from './post.ts';
import { QUESTIONS } from './questions.ts';

/** Seconds that a call's token holds. */
const TOKEN_SECONDS = 60;
export const ISSUER = 'parley';
/** The key of both sides where no SERVICE_SECRET is set: services then listen on loopback alone, and only such are called. */
export const LOOPBACK_SECRET = 'parley-services-on-this-machine-alone';

/** A service answered an error, or no answer that can be read. Its message holds nothing that the service wrote. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';
}

/** `secret`: SERVICE_SECRET, which the services have too. */
export function serviceClient(secret: string | undefined): ServiceClient {
  const key = new TextEncoder().encode(secret ?? LOOPBACK_SECRET);
  return {
    async ask<H extends ServiceHook>(call: ServiceCall<H>): Promise<ServiceAnswer> {
      const { document, asked, read, mostBytes } = QUESTIONS[call.hook];
      const { status, text } = await post(`${call.address}/graphql`, {
        headers: {
          'content-type': 'application/json',
          accept: 'application/json',
          authorization: `Bearer ${await tokenOf(key, call.service, call.viewer)}`,
          'x-deadline-ms': String(call.withinMs),
          ...traceparent(),
        },
        body: JSON.stringify({ query: document, variables: { asked: asked(call.question) } }),
        mostBytes: mostBytes(call.question),
        signal: call.signal,
      });
      if (status === 401) throw new ServiceError('answered HTTP 401: set the same SERVICE_SECRET here and there');
      if (status !== 200) throw new ServiceError(`answered HTTP ${status}`);
      const { answer, notes, usage } = answerIn(text);
      const isObject = typeof answer === 'object' && answer !== null;
      return { notes, usage, answer: isObject ? read({ ...answer }) : answer };
    },
  };
}

/** The viewer's ids in a token that the service's secret signs, and that no other service accepts. */
const tokenOf = (key: Uint8Array, service: string, viewer: Viewer | null): Promise<string> =>
  new SignJWT(viewer ? { subject: viewer.subject, tenant: viewer.tenant, role: viewer.role } : {})
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer(ISSUER)
    .setAudience(service)
    .setSubject(viewer?.id ?? '')
    .setExpirationTime(`${TOKEN_SECONDS}s`)
    .sign(key);

/** The trace that is under way, as W3C's Trace Context has it; also that it is not kept. */
function traceparent(): Record<string, string> {
  const trace = carriedTrace();
  return trace === undefined ? {} : { traceparent: trace };
}

function answerIn(text: string): ServiceAnswer {
  let result: { data?: { asked?: unknown } | null; errors?: { extensions?: { code?: unknown } }[] };
  try {
    result = JSON.parse(text);
  } catch {
    throw new ServiceError('answered no JSON');
  }
  const code = result?.errors?.[0]?.extensions?.code;
  if (result?.errors) throw new ServiceError(`answered ${/^[A-Z_]{1,40}$/.test(String(code)) ? code : 'an error'}`);
  const answer = result?.data?.asked;
  if (typeof answer !== 'object' || answer === null) throw new ServiceError('answered no data');
  return answer as ServiceAnswer; // its parts are checked by core
}
