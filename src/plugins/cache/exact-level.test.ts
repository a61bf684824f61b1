import { expect, test } from 'vitest';
import { groundingOf } from '#core/turn/grounding.ts';
import type { Passage, Turn } from '#core/turn.ts';
import { hookContext, pluginContext } from '../../../test/support/plugin-context.ts';
import { seeded } from '../../../test/support/random.ts';
import { memorySharedCache } from '../../adapters/memory/shared-cache.ts';
import { ExactLevel } from './exact-level.ts';
import type { CacheSettings } from './settings.ts';
import { SettledVersions } from './settled-versions.ts';

const SETTINGS: CacheSettings = {
  ...{ CACHE_TTL: 3_600, CACHE_ADMIT_ASKS: 1, CACHE_ADMIT_CHARACTERS: 10_000, CACHE_ADMIT_USD: Infinity },
  ...{ QUALITY_MINIMUM: 0.6, CACHE_SCOPE: 'viewer' },
};
const USAGE = { inputTokens: 10, outputTokens: 20, costUsd: 0.01 };
/** Operations of the property test; PROPERTY_OPERATIONS=1000000 for the long run. */
const OPERATIONS = Number(process.env['PROPERTY_OPERATIONS'] ?? 20_000);

const level = (settings: Partial<CacheSettings> = {}, settledAfter = 0, changedAt = () => 0) =>
  new ExactLevel(
    { ...pluginContext(), cache: memorySharedCache({ maxBytes: 50_000_000 }), passages: { changedAt } },
    { ...SETTINGS, ...settings },
    new SettledVersions(settledAfter),
  );

let made = 0;
const turnOf = (others: Partial<Turn> = {}): Turn => {
  made += 1;
  const id = `generation-${made}`;
  return {
    ids: { conversationId: 'c', userMessageId: 'u', assistantMessageId: 'a', generationId: id },
    ...{ kind: 'send', content: 'When was it built?', history: [], summary: null, systemPrompt: null, topic: null },
    viewer: { id: 'ann', subject: 'ann', tenant: 'home', role: 'USER' },
    ...{ previousIntent: null, features: new Set(['caching']), version: '1', documentIds: null, requestedModel: null },
    ...{ intent: null, query: '', passages: [], route: null, revision: null },
    ...others,
  };
};
const passage = (documentId: string, text: string, shared = false): Passage => ({
  ...{ id: `${documentId}-p`, documentId, documentTitle: 'T', text, heading: null, start: 0, end: text.length },
  ...{ score: 1, vectorScore: null, keywordScore: 1, shared },
});
const keep = (cache: ExactLevel, turn: Turn, text: string) =>
  cache.keep(turn, {
    ...{ text, model: 'm', citations: [], usage: USAGE, grounding: groundingOf(turn.passages) },
    generationId: turn.ids?.generationId ?? '',
  });
const retrieving = (passages: readonly Passage[]) => ({ ...hookContext(), retrieved: async () => passages });
const never = { ...hookContext(), retrieved: () => Promise.reject(new Error('nothing was to be retrieved')) };

test('the same question under the same version is answered without retrieval', async () => {
  const cache = level();
  await keep(cache, turnOf(), 'In 1932.');
  const found = await cache.find(turnOf({ content: '  When  was it built?' }), never);
  expect(found).toMatchObject({ text: 'In 1932.', cache: { hit: true, level: 'MEMORY', key: expect.any(String) } });
});

test.each([
  ['another viewer', { viewer: { id: 'bob', subject: 'bob', tenant: 'home', role: 'USER' } }],
  ['another history', { history: [{ role: 'USER', content: 'My name is Bob' }] }],
  ['another summary', { summary: 'User: My name is Bob' }],
  ['another system prompt', { systemPrompt: 'Be brief' }],
  ['another model', { requestedModel: 'openai:gpt' }],
  ['other documents', { documentIds: ['d1'] }],
  ['other features', { features: new Set(['caching', 'hybrid-retrieval']) }],
  ['another number', { content: 'When was it built in 1932?' }],
] as const)('%s is a miss', async (_name, others) => {
  const cache = level();
  await keep(cache, turnOf(), 'In 1932.');
  expect(await cache.find(turnOf(others as Partial<Turn>), retrieving([]))).toBeUndefined();
});

test('under another version the passages decide: equal ones serve and store the new version, others are a miss', async () => {
  const cache = level();
  const grounds = [passage('d1', 'Built in 1932.'), passage('d2', 'It is long.')];
  await keep(cache, turnOf({ passages: grounds }), 'In 1932.');
  const changed = { version: '2' };
  expect(await cache.find(turnOf(changed), retrieving([passage('d1', 'Built in 1933.')]))).toBeUndefined();
  expect(await cache.find(turnOf(changed), retrieving(grounds.toReversed()))).toBeDefined();
  expect(await cache.find(turnOf(changed), never)).toBeDefined();
});

test('a version that has not stood for a while is not trusted', async () => {
  const cache = level({}, 60_000);
  const grounds = [passage('d1', 'Built in 1932.')];
  await keep(cache, turnOf({ passages: grounds }), 'In 1932.');
  await expect(cache.find(turnOf(), never)).rejects.toThrow('nothing was to be retrieved');
  expect(await cache.find(turnOf(), retrieving([]))).toBeUndefined();
  expect(await cache.find(turnOf(), retrieving(grounds))).toBeDefined();
});

test('a tenant shares answers that rest on shared documents alone', async () => {
  const cache = level({ CACHE_SCOPE: 'tenant' });
  const shared = [passage('d1', 'Built in 1932.', true)];
  const bob = { viewer: { id: 'bob', subject: 'bob', tenant: 'home', role: 'USER' } } as const;
  const eve = { viewer: { id: 'eve', subject: 'eve', tenant: 'elsewhere', role: 'USER' } } as const;
  await keep(cache, turnOf({ passages: shared, content: 'Shared?' }), 'yes');
  await keep(cache, turnOf({ passages: [...shared, passage('d2', 'mine')], content: 'Private?' }), 'no');
  await keep(cache, turnOf({ content: 'Ungrounded?' }), 'no');
  expect(await cache.find(turnOf({ ...bob, content: 'Shared?' }), retrieving(shared))).toMatchObject({ text: 'yes' });
  expect(await cache.find(turnOf({ ...bob, content: 'Shared?' }), retrieving([]))).toBeUndefined();
  expect(await cache.find(turnOf({ ...bob, content: 'Private?' }), retrieving(shared))).toBeUndefined();
  expect(await cache.find(turnOf({ ...bob, content: 'Ungrounded?' }), retrieving([]))).toBeUndefined();
  expect(await cache.find(turnOf({ ...eve, content: 'Shared?' }), retrieving(shared))).toBeUndefined();
});

test('one of many equal questions is answered, the others follow it, and later ones hit the cache', async () => {
  const cache = level();
  const turns = Array.from({ length: 100 }, () => turnOf());
  const followed = await Promise.all(turns.map((turn) => cache.follow(turn)));
  const leader = turns[0] as Turn;
  expect(followed.filter((one) => one === undefined)).toHaveLength(1);
  expect(new Set(followed.flatMap((one) => one?.follow ?? []))).toEqual(new Set([leader.ids?.generationId]));
  await cache.land(leader);
  expect(await cache.follow(turnOf())).toBeUndefined();
});

test('who asks after the documents have changed follows no leader from before, whose end does not end the new flight', async () => {
  let changedAt = 0;
  const cache = level({}, 0, () => changedAt);
  const beganAt = (time: number, number: number) => {
    const hex = time.toString(16).padStart(12, '0');
    const generationId = `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-00000000000${number}`;
    return turnOf({ ids: { conversationId: 'c', userMessageId: 'u', assistantMessageId: 'a', generationId } });
  };
  const before = beganAt(1_000_000, 1);
  const beside = beganAt(1_000_001, 2);
  const after = beganAt(1_000_020, 3);
  expect(await cache.follow(before)).toBeUndefined();
  changedAt = 1_000_010;
  expect(await cache.follow(beside)).toMatchObject({ follow: before.ids?.generationId });
  expect(await cache.follow(after)).toBeUndefined();
  await cache.land(before);
  expect(await cache.follow(beganAt(1_000_021, 4))).toMatchObject({ follow: after.ids?.generationId });
});

test('where the leader ends without an answer, one of its followers leads, and the others follow that one', async () => {
  const cache = level();
  const leader = turnOf();
  const followers = Array.from({ length: 50 }, () => turnOf());
  for (const turn of [leader, ...followers]) await cache.follow(turn);
  const again = await Promise.all(followers.map((turn) => cache.follow(turn)));
  expect(again.filter((one) => one === undefined)).toHaveLength(1);
  const leads = followers[again.indexOf(undefined)]?.ids?.generationId;
  expect(new Set(again.flatMap((one) => one?.follow ?? []))).toEqual(new Set([leads]));
});

test('an entry is taken out by its key, and by the generation that made it', async () => {
  const cache = level();
  const turn = turnOf();
  await keep(cache, turn, 'In 1932.');
  const key = (await cache.find(turnOf(), never))?.cache.key ?? null;
  expect(await cache.evict({ key })).toBe(1);
  expect(await cache.find(turnOf(), never)).toBeUndefined();
  await keep(cache, turn, 'In 1932.');
  expect(await cache.evict({ generationId: turn.ids?.generationId ?? null })).toBe(1);
  expect(await cache.find(turnOf(), never)).toBeUndefined();
});

test('asks are counted where the policy needs them', async () => {
  const cache = level({ CACHE_ADMIT_ASKS: 6 });
  const counts: number[] = [];
  for (let ask = 0; ask < 7; ask += 1) counts.push(await cache.asks(turnOf()));
  expect(counts).toEqual([1, 2, 3, 4, 5, 6, 7]);
});

test('over random viewers, documents, features and histories no hit crosses a viewer, a history or what grounds it', async () => {
  const random = seeded(11);
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T;
  const cache = level({ CACHE_SCOPE: 'tenant' });
  const viewers = ['a', 'b', 'c'].map((id) => ({
    id,
    subject: id,
    tenant: id === 'c' ? 't2' : 't1',
    role: 'USER' as const,
  }));
  /** The passages that each viewer may read, by text; a change gives the tenant's viewers a new version. */
  let documents = [passage('shared', 'v0', true), passage('private-a', 'v0')];
  let version = 0;
  const readable = (viewer: Turn['viewer']) =>
    documents.filter(({ documentId, shared }) =>
      shared ? viewer.tenant === 't1' : documentId === `private-${viewer.id}`,
    );
  let hits = 0;
  for (let operation = 0; operation < OPERATIONS; operation += 1) {
    if (random() < 0.02) {
      version += 1;
      documents = documents.map((one) => (random() < 0.5 ? { ...one, text: `v${version % 3}` } : one));
    }
    const viewer = pick(viewers);
    const turn = turnOf({
      viewer,
      version: String(version),
      content: pick(['q1', 'q2']),
      history: pick([[], [{ role: 'USER' as const, content: 'h' }]]),
      features: new Set(pick([['x'], ['x', 'y']])),
    });
    const grounds = readable(viewer);
    /** The state that an answer may depend on. */
    const truth = (owner: string) =>
      JSON.stringify([owner, turn.content, turn.history, [...turn.features], grounds.map(({ text }) => text)]);
    const found = await cache.find(turn, retrieving(grounds));
    if (found) {
      hits += 1;
      const allowed = [viewer.id, ...(grounds.every(({ shared }) => shared) ? ['a', 'b'] : [])].map(truth);
      expect(allowed).toContain(found.text);
    } else if (random() < 0.7) await keep(cache, { ...turn, passages: grounds }, truth(viewer.id));
  }
  expect(hits).toBeGreaterThan(OPERATIONS / 10);
});
