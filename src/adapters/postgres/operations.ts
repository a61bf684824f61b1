import { AppError } from '#core/errors.ts';
import type { AuditStore, FeatureStore } from '#core/ports/store.ts';
import { newId } from '#core/runtime/identifier.ts';
import { storable } from '#core/text/characters.ts';
import type { PrismaClient } from '../../generated/prisma/client.ts';
import { type Database, json, storeError } from './database.ts';
import { featureStore } from './features.ts';

/** Rare operations of operators, written with Prisma's client. It is loaded at first use, so that the start does not wait for it. */
export function operations(
  database: Database,
  prisma: () => Promise<PrismaClient>,
): {
  readonly features: FeatureStore;
  readonly audit: AuditStore;
} {
  return {
    features: featureStore(database),
    audit: {
      async record({ id: viewerId, tenant, subject }, action, target, detail) {
        const entry = { id: newId(), viewerId, tenant, subject, action, target: storable(target) };
        await inOurWords(async () => {
          await (await prisma()).auditEntry.create({ data: { ...entry, detail: JSON.parse(json(detail) ?? '{}') } });
        });
      },
    },
  };
}

/** Transient errors of Prisma: https://www.prisma.io/docs/orm/reference/error-reference */
const PASSING = new Set(['P1001', 'P1002', 'P1008', 'P1017', 'P2024', 'P2028', 'P2034']);

async function inOurWords(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!PASSING.has(String((error as { code?: unknown }).code))) throw storeError(error);
    throw new AppError('STORE_UNAVAILABLE', 'The database did not answer', { cause: error, retryAfter: 1 });
  }
}
