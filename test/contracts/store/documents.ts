import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import type { DocumentRecord, Store } from '#core/ports/store.ts';
import type { Viewer } from '#core/viewer.ts';
import { id, someone } from '../../support/turns.ts';

type NewDocument = Parameters<Store['documents']['add']>[1];
export const documentOf = (others: Partial<NewDocument> = {}): NewDocument => ({
  id: id(),
  title: 'A title',
  text: 'Some text.',
  mediaType: 'text/plain',
  kind: null,
  shared: false,
  clientMutationId: null,
  ...others,
});

/** Replaces passages as an ingestion does. */
export async function replacePassages(
  { documents }: Store,
  documentId: string,
  passages: Parameters<Store['documents']['replacePassages']>[2],
): Promise<boolean> {
  await documents.claim(documentId, 'a', 60_000);
  return documents.replacePassages(documentId, 'a', passages);
}

export function documents(store: () => Store): void {
  const add = async (viewer: Viewer, others?: Partial<NewDocument>): Promise<DocumentRecord> =>
    (await store().documents.add(viewer, documentOf(others))).document;
  const titles = async (
    viewer: Viewer,
    page: Parameters<Store['documents']['list']>[1],
    status: DocumentRecord['status'] | null = null,
  ) => (await store().documents.list(viewer, page, status)).edges.map(({ node }) => node.title);

  test('documents that are still being read are the viewer’s own, or of those named the readable ones', async () => {
    const [viewer, tenant] = [await someone(store()), id()];
    const [ann, bob] = [await someone(store(), tenant), await someone(store(), tenant)];
    const pending = async (who: Viewer, ids: readonly string[] | null, limit = 10) =>
      (await store().documents.pending(who, ids, limit)).map(({ title }) => title);
    const own = await add(ann, { title: 'own' });
    const shared = await add(bob, { title: 'shared', shared: true });
    const secret = await add(bob, { title: 'secret' });
    const done = await add(ann, { title: 'done' });
    await store().documents.claim(done.id, 'a', 60_000);
    await store().documents.setStatus(done.id, 'a', { status: 'INDEXED', progress: 1 });
    await add(ann, { title: 'later' });
    expect(await pending(ann, null)).toEqual(['own', 'later']);
    expect(await pending(ann, null, 1)).toEqual(['own']);
    expect(await pending(ann, [own.id, shared.id, secret.id, done.id, 'no id'])).toEqual(['own', 'shared']);
    expect(await pending(viewer, null)).toEqual([]);
    expect(await pending(viewer, [own.id, shared.id])).toEqual([]);
  });

  test('a document is QUEUED as it was given, counted in bytes of UTF-8', async () => {
    const viewer = await someone(store());
    const given = documentOf({ text: 'naïve 😀', kind: 'CODE', shared: true });
    const { created, document } = await store().documents.add(viewer, given);
    expect(created).toBe(true);
    expect(document).toMatchObject({
      id: given.id,
      viewerId: viewer.id,
      tenant: viewer.tenant,
      kind: 'CODE',
      bytes: 11,
      shared: true,
      status: 'QUEUED',
      progress: 0,
      passageCount: 0,
      error: null,
      indexedAt: null,
    });
    expect(await store().documents.get(viewer, given.id)).toEqual(document);
    expect(await store().documents.text(given.id)).toEqual({ document, text: 'naïve 😀' });
  });

  test('one clientMutationId of a viewer makes one document, also twenty times at once', async () => {
    const tenant = id();
    const [ann, ben] = [await someone(store(), tenant), await someone(store(), tenant)];
    const added = await Promise.all(
      Array.from({ length: 20 }, () => store().documents.add(ann, documentOf({ clientMutationId: 'same' }))),
    );
    expect(added.filter((one) => one.created)).toHaveLength(1);
    expect(new Set(added.map((one) => one.document.id)).size).toBe(1);
    expect(await titles(ann, { first: 100 })).toHaveLength(1);
    expect((await store().documents.add(ben, documentOf({ clientMutationId: 'same' }))).created).toBe(true);
  });

  test('the same clientMutationId with other content is CONFLICT', async () => {
    const viewer = await someone(store());
    const { documents } = store();
    const request = { clientMutationId: 'same', fingerprint: 'a' };
    expect((await documents.add(viewer, documentOf(request))).created).toBe(true);
    expect((await documents.add(viewer, documentOf(request))).created).toBe(false);
    const refusal = { code: 'CONFLICT' };
    await expect(documents.add(viewer, documentOf({ ...request, fingerprint: 'b' }))).rejects.toMatchObject(refusal);
    const file = { ...documentOf({ ...request, fingerprint: 'c' }), titled: true, name: 'a.txt', bytes: 1 };
    await expect(documents.addUpload(viewer, file, Readable.from([Buffer.from('x')]))).rejects.toMatchObject(refusal);
    expect(await titles(viewer, { first: 9 })).toHaveLength(1);
  });

  test('characters that a database cannot hold do not break it, and lengths stay', async () => {
    const viewer = await someone(store());
    const { id: documentId } = await add(viewer, { title: '\0', text: 'a\0b\ud800c' });
    expect(await store().documents.text(documentId)).toMatchObject({
      text: 'a\ufffdb\ufffdc',
      document: { title: '\ufffd' },
    });
  });

  test('a text of any length comes back unchanged, and goes when another replaces it', async () => {
    const { documents } = store();
    const { id: documentId } = await add(await someone(store()));
    const setText = (text: string) => documents.setText(documentId, 'a', { text, mediaType: 'text/csv', title: null });
    await documents.claim(documentId, 'a', 10_000);
    const long = `a${'😀'.repeat(1_200_000)}`;
    expect(await setText(long)).toMatchObject({ id: documentId, mediaType: 'text/csv', status: 'PARSING' });
    expect((await documents.text(documentId))?.text === long).toBe(true);
    await setText('short');
    expect(await documents.text(documentId)).toMatchObject({ text: 'short', document: { mediaType: 'text/csv' } });
  });

  test('pages are kept with the text that has them, and only readers of the document see them', async () => {
    const { documents } = store();
    const viewer = await someone(store());
    const { id: documentId } = await add(viewer);
    await documents.claim(documentId, 'a', 10_000);
    const read = { text: 'one two', mediaType: 'application/pdf', title: null };
    await documents.setText(documentId, 'a', { ...read, pages: [0, 4] });
    expect(await documents.pages(viewer, [documentId, 'no id', id()])).toEqual(new Map([[documentId, [0, 4]]]));
    expect((await documents.pages(await someone(store()), [documentId])).size).toBe(0);
    await documents.setText(documentId, 'a', read);
    expect((await documents.pages(viewer, [documentId])).size).toBe(0);
  });

  test('ingestion stores its state; unfinished documents are found again, oldest first', async () => {
    const viewer = await someone(store());
    const [one, two, three] = [await add(viewer), await add(viewer), await add(viewer)];
    const { claim, setStatus } = store().documents;
    const set = (id: string, status: Parameters<typeof setStatus>[2]) => setStatus(id, 'a', status);
    expect(await set(two.id, { status: 'PARSING', progress: 0.25 })).toBe(false);
    for (const document of [one, two]) expect(await claim(document.id, 'a', 10_000)).toBe(true);
    expect(await store().documents.get(viewer, two.id)).toMatchObject({ status: 'PARSING', progress: 0 });
    expect(await set(two.id, { status: 'EMBEDDING', progress: 0.25, kind: 'ACADEMIC' })).toBe(true);
    expect(await store().documents.get(viewer, two.id)).toMatchObject({
      status: 'EMBEDDING',
      progress: 0.25,
      kind: 'ACADEMIC',
    });
    const mine = [one.id, two.id, three.id];
    const { running, waiting } = await store().jobs();
    // Other tests have documents too.
    expect(running).toBeGreaterThanOrEqual(2);
    await set(one.id, { status: 'INDEXED', progress: 1 });
    expect(await store().jobs()).toEqual({ running: running - 1, waiting });
    await store().documents.requeue(viewer, one.id);
    expect(await store().jobs()).toEqual({ running: running - 1, waiting: waiting + 1 });
    expect(await claim(one.id, 'a', 10_000)).toBe(true);
    expect(await store().jobs()).toEqual({ running, waiting });
    const unfinished = async () => (await store().documents.unfinished('a')).filter((one) => mine.includes(one));
    expect(await unfinished()).toEqual(mine);
    await set(two.id, { status: 'FAILED', progress: 0.25, error: 'unreadable' });
    await set(one.id, { status: 'INDEXED', progress: 1 });
    expect(await unfinished()).toEqual([three.id]);
    expect(await store().documents.get(viewer, two.id)).toMatchObject({
      error: 'unreadable',
      kind: 'ACADEMIC',
      indexedAt: null,
    });
    expect((await store().documents.get(viewer, one.id))?.indexedAt).toBeInstanceOf(Date);
    await store().documents.requeue(viewer, two.id);
    expect(await store().documents.get(viewer, two.id)).toMatchObject({ status: 'QUEUED', error: null });
  });

  test('a document is ingested by one at a time, who loses it with the lease', async () => {
    const { documents } = store();
    const viewer = await someone(store());
    const { id: one } = await add(viewer);
    const LONG = 60_000;
    const isFree = async (owner: string) => (await documents.unfinished(owner)).includes(one);
    const claims = await Promise.all(['a', 'b', 'c'].map((owner) => documents.claim(one, owner, LONG)));
    expect(claims.filter(Boolean)).toHaveLength(1);
    const holder = 'abc'[claims.indexOf(true)] as string;
    const other = 'abc'[claims.indexOf(false)] as string;
    // An earlier run of the holder continues; another owner may not.
    expect(await documents.claim(one, holder, LONG)).toBe(true);
    expect([await isFree(holder), await isFree(other)]).toEqual([true, false]);
    const text = { text: 'of another', mediaType: 'text/plain', title: null };
    expect(await documents.setText(one, other, text)).toBeNull();
    expect(await documents.replacePassages(one, other, [])).toBe(false);
    const passage = { id: id(), start: 0, end: 4, text: 'Some', heading: null };
    expect(await documents.replacePassages(one, holder, [passage])).toBe(true);
    expect(await documents.setStatus(one, other, { status: 'FAILED', progress: 0 })).toBe(false);
    expect(await documents.text(one)).toMatchObject({ text: 'Some text.', document: { status: 'PARSING' } });

    // A renewed claim stays. Anyone may take an expired one.
    await documents.claim(one, holder, -1_000);
    expect(await documents.renewClaims(other, LONG, [one])).toEqual([]);
    expect(await isFree(other)).toBe(true);
    expect(await documents.renewClaims(holder, LONG, [one, 'no id', id()])).toEqual([one]);
    expect(await isFree(other)).toBe(false);
    await documents.claim(one, holder, -1_000);
    expect(await documents.claim(one, other, LONG)).toBe(true);
    expect(await documents.setStatus(one, holder, { status: 'FAILED', progress: 0 })).toBe(false);
    expect(await documents.replacePassages(one, holder, [])).toBe(false);
    expect((await documents.passages(viewer, [passage.id])).size).toBe(1);

    // At its end it is unclaimed, until it is to be indexed again.
    expect(await documents.setStatus(one, other, { status: 'INDEXED', progress: 1 })).toBe(true);
    expect([await isFree(other), await documents.claim(one, other, LONG)]).toEqual([false, false]);
    expect(await documents.setStatus(one, other, { status: 'FAILED', progress: 0 })).toBe(false);
    await documents.requeue(viewer, one);
    expect(await documents.claim(one, holder, LONG)).toBe(true);
  });

  test('a list holds one’s own and what the tenant shares, newest first, each once, both ways', async () => {
    const tenant = id();
    const [ann, ben] = [await someone(store(), tenant), await someone(store(), tenant)];
    await add(ann, { title: '1 own' });
    await add(ben, { title: '2 shared', shared: true });
    await add(ben, { title: '3 hidden' });
    const fourth = await add(ann, { title: '4 own and shared', shared: true });
    await add(await someone(store()), { title: 'elsewhere', shared: true });
    expect(await titles(ann, { first: 9 })).toEqual(['4 own and shared', '2 shared', '1 own']);
    expect(await titles(ben, { first: 9 })).toEqual(['4 own and shared', '3 hidden', '2 shared']);
    const start = await store().documents.list(ann, { first: 2 }, null);
    expect([start.hasPreviousPage, start.hasNextPage]).toEqual([false, true]);
    expect(await titles(ann, { first: 2, after: start.edges[1]?.cursor ?? '' })).toEqual(['1 own']);
    const end = await store().documents.list(ann, { last: 2 }, null);
    expect([end.hasPreviousPage, end.hasNextPage]).toEqual([true, false]);
    expect(end.edges.map(({ node }) => node.title)).toEqual(['2 shared', '1 own']);
    expect(await titles(ann, { last: 2, before: end.edges[0]?.cursor ?? '' })).toEqual(['4 own and shared']);
    await store().documents.claim(fourth.id, 'a', 10_000);
    await store().documents.setStatus(fourth.id, 'a', { status: 'INDEXED', progress: 1 });
    expect(await titles(ann, { first: 9 }, 'INDEXED')).toEqual(['4 own and shared']);
    expect(await titles(ann, { first: 9 }, 'QUEUED')).toEqual(['2 shared', '1 own']);
    await expect(store().documents.list(ann, { first: 1, after: 'x' }, null)).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
    });
  });

  test('an invalid or unknown id finds nothing', async () => {
    const viewer = await someone(store());
    const { documents } = store();
    for (const wrong of [id(), 'no id', '']) {
      expect(await documents.get(viewer, wrong)).toBeNull();
      expect((await documents.getMany(viewer, [wrong])).size).toBe(0);
      expect(await documents.delete(viewer, wrong)).toBe(false);
      expect((await documents.passages(viewer, [wrong])).size).toBe(0);
      expect(await documents.text(wrong)).toBeNull();
      expect(await documents.claim(wrong, 'a', 10_000)).toBe(false);
      expect(await documents.setStatus(wrong, 'a', { status: 'INDEXED', progress: 1 })).toBe(false);
      expect(await documents.replacePassages(wrong, 'a', [])).toBe(false);
    }
  });
}
