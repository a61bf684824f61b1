import { expect, test } from 'vitest';
import type { Store } from '#core/ports/store.ts';
import type { Viewer } from '#core/viewer.ts';
import { finish, INTERRUPTED, id, open, someone, turnOf } from '../../support/turns.ts';
import { REPORT } from './conversations.ts';
import { documentOf, replacePassages } from './documents.ts';

/** A viewer's data, one of each kind. */
async function belongings(store: Store, viewer: Viewer) {
  const turn = await open(store, viewer, 'private words', { clientMutationId: 'mutation' });
  await finish(store, turn, { usage: { inputTokens: 1, outputTokens: 1, costUsd: 1 } });
  await store.messages.rate(viewer, turn.assistantMessage.id, 'UP', 'mine');
  await store.generations.evaluate(viewer, turn.generation.id, { id: id(), report: REPORT }, []);
  const { document } = await store.documents.add(viewer, documentOf({ clientMutationId: 'document' }));
  const passageId = id();
  const passage = { id: passageId, start: 0, end: 4, text: 'Some', heading: null };
  await replacePassages(store, document.id, [passage]);
  const hash = `hash ${id()}`;
  const key = { id: id(), viewerId: viewer.id, name: 'bootstrap', prefix: 'pk', hash, role: viewer.role };
  await store.apiKeys.create(key);
  const cases = [{ query: 'q', expected: null, context: null, response: 'r' }];
  const set = await store.evaluationSets.create(viewer, { id: id(), name: 'mine', fingerprint: id(), cases });
  const run = await store.evaluationSets.createRun(viewer, { id: id(), setId: set.id, tolerance: 0, most: 9 });
  const ids = {
    conversation: turn.conversation.id,
    question: turn.userMessage.id,
    answer: turn.assistantMessage.id,
    generation: turn.generation.id,
    document: document.id,
    passage: passageId,
    set: set.id,
    run: run?.id ?? '',
    key: key.id,
  };
  const snapshot = async () => ({
    usage: await store.viewers.usage(viewer, null),
    keys: await store.apiKeys.list(viewer),
    conversation: await store.conversations.get(viewer, ids.conversation),
    messages: await store.messages.list(viewer, ids.conversation, { first: 100 }),
    siblings: await store.messages.following(viewer, [turn.userMessage]),
    generation: await store.generations.get(viewer, ids.generation),
    document: await store.documents.text(ids.document),
    passages: await store.documents.passages(viewer, [ids.passage]),
    summary: (await store.summaries.unsummarised(viewer, ids.answer, { messages: 10, bytes: 1_000 }))?.summary,
  });
  return { ids, snapshot };
}
type Ids = Awaited<ReturnType<typeof belongings>>['ids'];

const EMPTY = { edges: [], hasNextPage: false, hasPreviousPage: false };
const NO_USAGE = { inputTokens: 0, outputTokens: 0, costUsd: 0, turns: 0 };
const NOTHING = new Map();
const ANY = { conversationId: null, since: null, until: null, maxOverall: null, model: null };

/** Each method that takes a viewer, called by a stranger: its expected result, and the call. */
const asked: Record<string, [expected: unknown, ask: (store: Store, stranger: Viewer, ids: Ids) => Promise<unknown>]> =
  {
    'viewers.usage': [NO_USAGE, (store, stranger) => store.viewers.usage(stranger, null)],
    'apiKeys.list': [[], (store, stranger) => store.apiKeys.list(stranger)],
    'apiKeys.revoke': [null, (store, stranger, ids) => store.apiKeys.revoke(stranger, ids.key)],
    'apiKeys.bootstrap': [true, (store, stranger) => store.apiKeys.bootstrap(stranger, `hash ${id()}`, 'pk')],
    'conversations.get': [null, (store, stranger, ids) => store.conversations.get(stranger, ids.conversation)],
    'conversations.getMany': [
      NOTHING,
      (store, stranger, ids) => store.conversations.getMany(stranger, [ids.conversation]),
    ],
    'conversations.list': [EMPTY, (store, stranger) => store.conversations.list(stranger, { first: 100 }, null)],
    'conversations.rename': [
      null,
      (store, stranger, ids) => store.conversations.rename(stranger, ids.conversation, 'x'),
    ],
    'conversations.delete': [null, (store, stranger, ids) => store.conversations.delete(stranger, ids.conversation)],
    'conversations.usage': [NOTHING, (store, stranger, ids) => store.conversations.usage(stranger, [ids.conversation])],
    'conversations.select': [null, (store, stranger, ids) => store.conversations.select(stranger, ids.answer)],
    'messages.get': [null, (store, stranger, ids) => store.messages.get(stranger, ids.answer)],
    'messages.getMany': [
      NOTHING,
      (store, stranger, ids) => store.messages.getMany(stranger, [ids.question, ids.answer]),
    ],
    'messages.list': [EMPTY, (store, stranger, ids) => store.messages.list(stranger, ids.conversation, { last: 100 })],
    'messages.following': [
      [[], []],
      (store, stranger, { conversation: conversationId, question }) =>
        store.messages.following(
          stranger,
          [null, question].map((parentId) => ({ conversationId, parentId })),
        ),
    ],
    'messages.rate': [null, (store, stranger, ids) => store.messages.rate(stranger, ids.answer, 'DOWN', 'x')],
    'generations.begin': [
      [null, null, null, null, null, null],
      (store, stranger, ids) =>
        Promise.all(
          (
            [
              { type: 'send', conversationId: ids.conversation, content: 'x', create: null },
              { type: 'edit', messageId: ids.question, content: 'x' },
              { type: 'edit', messageId: ids.answer, content: 'x' },
              { type: 'regenerate', messageId: ids.answer },
              { type: 'regenerate', messageId: ids.question },
              { type: 'continue', messageId: ids.answer, conversationId: null, content: 'x' },
            ] as const
          ).map((kind) => store.generations.begin(stranger, turnOf(kind, { clientMutationId: 'mutation' }))),
        ),
    ],
    'generations.get': [null, (store, stranger, ids) => store.generations.get(stranger, ids.generation)],
    'generations.evaluate': [
      null,
      (store, stranger, ids) => store.generations.evaluate(stranger, ids.generation, { id: id(), report: REPORT }, []),
    ],
    'summaries.unsummarised': [
      null,
      (store, stranger, ids) => store.summaries.unsummarised(stranger, ids.answer, { messages: 10, bytes: 1_000 }),
    ],
    'summaries.add': [undefined, (store, stranger, ids) => store.summaries.add(stranger, ids.answer, 'x')],
    'evaluations.list': [EMPTY, (store, stranger) => store.evaluations.list(stranger, { first: 100 }, ANY)],
    'evaluations.summary': [
      [],
      (store, stranger) => store.evaluations.summary(stranger, { since: null, until: null, groupBy: null }),
    ],
    'documents.get': [null, (store, stranger, ids) => store.documents.get(stranger, ids.document)],
    'documents.getMany': [NOTHING, (store, stranger, ids) => store.documents.getMany(stranger, [ids.document])],
    'documents.pages': [NOTHING, (store, stranger, ids) => store.documents.pages(stranger, [ids.document])],
    'documents.list': [EMPTY, (store, stranger) => store.documents.list(stranger, { first: 100 }, null)],
    'documents.pending': [
      [[], []],
      (store, stranger, ids) =>
        Promise.all([null, [ids.document]].map((named) => store.documents.pending(stranger, named, 10))),
    ],
    'documents.requeue': [null, (store, stranger, ids) => store.documents.requeue(stranger, ids.document)],
    'documents.delete': [false, (store, stranger, ids) => store.documents.delete(stranger, ids.document)],
    'evaluationSets.get': [null, (store, stranger, ids) => store.evaluationSets.get(stranger, ids.set)],
    'evaluationSets.list': [EMPTY, (store, stranger) => store.evaluationSets.list(stranger, { first: 100 })],
    'evaluationSets.createRun': [
      null,
      (store, stranger, ids) =>
        store.evaluationSets.createRun(stranger, { id: id(), setId: ids.set, tolerance: 0, most: 9 }),
    ],
    'evaluationSets.getRun': [null, (store, stranger, ids) => store.evaluationSets.getRun(stranger, ids.run)],
    'evaluationSets.listRuns': [
      EMPTY,
      (store, stranger, ids) => store.evaluationSets.listRuns(stranger, ids.set, { first: 100 }),
    ],
    'evaluationSets.results': [
      EMPTY,
      (store, stranger, ids) => store.evaluationSets.results(stranger, ids.run, { first: 100 }),
    ],
    'evaluationSets.regressions': [[], (store, stranger, ids) => store.evaluationSets.regressions(stranger, ids.run)],
    'evaluationSets.summary': [null, (store, stranger, ids) => store.evaluationSets.summary(stranger, ids.run)],
    'documents.beginnings': [
      [],
      (store, stranger, ids) => store.documents.beginnings(stranger, [ids.document], { limit: 10, mostDocuments: 10 }),
    ],
    'documents.passages': [NOTHING, (store, stranger, ids) => store.documents.passages(stranger, [ids.passage])],
  };

/** Methods that write for the viewer alone, or act for no viewer. Their own tests cover their results. */
const actForNone = [
  ...[
    'viewers.ensure',
    'viewers.erase',
    'generations.figures',
    'viewers.charge',
    'viewers.tenantUsage',
    'apiKeys.create',
    'apiKeys.find',
    'conversations.create',
    'documents.add',
    'audit.record',
  ],
  ...['embeddings.get', 'embeddings.put', 'embeddings.prune'],
  ...['generations.flush', 'generations.finish', 'generations.interruptAbandoned', 'features.list', 'features.set'],
  ...['features.remove', 'features.claimGuard', 'features.saveGuard', 'features.turnsAfter'],
  ...['takeovers.take', 'takeovers.release', 'takeovers.takeUnjudged', 'takeovers.unjudged'],
  ...[
    'documents.text',
    'documents.addUpload',
    'documents.upload',
    'documents.setText',
    'documents.dropUpload',
    'documents.claim',
    'documents.renewClaims',
    'documents.setStatus',
    'documents.replacePassages',
    'documents.unfinished',
    'documents.changesAfter',
    'documents.readersChangedAfter',
    'documents.latestChange',
    'documents.origin',
    'documents.exclusively',
    'evaluationSets.create',
    'evaluationSets.claim',
    'evaluationSets.renew',
    'evaluationSets.addResult',
    'evaluationSets.finish',
    'evaluationSets.unfinished',
  ],
];

export function isolation(store: () => Store): void {
  test('every method of the store is asked by a stranger, or known to act for none', () => {
    const methods = Object.entries(store()).flatMap(([group, part]) =>
      typeof part === 'object' ? Object.keys(part).map((method) => `${group}.${method}`) : [],
    );
    expect(methods.sort()).toEqual([...Object.keys(asked), ...actForNone].sort());
  });

  for (const [where, sameTenant] of [
    ['of the same tenant', true],
    ['of another tenant', false],
  ] as const)
    for (const [method, [expected, ask]] of Object.entries(asked))
      test(`${method}: what is another's is as if it did not exist, for a viewer ${where}`, async () => {
        const owner = await someone(store());
        const stranger = await someone(store(), sameTenant ? owner.tenant : id());
        const { ids, snapshot } = await belongings(store(), owner);
        const before = await snapshot();
        expect(await ask(store(), stranger, ids)).toEqual(expected);
        expect(await snapshot()).toEqual(before);
      });

  test('an operator reads no more of another viewer than anyone', async () => {
    const owner = await someone(store());
    const operator = await someone(store(), owner.tenant, 'OPERATOR');
    const { ids } = await belongings(store(), owner);
    for (const [method, [expected, ask]] of Object.entries(asked))
      if (method !== 'apiKeys.revoke') {
        const answer = await ask(store(), operator, ids);
        if (method !== 'apiKeys.list') expect(answer).toEqual(expected);
      }
  });

  test('a shared document is read by its tenant, changed by its owner alone, and hidden from other tenants', async () => {
    const owner = await someone(store());
    const [colleague, outsider] = [await someone(store(), owner.tenant), await someone(store())];
    const { documents } = store();
    const { document } = await documents.add(owner, documentOf({ shared: true }));
    const passage = { id: id(), start: 0, end: 4, text: 'Some', heading: null };
    await replacePassages(store(), document.id, [passage]);
    const seenBy = async (viewer: Viewer) => [
      (await documents.get(viewer, document.id))?.id,
      (await documents.getMany(viewer, [document.id])).size,
      (await documents.list(viewer, { first: 9 }, null)).edges.length,
      (await documents.passages(viewer, [passage.id])).size,
    ];
    expect(await seenBy(colleague)).toEqual([document.id, 1, 1, 1]);
    expect(await seenBy(outsider)).toEqual([undefined, 0, 0, 0]);
    expect(await documents.delete(colleague, document.id)).toBe(false);
    expect(await documents.delete(outsider, document.id)).toBe(false);
    expect(await documents.delete(owner, document.id)).toBe(true);
    expect(await seenBy(colleague)).toEqual([undefined, 0, 0, 0]);
  });

  test('interrupting what was abandoned answers a number and no one’s ids', async () => {
    expect(typeof (await store().generations.interruptAbandoned(id(), INTERRUPTED))).toBe('number');
  });
}
