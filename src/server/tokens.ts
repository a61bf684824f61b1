import { createRemoteJWKSet, errors, type JWTVerifyGetKey, type JWTVerifyOptions, jwtVerify } from 'jose';
import type { Parley } from '#core/services/index.ts';
import { unauthenticated } from './unauthenticated.ts';

export interface TokenOptions {
  readonly jwtSecret?: string | undefined;
  readonly jwtJwksUrl?: string | undefined;
  readonly jwtIssuer?: string | undefined;
  readonly jwtAudience?: string | undefined;
}

/** Whom a token names. Throws UNAUTHENTICATED, or what went wrong where the keys are out of reach. */
export type VerifyToken = (token: string) => Promise<Parameters<Parley['viewer']>[0]>;

/** The keys at JWT_JWKS_URL could not be read: what jose throws then is none of its verdicts on tokens. */
function isKeyServerAway(error: unknown): boolean {
  if (!(error instanceof errors.JOSEError)) return error instanceof TypeError && error.message === 'fetch failed';
  return (
    error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid || error.code === 'ERR_JOSE_GENERIC'
  );
}

/** By the secret, or else by the keys at the URL. */
export function tokenVerifier({ jwtSecret, jwtJwksUrl, jwtIssuer, jwtAudience }: TokenOptions): VerifyToken {
  const key: Uint8Array | JWTVerifyGetKey =
    jwtSecret === undefined ? createRemoteJWKSet(new URL(jwtJwksUrl ?? '')) : new TextEncoder().encode(jwtSecret);
  const checks: JWTVerifyOptions = {
    // A public key must never serve as the secret of an HMAC, nor `none` as an algorithm.
    algorithms:
      jwtSecret === undefined
        ? ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA']
        : ['HS256', 'HS384', 'HS512'],
    requiredClaims: ['sub', 'exp'],
    clockTolerance: 5,
    ...(jwtIssuer === undefined ? {} : { issuer: jwtIssuer }),
    ...(jwtAudience === undefined ? {} : { audience: jwtAudience }),
  };
  return async (token) => {
    try {
      const { payload } = await jwtVerify(token, key as JWTVerifyGetKey, checks);
      const { sub, tenant = 'default', role } = payload;
      if (typeof sub !== 'string' || sub === '' || typeof tenant !== 'string' || tenant === '')
        throw new Error('sub or tenant is no text');
      if (role !== undefined && role !== 'OPERATOR' && role !== 'USER')
        throw new Error('role is neither OPERATOR nor absent');
      return { subject: sub, tenant, role: role === 'OPERATOR' ? ('OPERATOR' as const) : ('USER' as const) };
    } catch (error) {
      if (isKeyServerAway(error)) throw error; // no verdict on the token: nobody is let in, and no live stream is ended
      throw unauthenticated(error);
    }
  };
}
