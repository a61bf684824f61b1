import { expect, test } from 'vitest';
import type { PassageChange, PassageDraft, Store } from '#core/ports/store.ts';
import type { Viewer } from '#core/viewer.ts';
import { id, someone } from '../../support/turns.ts';
import { documentOf, replacePassages } from './documents.ts';

const draft = (text: string, start = 0): PassageDraft & { id: string } => ({
  id: id(),
  start,
  end: start + text.length,
  text,
  heading: null,
});

export function passages(store: () => Store): void {
  const add = async (viewer: Viewer, title = 'A title', shared = false) =>
    (await store().documents.add(viewer, documentOf({ title, shared }))).document;
  const latest = async () => {
    let sequence = 0;
    for (;;) {
      const changes = await store().documents.changesAfter(sequence, 1_000);
      if (changes.length === 0) return sequence;
      sequence = changes.at(-1)?.sequence ?? sequence;
    }
  };
  const told = (changes: readonly PassageChange[]) =>
    changes.map((change) => (change.type === 'added' ? `+${change.passage.text}` : `-${change.documentId}`));

  test('passages come with the title of their document, by id', async () => {
    const viewer = await someone(store());
    const document = await add(viewer, 'Ships');
    const [one, two] = [draft('first'), { ...draft('second', 6), heading: 'Top > Below' }];
    expect(await replacePassages(store(), document.id, [one, two])).toBe(true);
    const found = await store().documents.passages(viewer, [two.id, one.id, id(), 'no id']);
    expect(found.size).toBe(2);
    expect(found.get(two.id)).toEqual({ ...two, documentId: document.id, documentTitle: 'Ships', shared: false });
    expect(await store().documents.get(viewer, document.id)).toMatchObject({ passageCount: 2 });
  });

  test('beginnings are the first passages of each document and others in equal steps, as the viewer may read them', async () => {
    const viewer = await someone(store());
    const [long, short] = [await add(viewer, 'Long'), await add(viewer, 'Short')];
    await replacePassages(
      store(),
      long.id,
      Array.from({ length: 20 }, (_, number) => draft(`l${number}`, number)),
    );
    await replacePassages(store(), short.id, [draft('s0')]);
    const others = await add(await someone(store(), viewer.tenant), 'Of somebody else');
    await replacePassages(store(), others.id, [draft('hidden')]);
    await add(viewer, 'Without passages');
    const texts = async (ids: readonly string[] | null, limit = 8, mostDocuments = 5) =>
      (await store().documents.beginnings(viewer, ids, { limit, mostDocuments })).map(({ text }) => text);
    expect(await texts(null)).toEqual(['l0', 'l1', 'l2', 'l11', 's0']);
    expect(await texts([long.id, others.id, 'no id'], 4)).toEqual(['l0', 'l1', 'l2', 'l11']);
    expect(await texts([short.id])).toEqual(['s0']);
    expect(await texts(null, 8, 1)).toEqual([]);
    expect(await texts([])).toEqual([]);
    const [first] = await store().documents.beginnings(viewer, [long.id], { limit: 1, mostDocuments: 1 });
    expect(first).toMatchObject({ documentId: long.id, documentTitle: 'Long', shared: false });
  });

  test('changes tell of additions in the order of the text, with whom they belong to', async () => {
    const viewer = await someone(store());
    const document = await add(viewer, 'Ships', true);
    const before = await latest();
    const drafts = Array.from({ length: 50 }, (_, number) => draft(`p${49 - number}`, 49 - number)).reverse(); // not by id
    await replacePassages(store(), document.id, drafts);
    const changes = await store().documents.changesAfter(before, 100);
    expect(told(changes)).toEqual(drafts.map((one) => `+${one.text}`));
    expect(changes[0]).toMatchObject({
      type: 'added',
      passage: {
        ...drafts[0],
        documentId: document.id,
        documentTitle: 'Ships',
        viewerId: viewer.id,
        tenant: viewer.tenant,
        shared: true,
      },
    });
    const few = await store().documents.changesAfter(before, 3);
    expect(told(few)).toEqual(['+p0', '+p1', '+p2']);
    expect(told(await store().documents.changesAfter(few.at(-1)?.sequence ?? 0, 2))).toEqual(['+p3', '+p4']);
  });

  test('thousands of passages are all written, in the order of the text', async () => {
    const document = await add(await someone(store()));
    const before = await latest();
    const drafts = Array.from({ length: 2_500 }, (_, number) => draft(`p${number}`, number));
    await replacePassages(store(), document.id, drafts);
    const changes = await store().documents.changesAfter(before, 5_000);
    expect(told(changes)).toEqual(drafts.map((one) => `+${one.text}`));
  });

  test('replacing reports the removal first, then the new passages; the old additions are left out', async () => {
    const viewer = await someone(store());
    const document = await add(viewer);
    const before = await latest();
    await replacePassages(store(), document.id, [draft('old')]);
    await replacePassages(store(), document.id, [draft('new')]);
    expect(told(await store().documents.changesAfter(before, 10))).toEqual([`-${document.id}`, '+new']);
    await replacePassages(store(), document.id, []);
    expect(told(await store().documents.changesAfter(before, 10))).toEqual([`-${document.id}`, `-${document.id}`]);
    expect(await store().documents.get(viewer, document.id)).toMatchObject({ passageCount: 0 });
  });

  test('a deleted document takes its passages and its text with it, and leaves a tombstone', async () => {
    const viewer = await someone(store());
    const document = await add(viewer);
    const passage = draft('quoted');
    await replacePassages(store(), document.id, [passage]);
    const before = await latest();
    expect(await store().documents.delete(viewer, document.id)).toBe(true);
    expect((await store().documents.passages(viewer, [passage.id])).size).toBe(0);
    expect(await store().documents.text(document.id)).toBeNull();
    expect(told(await store().documents.changesAfter(before, 10))).toEqual([`-${document.id}`]);
    expect(await store().documents.delete(viewer, document.id)).toBe(false);
    expect(await replacePassages(store(), document.id, [draft('late')])).toBe(false);
    expect(told(await store().documents.changesAfter(before, 10))).toEqual([`-${document.id}`]);
  });

  test('the number of the latest change is that of the last one there is, and the origin stays', async () => {
    const viewer = await someone(store());
    const document = await add(viewer);
    await replacePassages(store(), document.id, [draft('one'), draft('two')]);
    expect(await store().documents.latestChange()).toBeGreaterThanOrEqual(await latest());
    const before = await store().documents.latestChange();
    await store().documents.delete(viewer, document.id);
    expect(await store().documents.latestChange()).toBeGreaterThan(before);
    expect(await store().documents.origin()).toMatch(/^\S{8,}$/);
    expect(await store().documents.origin()).toBe(await store().documents.origin());
  });

  test('a shared store runs exclusive work of one name one at a time, and work of another name beside it', async () => {
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    const work = (name: string, until?: Promise<void>) =>
      store().documents.exclusively(name, async () => {
        begin();
        await until;
      });
    const first = work('a', store().shared ? gate : undefined);
    if (store().shared) {
      await begun;
      expect(await work('a')).toBe(false);
      expect(await work('b')).toBe(true);
      open();
    }
    expect(await first).toBe(true);
    expect(await work('a')).toBe(true);
    await expect(store().documents.exclusively('a', () => Promise.reject(new Error('failed')))).rejects.toThrow(
      'failed',
    );
    expect(await work('a')).toBe(true);
  });

  test('a follower misses no change of many writers: its copy equals the store', async () => {
    const viewer = await someone(store());
    let sequence = await latest();
    const documents: Awaited<ReturnType<typeof add>>[] = [];
    for (let count = 0; count < 60; count += 1) documents.push(await add(viewer));
    const index = new Map<string, string>();
    const follow = async () => {
      const changes = await store().documents.changesAfter(sequence, 200);
      for (const change of changes) {
        expect(change.sequence).toBeGreaterThan(sequence);
        sequence = change.sequence;
        if (change.type === 'added') index.set(change.passage.id, change.passage.documentId);
        else for (const [passage, document] of index) if (document === change.documentId) index.delete(passage);
      }
      return changes.length;
    };
    let writing = true;
    const following = (async () => {
      while (writing) await follow();
    })();
    const kept: string[] = [];
    const write = async (document: (typeof documents)[number], place: number) => {
      // Of all lengths, so that they do not end in the order of their start.
      const drafts = Array.from({ length: 1 + ((place * 37) % 120) }, (_, number) => draft(`${place} ${number}`));
      if (place % 3 === 0) await replacePassages(store(), document.id, [draft('to be replaced')]);
      await replacePassages(store(), document.id, drafts);
      if (place % 5 === 0) await store().documents.delete(viewer, document.id);
      else kept.push(...drafts.map((one) => one.id));
    };
    // Eight at once, the number of connections: on a busy machine a caller that waits too long for one is refused.
    const waiting = [...documents.entries()];
    await Promise.all(
      Array.from({ length: 8 }, async () => {
        for (let next = waiting.shift(); next; next = waiting.shift()) await write(next[1], next[0]);
      }),
    );
    writing = false;
    await following;
    while ((await follow()) > 0);
    expect([...index.keys()].sort()).toEqual(kept.sort());
  });

  test('characters that a database cannot hold do not break a passage', async () => {
    const viewer = await someone(store());
    const document = await add(viewer);
    const passage = { ...draft('a\0\ud800'), heading: '\0' };
    await replacePassages(store(), document.id, [passage]);
    const found = await store().documents.passages(viewer, [passage.id]);
    expect(found.get(passage.id)).toMatchObject({ text: 'a\ufffd\ufffd', heading: '\ufffd' });
  });
}
