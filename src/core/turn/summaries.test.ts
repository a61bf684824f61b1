import { expect, test, vi } from 'vitest';
import { AppError } from '../errors.ts';
import { PluginDriver } from '../hooks/driver.ts';
import { CONTRACT_VERSION, definePlugin } from '../plugin.ts';
import type { LanguageModels, ModelRequest } from '../ports/language-model.ts';
import type { BegunTurn } from '../ports/store.ts';
import type { SummaryStore } from '../ports/summary-store.ts';
import { ModelCaller } from './model-caller.ts';
import { Summaries } from './summaries.ts';
import { extractiveSummary, messagesToFold } from './summarise.ts';
import type { TurnRun } from './turn-run.ts';

const VIEWER = { id: 'ann', subject: 'ann', tenant: 'home', role: 'USER' } as const;
const OTHER = { ...VIEWER, id: 'bob', subject: 'bob' };
const RUN = { text: 'w'.repeat(2_000), features: new Set<string>() } as unknown as TurnRun;
const begun = {
  ...{ conversation: { id: 'c' }, userMessage: { content: 'q' }, assistantMessage: { id: 'a' } },
  ...{ history: [], summary: null },
} as unknown as BegunTurn;

/** A light model that answers as told, and a store that keeps what it is given. */
function scene(
  answer: (request: ModelRequest, signal: AbortSignal) => AsyncIterable<string>,
  refuses = false,
  tier = 'LIGHT',
) {
  const kept: string[] = [];
  const charged: string[] = [];
  let reads = 0;
  const store: SummaryStore = {
    async unsummarised() {
      reads += 1;
      const messages = Array.from({ length: 8 }, (_, depth) => ({
        ...{ id: `m${depth}`, depth, content: `My number is ${depth}${'0'.repeat(200)}.`, status: 'COMPLETE' as const },
        role: depth % 2 === 0 ? ('USER' as const) : ('ASSISTANT' as const),
      }));
      return { summary: null, messages };
    },
    async add(viewer, messageId, text) {
      kept.push(`${viewer.id} ${messageId} ${text}`);
    },
  };
  const models = {
    list: [{ name: 'a:light', tier }],
    fallbackOrder: ['a:light'],
    contextTokens: () => null,
    cost: () => 0.01,
    get: () => ({
      name: 'a:light',
      async *stream(request: ModelRequest, signal: AbortSignal) {
        for await (const text of answer(request, signal)) yield { type: 'text-delta' as const, text };
      },
    }),
  } as unknown as LanguageModels;
  const budget = definePlugin({
    ...{ name: 'budget', version: '1.0.0', contract: CONTRACT_VERSION },
    setup: () => ({}),
  });
  const hooks = refuses ? { route: () => ({ refuse: new AppError('BUDGET_EXCEEDED', 'spent') }) } : {};
  const summaries = new Summaries({
    ...{ store, models, driver: new PluginDriver([{ manifest: budget, hooks }]) },
    caller: new ModelCaller(models, (viewer, { isOpen }) => {
      if (!isOpen) charged.push(viewer.id);
    }),
    limits: { tokens: 400, messages: 50 },
  });
  return { summaries, kept, charged, reads: () => reads };
}
async function* says(...texts: string[]) {
  yield* texts;
}

test("the light model's summary is kept with the last message that it covers, and charged to the viewer", async () => {
  const { summaries, kept, charged } = scene(() => says('Numbers ', '0 to 3.'));
  summaries.after(VIEWER, begun, RUN);
  await summaries.settled();
  expect(kept).toEqual(['ann m3 Numbers 0 to 3.']);
  expect(charged).toEqual(['ann']);
});

test('with a spent budget, or where the model fails or says nothing, sentences are kept instead', async () => {
  const failing = async function* () {
    yield '';
    throw new AppError('MODEL_FAILED', 'broke off');
  };
  for (const [made, calls] of [
    [scene(() => says('never said'), true), 0],
    [scene(failing), 1],
    [scene(() => says(' ')), 1],
  ] as const) {
    made.summaries.after(VIEWER, begun, RUN);
    await made.summaries.settled();
    expect(made.kept).toEqual([expect.stringMatching(/^ann m3 User: My number is \d/)]);
    expect(made.charged.length).toBeLessThanOrEqual(calls);
  }
});

test('a model that never ends is cut off', async () => {
  const { summaries, kept } = scene(async function* () {
    for (;;) yield 'A sentence that goes on. ';
  });
  summaries.after(VIEWER, begun, RUN);
  await summaries.settled();
  expect(kept[0]?.length).toBeLessThan(400);
});

test('a short conversation is left alone, and one conversation is summarised once at a time', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const { summaries, kept, reads } = scene(async function* () {
    await promise;
    yield 'Done.';
  });
  summaries.after(VIEWER, begun, { ...RUN, text: 'short' } as TurnRun);
  expect(reads()).toBe(0);
  summaries.after(VIEWER, begun, RUN);
  summaries.after(OTHER, begun, RUN);
  resolve();
  await summaries.settled();
  expect(reads()).toBe(1);
  expect(kept).toHaveLength(1);
});

test.each(['stop', 'abandon'] as const)('%s breaks off what runs and keeps nothing of it', async (how) => {
  const asked = vi.fn();
  const { summaries, kept } = scene(async function* (_request, signal) {
    asked();
    await new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason));
    });
    yield '';
  });
  summaries.after(VIEWER, begun, RUN);
  await expect.poll(() => asked.mock.calls.length).toBeGreaterThan(0);
  await summaries.abandon(OTHER.id);
  if (how === 'stop') await summaries.stop();
  else await summaries.abandon(VIEWER.id);
  await summaries.settled();
  expect(kept).toEqual([]);
  if (how === 'abandon') return;
  summaries.after(VIEWER, begun, RUN);
  await summaries.settled();
  expect(asked).toHaveBeenCalledOnce();
});

const LIMITS = { tokens: 400, messages: 50 };
const said = Array.from({ length: 8 }, (_, depth) => ({
  role: depth % 2 === 0 ? ('USER' as const) : ('ASSISTANT' as const),
  content: `My number is ${depth}${'0'.repeat(200)}.`,
}));
/** A turn after eight messages, the first of them at depth `from`. */
const full = (from = 0, more: Partial<BegunTurn> = {}) =>
  ({
    ...begun,
    history: said,
    userMessage: { content: 'q', depth: from + said.length },
    ...more,
  }) as unknown as BegunTurn;

test('without a light model sentences are stored with the answer: those that would be read and kept after it', () => {
  const { summaries } = scene(() => says(), false, 'BALANCED');
  const all = [...said, { role: 'USER' as const, content: 'q' }, { role: 'ASSISTANT' as const, content: RUN.text }];
  const folded = messagesToFold(
    all.map((message) => ({ ...message, status: 'COMPLETE' as const })),
    ...([LIMITS, 400] as const),
  );
  const text = extractiveSummary(null, folded, LIMITS);
  expect(summaries.withAnswer(full(), RUN)).toEqual({ depth: folded.length - 1, text });
  const summary = { messageId: 'm', depth: 9, text: 'User: My name is Ann Lee.' };
  expect(summaries.withAnswer(full(10, { summary }), RUN)).toEqual({
    depth: 9 + folded.length,
    text: extractiveSummary(summary.text, folded, LIMITS),
  });
});

test('nothing is stored with the answer where a model makes it, a message was not read, or one is not finished', () => {
  const { summaries } = scene(() => says(), false, 'BALANCED');
  expect(summaries.withAnswer(full(1), RUN)).toBeNull();
  const unfinished = said.map((message, place) => (place === 1 ? { ...message, unfinished: true as const } : message));
  expect(summaries.withAnswer(full(0, { history: unfinished }), RUN)).toBeNull();
  expect(summaries.withAnswer(full(0, { history: [] }), RUN)).toBeNull();
  expect(scene(() => says('x')).summaries.withAnswer(full(), RUN)).toBeNull();
});

test('what was stored with the answer is not made again', async () => {
  const { summaries, reads } = scene(() => says('x'));
  summaries.after(VIEWER, full(), { ...RUN, isSummarised: true } as TurnRun);
  await summaries.settled();
  expect(reads()).toBe(0);
});
