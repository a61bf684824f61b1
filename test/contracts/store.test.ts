import { afterAll, beforeAll, describe } from 'vitest';
import type { Store } from '#core/ports/store.ts';
import { describeWith } from '../support/services.ts';
import { pgliteStore, postgresqlStore, type TestStore } from '../support/stores.ts';
import { branches } from './store/branches.ts';
import { conversations } from './store/conversations.ts';
import { documents } from './store/documents.ts';
import { endings } from './store/endings.ts';
import { evaluations } from './store/evaluations.ts';
import { identity } from './store/identity.ts';
import { isolation } from './store/isolation.ts';
import { lostCalls } from './store/lost-calls.ts';
import { operations } from './store/operations.ts';
import { passages } from './store/passages.ts';
import { summaries } from './store/summaries.ts';
import { takeovers } from './store/takeovers.ts';
import { turns } from './store/turns.ts';

/** The port's contract, run over one implementation. */
function contract(openTestStore: () => Promise<TestStore>): void {
  let opened: TestStore | undefined;
  beforeAll(async () => {
    opened = await openTestStore();
  });
  afterAll(() => opened?.close());
  const store = (): Store => {
    if (!opened) throw new Error('the store is not open');
    return opened.store;
  };
  for (const suite of [
    identity,
    conversations,
    turns,
    branches,
    summaries,
    endings,
    takeovers,
    lostCalls,
    evaluations,
    documents,
    passages,
    operations,
    isolation,
  ])
    describe(suite.name, () => suite(store));
}

describe('store on PGlite', () => contract(pgliteStore));
describeWith(
  'store on PostgreSQL',
  process.env['POSTGRES_URL'] !== undefined,
  'POSTGRES_URL must name a PostgreSQL server',
  () => contract(postgresqlStore),
);
