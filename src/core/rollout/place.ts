import { createHash } from 'node:crypto';
import type { Viewer } from '../viewer.ts';

/** 0..1, the same for a viewer and a feature on every replica: a growing rollout keeps those whom it had. */
export function placeOf(feature: string, { tenant, subject }: Pick<Viewer, 'tenant' | 'subject'>): number {
  const hash = createHash('sha256')
    .update(JSON.stringify([feature, tenant, subject]))
    .digest();
  return hash.readUInt32BE() / 2 ** 32;
}

/** Whether a share of the viewers has this one among them. */
export const isAmong = (feature: string, share: number, viewer: Pick<Viewer, 'tenant' | 'subject'>): boolean =>
  share >= 1 || (share > 0 && placeOf(feature, viewer) < share);
