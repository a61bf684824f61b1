import { createHash } from 'node:crypto';
import type { RequestIdentity } from '../ports/store.ts';
import { checkMutationId } from './input.ts';

/** SHA-256 of all that a request says, so that the same clientMutationId with other content is found out. */
export const fingerprintOf = (content: readonly unknown[]): string =>
  createHash('sha256').update(JSON.stringify(content)).digest('base64url');

/** Null without a clientMutationId. BAD_USER_INPUT for one that cannot be stored. */
export function requestIdentity(clientMutationId: string | null, content: readonly unknown[]): RequestIdentity | null {
  const checked = checkMutationId(clientMutationId);
  return checked === null ? null : { clientMutationId: checked, fingerprint: fingerprintOf(content) };
}
