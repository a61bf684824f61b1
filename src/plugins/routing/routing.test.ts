import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { PluginModels } from '#core/plugin.ts';
import type { EmbeddingModel } from '#core/ports/embedding-model.ts';
import { Budgets, periodOf } from './budgets.ts';
import { ComplexityModel } from './complexity.ts';
import { decide, tierOf, tokensOf } from './decide.ts';
import { Rater } from './rater.ts';
import type { BudgetSettings } from './settings.ts';
import { StickyTiers } from './sticky-tiers.ts';
import { StrongShare } from './strong-share.ts';

const model = new ComplexityModel();
const EASY = [
  'hi',
  '你好',
  'What is the capital of France?',
  '法国的首都是哪里？',
  'Translate "hello" to German',
  '谢谢',
];
const HARD = [
  'Design a distributed rate limiter. It must work over three regions, tolerate the loss of one, and never let more than 1.05 times the limit through. Compare at least three algorithms, explain the trade-offs, write the code of the one that you choose, and prove that it holds the bound. Assume clocks drift by up to 50 ms.',
  '请设计一个分布式限流系统。要求：必须支持三个地域，其中一个地域故障时不能影响其他地域；至少比较三种算法，分析各自的优缺点和权衡；用代码实现你选择的算法，并证明它满足约束条件。假设时钟最多相差50毫秒，应该如何降级？请逐步详细解释。',
];
const THRESHOLDS = { lightBelow: 0.3, strongAbove: 0.8 };

test.each(EASY)('%s goes to the light model', (question) => {
  expect(tierOf(model.ofQuestion(question).value, THRESHOLDS)).toBe('LIGHT');
});

test.each(HARD)('%s goes to the strong model', (question) => {
  expect(tierOf(model.ofQuestion(question).value, THRESHOLDS)).toBe('STRONG');
});

/** A vector whose product with the weights is as far from 0 as can be, either way. */
const vectorTowards = (sign: 1 | -1): Float32Array => {
  const { vector } = JSON.parse(readFileSync(new URL('./routing.json', import.meta.url), 'utf8'));
  const weights = new Int8Array(Buffer.from(vector, 'base64'));
  const length = Math.hypot(...weights);
  return Float32Array.from(weights, (weight) => (sign * weight) / length);
};

test('the sentence vector moves a question within bounds, and decides where there are options to choose from', () => {
  const [up, down] = [vectorTowards(1), vectorTowards(-1)];
  for (const question of EASY) expect(tierOf(model.ofQuestion(question, down).value, THRESHOLDS)).toBe('LIGHT');
  for (const question of HARD) expect(tierOf(model.ofQuestion(question, up).value, THRESHOLDS)).toBe('STRONG');
  const { value } = model.ofQuestion('What is it?');
  expect(Math.abs(model.ofQuestion('What is it?', up).value - value)).toBeLessThan(0.5);
  const exam = 'Which of these holds?\nA. The first\nB. The second\nC. None of them\nAnswer:';
  expect(model.ofQuestion(exam, up).value).toBeGreaterThan(0.9);
  expect(model.ofQuestion(exam, down).value).toBeLessThan(0.1);
  expect(model.ofQuestion(exam, up).because).toEqual(['its subject and length']);
  expect(model.ofQuestion(exam).value).toBe(model.ofQuestion(exam, null).value);
});

test('long and hard questions of different length do not tie', () => {
  const [one, more] = [HARD[0] as string, `${HARD[0]} ${HARD[0]}`];
  expect(model.ofQuestion(more).value).toBeGreaterThan(model.ofQuestion(one).value);
  expect(model.ofQuestion(more).value).toBeLessThan(1);
});

test('a question is rated without its vector if the encoder is missing, fails, hangs or answers something else', async () => {
  const rated = (embed: EmbeddingModel['embed'] | null) =>
    new Rater(model, {
      deadlineFactor: 1,
      embeddingsNamed: () => embed && { name: 'e', dimensions: async () => 512, embed },
    }).rate({ content: 'What is it?', history: [] }, new AbortController().signal);
  const without = model.ofQuestion('What is it?');
  expect(await rated(async () => [vectorTowards(1)])).not.toEqual(without);
  for (const embed of [
    null,
    () => Promise.reject(new Error('lost')),
    () => new Promise<never>(() => undefined),
    async () => [new Float32Array(3)],
    async () => [],
  ])
    expect(await rated(embed)).toEqual(without);
});

test('an earlier question keeps the rating that it had with its vector', async () => {
  const vectors: Record<string, Float32Array> = { first: vectorTowards(1), second: vectorTowards(-1) };
  const rater = new Rater(model, {
    deadlineFactor: 20,
    embeddingsNamed: () => ({
      ...{ name: 'e', dimensions: async () => 512 },
      embed: async ([text = '']) => [vectors[text] as Float32Array],
    }),
  });
  const signal = new AbortController().signal;
  const first = await rater.rate({ content: 'first', history: [] }, signal);
  const history = [{ role: 'USER', content: 'first' }] as const;
  const second = await rater.rate({ content: 'second', history }, signal);
  expect(second.value).toBeCloseTo(first.value * 0.85);
  expect(second.because[0]).toBe('the question that it follows');
});

test('a follow-up is nearly as hard as the question that it follows', () => {
  const history = [
    { role: 'USER', content: HARD[0] as string },
    { role: 'ASSISTANT', content: 'Well…' },
  ] as const;
  const alone = model.of('And in Go?', []).value;
  const following = model.of('And in Go?', history);
  expect(alone).toBeLessThan(0.3);
  expect(following.value).toBeGreaterThan(0.7);
  expect(following.because).toContain('the question that it follows');
});

test('the same hard question has about the same complexity in Traditional Chinese, Japanese and Korean, with a reason', () => {
  const hard = [
    '请详细分析并比较微服务架构与单体架构的优缺点，设计一个系统方案，必须说明原理，并逐步推导容量计算，假设每天有一千万次请求。',
    '請詳細分析並比較微服務架構與單體架構的優缺點，設計一個系統方案，必須說明原理，並逐步推導容量計算，假設每天有一千萬次請求。',
    'マイクロサービスとモノリスの長所と短所を詳しく分析・比較し、システムを設計してください。原理を説明し、容量を段階的に導出しなければなりません。毎日一千万のリクエストがあると仮定します。',
    '마이크로서비스와 모놀리스의 장단점을 자세히 분석하고 비교하며 시스템을 설계하세요. 원리를 설명해 주고, 용량을 단계별로 계산해야 합니다. 하루 천만 건의 요청을 가정합니다.',
  ].map((question) => model.ofQuestion(question));
  for (const { value, because } of hard) {
    expect(value).toBeGreaterThan(0.55);
    expect(because).toContain('reasons asked for');
  }
  expect((hard[1]?.value ?? 0) - (hard[0]?.value ?? 0)).toBeCloseTo(0, 1);
});

test('emoji, blanks and greetings in any script go to the light model, code alone does not', () => {
  for (const question of [
    '😀😂🔥',
    '😀'.repeat(250_000),
    '\u200b'.repeat(1_000),
    'こんにちは',
    '您好',
    'Hi 你好 👋',
    '\u202eabc',
  ])
    expect(model.ofQuestion(question).value).toBeLessThan(0.3);
  const code = model.ofQuestion('function f(x) {\n  return x.map((y) => y * 2);\n}\nconst a = f([1, 2, 3]);');
  expect(code.value).toBeGreaterThan(0.3);
  expect(code.because).toContain('code');
});

test('a question of a million characters and one of none are rated', () => {
  for (const question of ['', ' ', 'word '.repeat(200_000), '词'.repeat(500_000), 'select '.repeat(100_000)]) {
    const { value } = model.ofQuestion(question);
    expect(value).toBeGreaterThanOrEqual(0);
    expect(value).toBeLessThanOrEqual(1);
  }
});

const modelsOf = (others: Partial<PluginModels> = {}): PluginModels =>
  ({
    list: [
      { name: 'a:balanced', tier: 'BALANCED' },
      { name: 'a:light', tier: 'LIGHT' },
      { name: 'a:strong', tier: 'STRONG' },
    ],
    defaultModel: 'a:balanced',
    healthy: () => true,
    contextTokens: () => null,
    ...others,
  }) as PluginModels;
const question = {
  complexity: { value: 0.1, because: ['its length'] },
  tier: 'LIGHT',
  instead: null,
  tokens: 2_000,
} as const;

test('a decision names the model of the tier, its reason in words, and the others nearest first', () => {
  expect(decide(question, modelsOf())).toEqual({
    ...{ model: 'a:light', tier: 'LIGHT', complexity: 0.1, fallbacks: ['a:balanced', 'a:strong'] },
    reason: 'complexity 0.10 by its length; LIGHT model',
  });
});

test('a request that is too long goes to a model with enough context, and a paused one is skipped', () => {
  const small = decide(question, modelsOf({ contextTokens: (name) => (name === 'a:light' ? 1_000 : 100_000) }));
  expect(small.model).toBe('a:balanced');
  expect(small.reason).toContain('which a:light has no room for');
  const resting = decide(question, modelsOf({ healthy: (name) => name !== 'a:light' }));
  expect(resting).toMatchObject({ model: 'a:balanced', fallbacks: expect.arrayContaining(['a:light']) });
  expect(resting.reason).toContain('a:light rests after failures');
  const only = decide({ ...question, tier: 'STRONG' }, modelsOf({ list: [{ name: 'a:one', tier: 'BALANCED' }] }));
  expect(only).toMatchObject({ model: 'a:one', tier: 'BALANCED', fallbacks: [] });
  expect(only.reason).toContain('no STRONG model is configured');
});

test('within a conversation the tier only rises, for a while', () => {
  const sticky = new StickyTiers(30);
  expect(sticky.raise('c', 'LIGHT', 0)).toBe('LIGHT');
  expect(sticky.raise('c', 'STRONG', 1)).toBe('STRONG');
  expect(sticky.raise('c', 'LIGHT', 2)).toBe('STRONG');
  expect(sticky.raise('d', 'LIGHT', 2)).toBe('LIGHT');
  expect(sticky.raise('c', 'LIGHT', 31 * 60_000 + 2)).toBe('LIGHT');
  expect(new StickyTiers(0).raise('c', 'LIGHT')).toBe('LIGHT');
});

test('a share of strong calls becomes a threshold over the last questions', () => {
  const share = new StrongShare(0.3);
  let strong = 0;
  for (let index = 0; index < 2_000; index += 1) {
    const complexity = ((index * 7_919) % 1_000) / 1_000;
    if (complexity > share.threshold(complexity, 0.8) && index >= 1_000) strong += 1;
  }
  expect(strong / 1_000).toBeGreaterThan(0.25);
  expect(strong / 1_000).toBeLessThan(0.35);
});

test('tokens are counted by letters and by Chinese characters', () => {
  expect(tokensOf(['a'.repeat(400)]) - tokensOf([])).toBe(100);
  expect(tokensOf(['词'.repeat(100)]) - tokensOf([])).toBe(100);
});

test('a period is an hour, a day or a month of UTC', () => {
  const now = new Date('2026-12-31T23:30:00Z');
  expect(periodOf('hour', now).end.toISOString()).toBe('2027-01-01T00:00:00.000Z');
  expect(periodOf('day', now).start.toISOString()).toBe('2026-12-31T00:00:00.000Z');
  expect(periodOf('month', now)).toEqual({
    start: new Date('2026-12-01T00:00:00Z'),
    end: new Date('2027-01-01T00:00:00Z'),
  });
});

test('budgets of viewer and tenant are spent, nearly spent or free', async () => {
  const viewer = { id: 'v', subject: 'v', tenant: 't', role: 'USER' } as const;
  const usage = (costUsd: number) => async () => ({ inputTokens: 0, outputTokens: 0, costUsd });
  const none = {
    BUDGET_USD: undefined,
    BUDGET_SOFT_USD: undefined,
    TENANT_BUDGET_USD: undefined,
    BUDGET_PERIOD: 'day',
  } as const;
  const check = (own: number, tenant: number, settings: Partial<BudgetSettings>) =>
    new Budgets({ usage: usage(own), tenantUsage: usage(tenant) }, { ...none, ...settings }).check(viewer);
  expect(await check(100, 100, {})).toBe('free');
  expect(await check(0.9, 0, { BUDGET_USD: 1 })).toBe('free');
  expect(await check(1, 0, { BUDGET_USD: 1 })).toMatchObject({ spent: { code: 'BUDGET_EXCEEDED' } });
  expect(await check(0, 10, { TENANT_BUDGET_USD: 10 })).toMatchObject({ spent: { code: 'BUDGET_EXCEEDED' } });
  expect(await check(0.6, 0, { BUDGET_USD: 1, BUDGET_SOFT_USD: 0.5 })).toBe('soft');
});
