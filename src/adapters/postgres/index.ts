import type { Store } from '#core/ports/store.ts';
import type { PrismaClient } from '../../generated/prisma/client.ts';
import { apiKeyStore } from './api-keys.ts';
import { conversationStore } from './conversations.ts';
import { type Connection, type Database, database } from './database.ts';
import { documentStore } from './documents.ts';
import { embeddingStore } from './embeddings.ts';
import { evaluationSetStore } from './evaluation-sets.ts';
import { evaluationStore } from './evaluations.ts';
import { generationStore } from './generations.ts';
import { jobsDepth } from './jobs-depth.ts';
import { messageStore } from './messages.ts';
import { migrate } from './migrator.ts';
import { operations } from './operations.ts';
import { makePartitions } from './partitions.ts';
import { openPglite } from './pglite.ts';
import { openPostgresql } from './postgresql.ts';
import { summaryStore } from './summaries.ts';
import { takeoverStore } from './takeovers.ts';
import { viewerStore } from './viewers.ts';

export interface StoreOptions {
  /** Absent: PostgreSQL in this process. */
  readonly postgresUrl?: string;
  readonly poolSize: number;
  readonly dataDirectory: string;
}

const MIGRATIONS = new URL('../../../prisma/migrations/', import.meta.url);

/** Opens the store, migrated; over `opening` where its database is being opened. Throws an Error that tells an operator what to do. */
export async function openStore(
  { postgresUrl, poolSize, dataDirectory }: StoreOptions,
  opening?: Promise<Connection>,
): Promise<Store> {
  const open = () =>
    postgresUrl === undefined ? openPglite(dataDirectory) : openPostgresql({ url: postgresUrl, poolSize });
  const connection = await (opening ?? open());
  try {
    const opened = database(connection);
    await migrate(opened, MIGRATIONS);
    await makePartitions(opened);
    return storeOn(opened);
  } catch (error) {
    await connection.close();
    throw error;
  }
}

/** Milliseconds in which a database that is well answers. */
const CHECK = 1_000;

function storeOn(opened: Database): Store {
  let client: Promise<PrismaClient> | undefined;
  let closed: Promise<void> | undefined;
  const prisma = () => {
    client ??= openPrisma(opened);
    return client;
  };
  return {
    engine: opened.engine,
    shared: opened.shared,
    viewers: viewerStore(opened),
    apiKeys: apiKeyStore(opened),
    conversations: conversationStore(opened),
    messages: messageStore(opened),
    generations: generationStore(opened),
    summaries: summaryStore(opened),
    takeovers: takeoverStore(opened),
    documents: documentStore(opened),
    embeddings: embeddingStore(opened),
    evaluations: evaluationStore(opened),
    evaluationSets: evaluationSetStore(opened),
    ...operations(opened, prisma),
    pool: () => {
      const { totalCount, idleCount, waitingCount, options } = opened.pool;
      return { size: options.max, used: totalCount - idleCount, idle: idleCount, waiting: waitingCount };
    },
    jobs: () => jobsDepth(opened),
    check: () => opened.check(CHECK),
    close() {
      closed ??= (async () => {
        await (await client?.catch(() => undefined))?.$disconnect();
        await opened.close();
      })();
      return closed;
    },
  };
}

async function openPrisma({ pool }: Database): Promise<PrismaClient> {
  const [{ PrismaClient }, { PrismaPg }] = await Promise.all([
    import('../../generated/prisma/client.ts'),
    import('@prisma/adapter-pg'),
  ]);
  return new PrismaClient({ adapter: new PrismaPg(pool), transactionOptions: { maxWait: 15_000, timeout: 15_000 } });
}
