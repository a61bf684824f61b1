import type { Parley } from '#core/services/index.ts';
import { LOCAL_TENANT, type Viewer } from '#core/viewer.ts';
import type { TokenOptions, VerifyToken } from './tokens.ts';
import { unauthenticated } from './unauthenticated.ts';

export interface AuthOptions extends TokenOptions {
  readonly parley: Pick<Parley, 'apiKeys' | 'viewer'>;
  /** 'none': everybody is the one local viewer. */
  readonly auth: 'required' | 'none';
}

/** The viewer of an Authorization header. One function for HTTP, SSE and WebSocket. Throws UNAUTHENTICATED. */
export type Authenticate = (authorization: string | undefined) => Promise<Viewer>;

const BEARER = /^Bearer +([^\s,]+)$/i;
const JWT = /^[\w-]+\.[\w-]+\.[\w-]+$/;
const LONGEST = 8_192;

export function authenticator(options: AuthOptions): Authenticate {
  const { parley, auth } = options;
  const verify = verifierOf(options);
  let local: Promise<Viewer> | undefined;

  return async (authorization) => {
    if (auth === 'none') {
      local ??= localViewer(parley).catch((error) => {
        local = undefined; // the store may answer the next request
        throw error;
      });
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

async function localViewer(parley: AuthOptions['parley']): Promise<Viewer> {
  const viewer = await parley.viewer({ tenant: LOCAL_TENANT, subject: 'local', role: 'OPERATOR' });
  return { ...viewer, isLocal: true };
}

/** Undefined where no tokens are configured. The library is loaded with the first token. */
function verifierOf(options: TokenOptions): VerifyToken | undefined {
  if (options.jwtSecret === undefined && options.jwtJwksUrl === undefined) return undefined;
  let loaded: Promise<VerifyToken> | undefined;
  return async (token) => {
    loaded ??= import('./tokens.ts').then(({ tokenVerifier }) => tokenVerifier(options));
    return (await loaded)(token);
  };
}
