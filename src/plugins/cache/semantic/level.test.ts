import { expect, test } from 'vitest';
import type { Answer, HookContext, Passage, Turn } from '#core/plugin.ts';
import { groundingOf } from '#core/turn/grounding.ts';
import { CACHE_MISS } from '#core/turn.ts';
import { hookContext, pluginContext } from '../../../../test/support/plugin-context.ts';
import { memorySharedCache } from '../../../adapters/memory/shared-cache.ts';
import { ExactLevel } from '../exact-level.ts';
import { SettledVersions } from '../settled-versions.ts';
import { SemanticLevel } from './level.ts';
import type { SemanticSettings } from './settings.ts';

const SETTINGS: SemanticSettings = {
  ...{ CACHE_TTL: 3_600, CACHE_ADMIT_ASKS: 1, CACHE_ADMIT_CHARACTERS: 10_000, CACHE_ADMIT_USD: Infinity },
  ...{ QUALITY_MINIMUM: 0.6, CACHE_SCOPE: 'viewer', CACHE_SEMANTIC_MODE: 'serve', CACHE_MAX_ERROR: 0.01 },
  JUDGE_MODEL: undefined,
};
const USAGE = { inputTokens: 10, outputTokens: 20, costUsd: 0.01 };

function level(settings: Partial<SemanticSettings> = {}) {
  const counted: string[] = [];
  const house = {
    ...pluginContext(),
    cache: memorySharedCache({ maxBytes: 50_000_000 }),
    metrics: {
      add: (name: string, _value?: number, labels?: Readonly<Record<string, string>>) =>
        void counted.push([name, ...Object.values(labels ?? {})].join(' ')),
      set: () => undefined,
      observe: () => undefined,
    },
  };
  const given = { ...SETTINGS, ...settings };
  return { counted, level: new SemanticLevel(house, given, new ExactLevel(house, given, new SettledVersions(0))) };
}

let made = 0;
const turnOf = (content: string, others: Partial<Turn> = {}): Turn => {
  made += 1;
  return {
    ids: { conversationId: 'c', userMessageId: 'u', assistantMessageId: 'a', generationId: `generation-${made}` },
    ...{ kind: 'send', content, history: [], summary: null, systemPrompt: null, topic: null },
    viewer: { id: 'ann', subject: 'ann', tenant: 'home', role: 'USER' },
    ...{ previousIntent: null, features: new Set(['semantic-cache']), version: '1', documentIds: null },
    ...{ requestedModel: null, intent: null, query: '', passages: [], route: null, revision: null },
    ...others,
  };
};
const learn = (semantic: SemanticLevel, turn: Turn, text: string) =>
  semantic.learn(
    turn,
    {
      ...{ text, model: 'm', citations: [], usage: USAGE, grounding: groundingOf(turn.passages) },
      generationId: turn.ids?.generationId ?? '',
    },
    60_000,
    AbortSignal.timeout(10_000),
  );
const answer = (text: string): Answer => ({
  ...{ text, model: 'm', citations: [], usage: USAGE, cache: CACHE_MISS, finishReason: 'STOP' },
  ...{ grounding: groundingOf([]), degraded: false },
});
const passage = (text: string): Passage => ({
  ...{ id: 'p', documentId: 'd', documentTitle: 'T', text, heading: null, start: 0, end: text.length },
  ...{ score: 1, vectorScore: null, keywordScore: 1, shared: false },
});
const KNOWN = 'How do I reset my password?';
const ASKED = "What's the way to reset my password?";

test('a question that says the same has the answer of the known one, without an embedder too', async () => {
  const { level: semantic } = level();
  await learn(semantic, turnOf(KNOWN), 'Click on it.');
  const found = await semantic.find(turnOf(ASKED), hookContext());
  expect(found).toMatchObject({ text: 'Click on it.', cache: { hit: true, level: 'SEMANTIC', similarity: null } });
  expect(await semantic.find(turnOf('How do I reset your password?'), hookContext())).toBeUndefined();
});

test.each([
  ['another viewer', { viewer: { id: 'bob', subject: 'bob', tenant: 'home', role: 'USER' } }],
  ['another history', { history: [{ role: 'USER', content: 'My name is Bob' }] }],
  ['another system prompt', { systemPrompt: 'Be brief' }],
  ['another model', { requestedModel: 'openai:gpt' }],
  ['other documents', { documentIds: ['d1'] }],
  ['a dry run', { ids: null }],
] as const)('%s has no answer of it', async (_name, others) => {
  const { level: semantic } = level();
  await learn(semantic, turnOf(KNOWN), 'Click on it.');
  expect(await semantic.find(turnOf(ASKED, others as Partial<Turn>), hookContext())).toBeUndefined();
});

test('under another version the passages of the question that is asked must be those of the answer', async () => {
  const { level: semantic } = level();
  const grounds = [passage('Built in 1932.')];
  await learn(semantic, turnOf(KNOWN, { passages: grounds }), 'In 1932.');
  const changed: HookContext = { ...hookContext(), retrieved: async () => [passage('Built in 1933.')] };
  const same: HookContext = { ...hookContext(), retrieved: async () => grounds };
  expect(await semantic.find(turnOf(ASKED, { version: '2' }), changed)).toBeUndefined();
  expect(await semantic.find(turnOf(ASKED, { version: '2' }), same)).toBeDefined();
});

test('in shadow mode the model answers, and what would have been said is counted and compared', async () => {
  const { level: semantic, counted } = level({ CACHE_SEMANTIC_MODE: 'shadow' });
  await learn(semantic, turnOf(KNOWN), 'Click on it. It takes 5 minutes.');
  for (const fresh of ['Click on it. It takes 5 minutes.', 'Click on it. It takes 7 minutes.', 'Whatever.']) {
    const turn = turnOf(ASKED);
    expect(await semantic.find(turn, hookContext())).toBeUndefined();
    await semantic.verify(turn, answer(fresh), undefined, hookContext());
  }
  expect(counted.filter((name) => name.startsWith('cache_semantic_total'))[0]).toBe('cache_semantic_total hit no');
  expect(counted.filter((name) => name.includes('verdicts'))).toEqual([
    'cache_semantic_verdicts_total hit equal',
    'cache_semantic_verdicts_total hit different',
  ]);
});

test('a hit that a person refused is not given again, also once the known question was answered again', async () => {
  const { level: semantic } = level();
  await learn(semantic, turnOf(KNOWN), 'Click on it.');
  const turn = turnOf(ASKED);
  const found = await semantic.find(turn, hookContext());
  await semantic.refuse(turn.viewer, found?.cache.key ?? null, turn.ids?.generationId ?? null);
  expect(await semantic.find(turnOf(ASKED), hookContext())).toBeUndefined();
  await learn(semantic, turnOf(KNOWN), 'Click on it.');
  expect(await semantic.find(turnOf(ASKED), hookContext())).toBeUndefined();
  // Nor are others near to it: one wrong hit weighs more than the calibration.
  expect(await semantic.find(turnOf('Please tell me how to reset my password'), hookContext())).toBeUndefined();
});

test('a judge that says the answers are the same is believed only where it says one word', async () => {
  const { level: semantic, counted } = level({ CACHE_SEMANTIC_MODE: 'shadow' });
  await learn(semantic, turnOf(KNOWN), 'One.');
  for (const said of ['EQUAL', 'different.', 'EQUAL or DIFFERENT, who knows', 'x'.repeat(1_000)]) {
    const turn = turnOf(ASKED);
    await semantic.find(turn, hookContext());
    const ask = async function* () {
      yield { type: 'text-delta' as const, text: said };
    };
    await semantic.verify(turn, answer('Two words.'), 'openai:judge', { ...hookContext(), ask });
  }
  expect(counted.filter((name) => name.includes('verdicts')).map((name) => name.split(' ').at(-1))).toEqual([
    'equal',
    'different',
  ]);
});
