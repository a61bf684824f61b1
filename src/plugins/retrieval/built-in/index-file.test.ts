import { mkdtemp, readdir, readFile, readlink, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import type { IndexedPassage, PassageChange } from '#core/ports/store.ts';
import { DamagedFile } from './file-part.ts';
import { IndexFile } from './index-file.ts';
import { PassageIndex } from './passage-index.ts';
import { readSnapshot, writeSnapshot } from './snapshot.ts';

const scope = { viewerId: 'ann', tenant: 'home', documentIds: null };

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'parley-index-'));
});

const added = (
  sequence: number,
  documentId: string,
  text: string,
  others: Partial<IndexedPassage> = {},
): PassageChange => ({
  sequence,
  type: 'added',
  passage: {
    id: `${documentId}-${sequence}`,
    documentId,
    documentTitle: 'A title 标题',
    heading: null,
    start: 0,
    end: text.length,
    text,
    viewerId: 'ann',
    tenant: 'home',
    shared: false,
    ...others,
  },
});

function filled(): PassageIndex {
  const index = new PassageIndex();
  index.apply([
    added(1, 'zebras', 'A zebra has stripes.'),
    added(2, 'zebras', '斑马生活在非洲。😀'),
    added(3, 'gone', 'A zebra that is gone.'),
    added(4, 'others', 'Another zebra.', { viewerId: 'bob' }),
    { sequence: 5, type: 'removed', documentId: 'gone' },
    added(6, 'shared', 'A zebra for all.', { viewerId: 'bob', shared: true }),
  ]);
  return index;
}

const search = (index: PassageIndex, query: string) => index.search({ query, ...scope, limit: 10, rerank: true });

test('an index that was read from its file, changed, and written again answers as before, and so does the file', async () => {
  const index = filled();
  await new IndexFile(directory, 'here').write(index);
  const file = new IndexFile(directory, 'here');
  const restored = (await file.read(6)) as PassageIndex;
  for (const sequence of [7, 8]) {
    for (const one of [index, restored]) one.apply([added(sequence, `late-${sequence}`, 'A late zebra runs.')]);
    expect(await file.write(restored)).toBe(true);
    const again = (await new IndexFile(directory, 'here').read(sequence)) as PassageIndex;
    for (const one of [restored, again])
      for (const query of ['zebra', 'striped animals', '斑马', 'late'])
        expect(search(one, query)).toEqual(search(index, query));
  }
});

test('an index from its file answers as before, and follows further changes', async () => {
  const index = filled();
  expect(await new IndexFile(directory, 'here').write(index)).toBe(true);
  const restored = await new IndexFile(directory, 'here').read(6);
  expect(restored?.sequence).toBe(6);
  expect(restored?.size).toBe(4);
  for (const query of ['zebra', 'striped animals', '斑马', 'the gone zebra', 'nothing of that'])
    expect(search(restored as PassageIndex, query)).toEqual(search(index, query));
  const more: PassageChange[] = [
    added(7, 'late', 'A late zebra.'),
    { sequence: 8, type: 'removed', documentId: 'zebras' },
  ];
  for (const one of [index, restored as PassageIndex]) one.apply(more);
  expect(search(restored as PassageIndex, 'zebra')).toEqual(search(index, 'zebra'));
  expect(
    search(index, 'zebra')
      .map(({ id }) => id)
      .sort(),
  ).toEqual(['late-7', 'shared-6']);
});

test('a file is not written again while nothing has changed', async () => {
  const file = new IndexFile(directory, 'here');
  const index = filled();
  expect(await file.write(index)).toBe(true);
  expect(await file.write(index)).toBe(false);
  index.apply([added(7, 'late', 'A late zebra.')]);
  expect(await file.write(index)).toBe(true);
  expect(await readdir(directory)).toEqual(['passages.index']);
});

test('changes during the write do not spoil the file', async () => {
  const index = filled();
  const writing = new IndexFile(directory, 'here').write(index);
  index.apply([
    { sequence: 7, type: 'removed', documentId: 'zebras' },
    ...Array.from({ length: 500 }, (_, place) => added(8 + place, 'many', `Zebra number ${place} ${'x'.repeat(200)}`)),
  ]);
  await writing;
  const restored = (await new IndexFile(directory, 'here').read(10_000)) as PassageIndex;
  expect(restored.sequence).toBe(6);
  expect(search(restored, 'stripes')[0]?.id).toBe('zebras-1');
  restored.apply([{ sequence: 7, type: 'removed', documentId: 'zebras' }]);
  expect(search(restored, 'zebra').map(({ id }) => id)).toEqual(['shared-6']);
  // Nor the index that was written, which reads from the file what was there before.
  expect([index.read('zebras-1'), index.read('shared-6')?.text]).toEqual([undefined, 'A zebra for all.']);
  for (let place = 0; place < 500; place += 1)
    expect(index.read(`many-${8 + place}`)?.text).toMatch(new RegExp(`^Zebra number ${place} x{200}$`));
});

test('a file of another database, of a later state, of another form, or that is not whole is not taken', async () => {
  const path = join(directory, 'passages.index');
  const read = (origin: string, latest: number) => new IndexFile(directory, origin).read(latest);
  expect(await read('here', 6)).toBeNull();
  await new IndexFile(directory, 'here').write(filled());
  const whole = await readFile(path);
  expect(await read('elsewhere', 6)).toBeNull();
  expect(await read('here', 5)).toBeNull();
  expect(await read('here', 6)).not.toBeNull();
  for (const spoilt of [
    whole.subarray(0, whole.length - 16),
    Buffer.concat([whole, Buffer.alloc(16)]),
    Buffer.from(whole.toString('latin1').replace('"layout ', '"Layout '), 'latin1'),
    Buffer.from(whole.toString('latin1').replace(/(?<="FilePart","start":)\d/, '9'), 'latin1'),
    Buffer.from('{}'),
    Buffer.alloc(0),
    Buffer.concat([whole.subarray(0, 16), Buffer.alloc(8, 0xff), whole.subarray(24)]),
  ]) {
    await writeFile(path, spoilt);
    expect(await read('here', 6)).toBeNull();
  }
});

test('in a file each viewer’s passages are adjacent', async () => {
  const index = filled();
  index.apply([added(7, 'late', 'A late zebra.')]);
  const passages = index.keywords.parts().header['ids'];
  expect(passages).toEqual(['zebras-1', 'zebras-2', 'gone-3', 'late-7', 'others-4', 'shared-6']);
});

test('after many removals the rest is found, and survives the file', async () => {
  const index = new PassageIndex();
  index.apply(
    Array.from({ length: 3_000 }, (_, place) => added(place + 1, `d${place % 100}`, `Zebra number${place} runs.`)),
  );
  for (let document = 0; document < 99; document += 1)
    index.apply([{ sequence: 3_001 + document, type: 'removed', documentId: `d${document}` }]);
  index.tidy();
  expect(index.size).toBe(30);
  expect(search(index, 'number299')[0]?.id).toBe('d99-300');
  expect(index.read('d99-300')?.text).toBe('Zebra number299 runs.');
  await new IndexFile(directory, 'here').write(index);
  const restored = (await new IndexFile(directory, 'here').read(10_000)) as PassageIndex;
  expect(search(restored, 'zebra number299')).toEqual(search(index, 'zebra number299'));
  expect(search(restored, 'number298')[0]?.keywordScore ?? null).toBeNull();
});

test('once written, texts are read from the file, and no longer once it is cut short', async () => {
  const index = filled();
  await new IndexFile(directory, 'here').write(index);
  index.apply([added(7, 'late', 'A late zebra.')]);
  expect(index.read('zebras-1')?.text).toBe('A zebra has stripes.');
  await truncate(join(directory, 'passages.index'));
  expect(() => index.read('zebras-1')).toThrow(DamagedFile);
  expect(index.read('late-7')?.text).toBe('A late zebra.');
});

test.skipIf(process.platform !== 'linux')(
  'a file that is not taken, or of which nothing stays there, does not stay open',
  async () => {
    await new IndexFile(directory, 'here').write(filled());
    const open = async () => {
      const files = await readdir('/proc/self/fd');
      const links = await Promise.all(files.map((file) => readlink(`/proc/self/fd/${file}`).catch(() => '')));
      return links.filter((link) => link.startsWith(directory)).length;
    };
    const before = await open();
    expect(await new IndexFile(directory, 'elsewhere').read(6)).toBeNull();
    expect(await open()).toBe(before);
    expect(await new IndexFile(directory, 'here').read(6)).not.toBeNull();
    expect(await open()).toBe(before + 1);
    await writeSnapshot(join(directory, 'none stays'), {}, { one: new Uint32Array(9) });
    expect(readSnapshot(join(directory, 'none stays'))?.columns['one']).toHaveLength(9);
    await writeFile(join(directory, 'none'), 'of this form');
    expect(readSnapshot(join(directory, 'none'))).toBeNull();
    expect(await open()).toBe(before + 1);
  },
);

test('a record that is not what was written is refused, and takes no memory', async () => {
  await new IndexFile(directory, 'here').write(filled());
  const path = join(directory, 'passages.index');
  const whole = await readFile(path);
  // Ten numbers of 32 bits precede its text: the counts, the sentence, and four tokens.
  const record = whole.indexOf('A zebra has stripes.') - 40;
  for (const number of [0, 1, 2, 5]) {
    const spoilt = Buffer.from(whole);
    spoilt.fill(0xfe, record + number * 4, record + number * 4 + 4);
    await writeFile(path, spoilt);
    const index = (await new IndexFile(directory, 'here').read(6)) as PassageIndex;
    expect(index.read('zebras-2')?.text).toBe('斑马生活在非洲。😀');
    expect(() => index.read('zebras-1')).toThrow(DamagedFile);
  }
});

test('two processes that write the same file each keep reading their own', async () => {
  const [one, other] = [new PassageIndex(), new PassageIndex()];
  for (const [place, index] of [one, other].entries())
    index.apply(
      Array.from({ length: 2_000 }, (_, number) => added(number + 1, 'd', `${place} tells of ${number} zebras.`)),
    );
  await Promise.all([one, other].map((index) => new IndexFile(directory, 'here').write(index)));
  for (const [place, index] of [one, other].entries())
    for (let number = 0; number < 2_000; number += 1)
      expect(index.read(`d-${number + 1}`)?.text).toBe(`${place} tells of ${number} zebras.`);
  expect(await readdir(directory)).toEqual(['passages.index']);
});

test('half-written files of a kill are deleted, those of a running writer stay', async () => {
  const before = Date.now() / 1_000 - 7_200;
  for (const [name, old] of [
    ['passages.index.left.new', true],
    ['passages.index.writing.new', false],
    ['vectors.index.left.new', true],
  ] as const) {
    await writeFile(join(directory, name), '');
    if (old) await utimes(join(directory, name), before, before);
  }
  await new IndexFile(directory, 'here').write(filled());
  expect((await readdir(directory)).sort()).toEqual([
    'passages.index',
    'passages.index.writing.new',
    'vectors.index.left.new',
  ]);
});
