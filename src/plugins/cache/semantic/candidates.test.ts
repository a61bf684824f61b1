import { expect, test } from 'vitest';
import { memorySharedCache } from '../../../adapters/memory/shared-cache.ts';
import { type Candidate, Candidates } from './candidates.ts';
import { SharedCandidates } from './shared-candidates.ts';
import { readMessage } from './utterance.ts';

const candidate = (key: string, others: Partial<Candidate> = {}): Candidate => ({
  ...{ key, partition: 'p', viewerId: 'ann', tenant: 't', vector: new Int8Array(512), until: Date.now() + 60_000 },
  message: readMessage(`question ${key}`),
  ...others,
});
const keysOf = (candidates: Candidates, partition = 'p') => candidates.of(partition).map(({ key }) => key);

test('questions are kept by partition, end with their answers, and go with their viewer', () => {
  const candidates = new Candidates();
  candidates.add(candidate('a', { until: Date.now() - 1 }));
  candidates.add(candidate('b'));
  candidates.add(candidate('c', { partition: 'q', viewerId: 'bob' }));
  expect(keysOf(candidates)).toEqual(['b']);
  expect(candidates.erase({ viewerId: 'bob' })).toBe(1);
  expect(keysOf(candidates, 'q')).toEqual([]);
  candidates.add(candidate('d', { tenant: 'u' }));
  expect(candidates.erase({ tenant: 'u' })).toBe(1);
  candidates.remove('b');
  expect(candidates).toMatchObject({ size: 0, bytes: 0 });
});

test('the oldest questions go first: of one partition by number, of all by bytes', () => {
  const candidates = new Candidates(100_000);
  for (let place = 0; place < 200; place += 1) candidates.add(candidate(String(place), { partition: `p${place % 3}` }));
  expect(candidates.bytes).toBeLessThanOrEqual(100_000);
  expect(candidates.size).toBeGreaterThan(10);
  expect([0, 1, 2].flatMap((place) => keysOf(candidates, `p${place}`))).toContain('199');
  const many = new Candidates();
  for (let place = 0; place < 2_100; place += 1) many.add(candidate(String(place)));
  expect(keysOf(many)).toHaveLength(2_000);
  expect(keysOf(many)).not.toContain('0');
});

test('a replica takes up what another one learned, and forgets what was cleared', async () => {
  const cache = { ...memorySharedCache({ maxBytes: 10_000_000 }), remote: true };
  const [here, there] = [new Candidates(), new Candidates()];
  const [writer, reader] = [new SharedCandidates(cache, here), new SharedCandidates(cache, there)];
  for (let place = 0; place < 150; place += 1) await writer.add(candidate(String(place)), ['t']);
  await reader.refresh('p');
  expect(keysOf(there)).toHaveLength(150);
  await writer.add(candidate('one more'), ['t']);
  await reader.refresh('p');
  expect(keysOf(there)).toContain('one more');
  await cache.clear();
  await reader.refresh('p');
  expect(keysOf(there)).toEqual([]);
});

test('garbage in the shared store is no question', async () => {
  const cache = { ...memorySharedCache({ maxBytes: 10_000_000 }), remote: true };
  const candidates = new Candidates();
  const shared = new SharedCandidates(cache, candidates);
  const put = (key: string, value: string) => cache.set(key, Buffer.from(value), { ttlMs: 10_000 });
  for (const list of ['garbage', '[]', '{"s": "x"}', '7', '{"s": 3}']) {
    await put('questions:p', list);
    for (const segment of [
      'garbage',
      '{}',
      '[1, null, ["k"], ["k", "t", 5, "v", 9e15], ["k", "t", "!!", "v", "soon"]]',
    ]) {
      await put('questions:p:s', segment);
      await shared.refresh('p');
      expect(keysOf(candidates)).toEqual([]);
    }
  }
});
