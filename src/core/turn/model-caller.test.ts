import { expect, test } from 'vitest';
import { AppError } from '../errors.ts';
import type { LanguageModels, ModelPart, ModelRequest } from '../ports/language-model.ts';
import type { ChargedCall } from '../ports/store.ts';
import { listen, type Warning } from '../runtime/diagnostics.ts';
import { ModelCaller } from './model-caller.ts';

const VIEWER = { id: 'ann', subject: 'ann', tenant: 'home', role: 'USER' } as const;
const REQUEST: ModelRequest = { system: 'x'.repeat(40), messages: [], query: '', passages: [] };
const SAYS: ModelPart[] = [
  { type: 'text-delta', text: 'Yes.' },
  { type: 'usage', inputTokens: 12, outputTokens: 2 },
];

/** What is charged while a plugin asks models that answer so, by name. */
async function asked(answers: Readonly<Record<string, readonly ModelPart[] | AppError>>, request = REQUEST) {
  const charges: ChargedCall[] = [];
  const models = {
    cost: (_name: string, input: number, output: number) => input + output,
    get: (name: string) => ({
      ...{ name, usesNoTokens: name === 'free' },
      async *stream() {
        const answer = answers[name];
        if (answer instanceof AppError) throw answer;
        yield* answer ?? [];
      },
    }),
  } as unknown as LanguageModels;
  const caller = new ModelCaller(models, (_viewer, call) => charges.push(call));
  const run = { generationId: null, trace: () => undefined };
  const parts = caller.ask(request, Object.keys(answers), new AbortController().signal, VIEWER, run);
  for await (const part of parts) void part;
  return charges;
}

test('a call beside the answer is charged with its request as it begins, and under the same id with what it used', async () => {
  const [open, ended, ...others] = await asked({ one: SAYS });
  expect(open).toMatchObject({ model: 'one', isOpen: true, usage: { inputTokens: 10, outputTokens: 0, costUsd: 10 } });
  expect(ended).toEqual({ id: open?.id, model: 'one', usage: { inputTokens: 12, outputTokens: 2, costUsd: 14 } });
  expect(others).toEqual([]);
});

test('one that the provider refused is charged with nothing in the end; the next model is a call of its own', async () => {
  const charges = await asked({ one: new AppError('MODEL_UNAVAILABLE', 'busy'), two: SAYS });
  expect(charges.map(({ model, isOpen = false, usage }) => [model, isOpen, usage.inputTokens])).toEqual([
    ['one', true, 10],
    ['one', false, 0],
    ['two', true, 10],
    ['two', false, 12],
  ]);
  expect(new Set(charges.map(({ id }) => id)).size).toBe(2);
});

test('a model that calls no provider is not charged as it begins', async () => {
  expect(await asked({ free: [{ type: 'text-delta', text: 'Yes.' }] })).toMatchObject([{ model: 'free' }]);
});

test('the log is told why a model did not answer, and what of it a person wrote', async () => {
  const warnings: Warning[] = [];
  const stop = listen('parley:warning', (warning) => warnings.push(warning));
  const failure = new AppError('MODEL_UNAVAILABLE', 'one refused: HTTP 404', { cause: new Error('HTTP 404') });
  await asked({ one: failure, two: SAYS }, { ...REQUEST, messages: [{ role: 'USER', content: 'A secret question' }] });
  stop();
  expect(warnings).toEqual([
    {
      level: 'warn',
      source: 'model one',
      message: 'a call failed',
      error: failure,
      ids: {},
      texts: ['A secret question'],
    },
  ]);
});
