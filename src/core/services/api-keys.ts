import { hash as digest, randomBytes } from 'node:crypto';
import { AppError, notFound } from '../errors.ts';
import type { Store } from '../ports/store.ts';
import { newId } from '../runtime/identifier.ts';
import { operates, PLATFORM_TENANT, type Viewer } from '../viewer.ts';
import type { ApiKeys } from './index.ts';
import { checkText, checkTitle } from './input.ts';

/** Cache TTL in milliseconds: a key that was revoked on another replica still works here for this long. */
const TRUST = 5_000;
const MAX_CACHED = 10_000;
const PREFIX_LENGTH = 12;

export const hashOf = (secret: string): string => digest('sha256', secret, 'hex');

/** Keys of 256 random bits: a fast hash suffices, there is nothing to guess. */
export function apiKeys(
  store: Store,
  { now = Date.now }: { readonly now?: () => number } = {},
): ApiKeys & { bootstrap(secret: string): Promise<boolean> } {
  const cache = new Map<string, { readonly viewer: Viewer | null; readonly until: number }>();
  /** Keys that are being looked up: many clients of one key may come at once. */
  const pending = new Map<string, Promise<Viewer | null>>();

  function remember(hash: string, viewer: Viewer | null): Viewer | null {
    cache.delete(hash);
    cache.set(hash, { viewer, until: now() + TRUST });
    if (cache.size > MAX_CACHED) cache.delete(cache.keys().next().value ?? '');
    return viewer;
  }

  async function lookUp(hash: string): Promise<Viewer | null> {
    const looking = store.apiKeys.find(hash).then((found) => found?.viewer ?? null);
    pending.set(hash, looking);
    try {
      const viewer = await looking;
      return pending.get(hash) === looking ? remember(hash, viewer) : viewer;
    } finally {
      if (pending.get(hash) === looking) pending.delete(hash);
    }
  }

  return {
    list: (viewer) => store.apiKeys.list(viewer),

    async create(viewer, input) {
      const role = input.role ?? 'USER';
      const subject = input.subject === null ? viewer.subject : checkText('subject', input.subject.trim(), 200);
      const tenant = input.tenant === null ? viewer.tenant : checkText('tenant', input.tenant.trim(), 200);
      const own = subject === viewer.subject && tenant === viewer.tenant;
      if (viewer.role !== 'OPERATOR' && (!own || role === 'OPERATOR'))
        throw new AppError('FORBIDDEN', 'Only an operator may make a key for another subject, tenant or role');
      if (tenant !== viewer.tenant && !operates(viewer, tenant))
        throw new AppError('FORBIDDEN', "Only the platform's operator may make a key for another tenant");
      const owner = own ? viewer : await store.viewers.ensure({ subject, tenant, role });
      const secret = `parley_${randomBytes(32).toString('base64url')}`;
      const name = checkTitle('name', input.name);
      const prefix = secret.slice(0, PREFIX_LENGTH);
      const apiKey = await store.apiKeys.create({
        id: newId(),
        viewerId: owner.id,
        name,
        prefix,
        hash: hashOf(secret),
        role,
      });
      await store.audit.record(viewer, 'createApiKey', apiKey.id, { name, subject, tenant, role });
      return { apiKey, secret };
    },

    async revoke(viewer, id) {
      const apiKey = await store.apiKeys.revoke(viewer, id);
      if (!apiKey) throw notFound('ApiKey');
      cache.clear();
      pending.clear(); // what is read now may be from before
      await store.audit.record(viewer, 'revokeApiKey', id, {});
      return apiKey;
    },

    async authenticate(secret) {
      const hash = hashOf(secret);
      const cached = cache.get(hash);
      if (cached && cached.until > now()) return cached.viewer;
      return pending.get(hash) ?? lookUp(hash);
    },

    async bootstrap(secret) {
      const viewer = await store.viewers.ensure({ subject: 'operator', tenant: PLATFORM_TENANT, role: 'OPERATOR' });
      return store.apiKeys.bootstrap(viewer, hashOf(secret), 'bootstrap');
    },
  };
}
