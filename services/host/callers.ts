/** Who may call a service: a platform that has its secret. */
import { jwtVerify } from 'jose';
import { AppError } from '#core/errors.ts';
import type { Viewer } from '#core/viewer.ts';
import { ISSUER, LOOPBACK_SECRET } from '../../src/adapters/services/client.ts';

const BEARER = /^Bearer +([\w-]+\.[\w-]+\.[\w-]+)$/i;
const LONGEST = 8_192;

/** The viewer of a call's token; null where it belongs to none. Throws UNAUTHENTICATED. */
export type Caller = (authorization: string | undefined) => Promise<Viewer | null>;

export function callers(service: string, secret: string | undefined): Caller {
  const key = new TextEncoder().encode(secret ?? LOOPBACK_SECRET);
  return async (authorization = '') => {
    const token = authorization.length <= LONGEST ? BEARER.exec(authorization)?.[1] : undefined;
    try {
      const { payload } = await jwtVerify(token ?? '', key, {
        algorithms: ['HS256'],
        issuer: ISSUER,
        audience: service,
        requiredClaims: ['sub', 'exp'],
        clockTolerance: 5,
      });
      return viewerIn(payload);
    } catch (cause) {
      throw new AppError('UNAUTHENTICATED', 'A call needs a token that SERVICE_SECRET signs', { cause });
    }
  };
}

function viewerIn({ sub: id, subject, tenant, role }: Record<string, unknown>): Viewer | null {
  if (id === '') return null;
  const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
  if (!isText(id) || !isText(subject) || !isText(tenant) || (role !== 'USER' && role !== 'OPERATOR'))
    throw new TypeError('the token names no viewer');
  return { id, subject, tenant, role };
}
