import { createRemoteJWKSet, errors, type JWTVerifyGetKey, type JWTVerifyOptions, jwtVerify } from 'jose';
import { AppError } from '#core/errors.ts';
import type { Parley } from '#core/services/index.ts';
import { LOCAL_TENANT, type Viewer } from '#core/viewer.ts';

export interface AuthOptions {
  readonly parley: Pick<Parley, 'apiKeys' | 'viewer'>;
  /** 'none': everybody is the one local viewer. */
  readonly auth: 'required' | 'none';
  readonly jwtSecret?: string | undefined;
  readonly jwtJwksUrl?: string | undefined;
  readonly jwtIssuer?: string | undefined;
  readonly jwtAudience?: string | undefined;
}

/** The viewer of an Authorization header. One function for HTTP, SSE and WebSocket. Throws UNAUTHENTICATED. */
export type Authenticate = (authorization: string | undefined) => Promise<Viewer>;

const BEARER = /^Bearer +([^\s,]+)$/i;
const JWT = /^[\w-]+\.[\w-]+\.[\w-]+$/;
const LONGEST = 8_192;

const unauthenticated = (cause?: unknown) =>
  new AppError('UNAUTHENTICATED', 'A valid API key or token is needed: Authorization: Bearer …', { cause });

export function authenticator(options: AuthOptions): Authenticate {
  const { parley, auth } = options;
  const verify = tokenVerifier(options);
  let local: Promise<Viewer> | undefined;

  return async (authorization) => {
    if (auth === 'none') {
      local ??= parley
        .viewer({ tenant: LOCAL_TENANT, subject: 'local', role: 'OPERATOR' })
        .then((viewer) => ({ ...viewer, isLocal: true }));
      return local;
    }
    const credential = (authorization?.length ?? 0) <= LONGEST ? BEARER.exec(authorization ?? '')?.[1] : undefined;
    if (credential === undefined) throw unauthenticated();
    if (verify && JWT.test(credential)) return parley.viewer(await verify(credential));
    const viewer = await parley.apiKeys.authenticate(credential);
    if (!viewer) throw unauthenticated();
    return viewer;
  };
}

/** The keys at JWT_JWKS_URL could not be read: what jose throws then is none of its verdicts on tokens. */
function isKeyServerAway(error: unknown): boolean {
  if (!(error instanceof errors.JOSEError)) return error instanceof TypeError && error.message === 'fetch failed';
  return (
    error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid || error.code === 'ERR_JOSE_GENERIC'
  );
}

function tokenVerifier({ jwtSecret, jwtJwksUrl, jwtIssuer, jwtAudience }: AuthOptions) {
  if (jwtSecret === undefined && jwtJwksUrl === undefined) return undefined;
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
  return async (token: string) => {
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
