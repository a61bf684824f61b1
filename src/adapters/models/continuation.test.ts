import { expect, test } from 'vitest';
import { modelOf, never, request, useFakeProvider } from '../../../test/support/models.ts';
import type { Continuation } from './openai-compatible/index.ts';

const provider = useFakeProvider();
const partial = 'The bridge was';

/** What the provider is asked where an answer is to be continued. */
async function asked(name: string, style: Continuation): Promise<Readonly<Record<string, unknown>>> {
  const { current } = provider;
  current.calls.splice(0);
  current.reply({ text: ' built in 1932.' });
  const model = modelOf(current, name, { continuations: { [name]: style } });
  expect(model.continues).toBe(true);
  let text = '';
  for await (const part of model.stream({ ...request, partial }, never()))
    if (part.type === 'text-delta') text += part.text;
  expect(text).toBe(' built in 1932.');
  return current.calls[0]?.body as Readonly<Record<string, unknown>>;
}

test('an answer is continued as its server is told to', async () => {
  const last = { role: 'assistant', content: partial };
  for (const [style, message, more] of [
    ['assistant', last, {}],
    ['prefix', { ...last, prefix: true }, {}],
    ['vllm', last, { continue_final_message: true, add_generation_prompt: false }],
  ] as const) {
    const body = await asked('openai-compatible:test', style);
    expect((body['messages'] as unknown[]).at(-1)).toEqual(message);
    expect(body).toMatchObject(more);
    expect('continue_final_message' in body).toBe(style === 'vllm');
  }
});

test('Anthropic’s models are given the beginning of their answer', async () => {
  const body = await asked('anthropic:test', 'assistant');
  expect((body['messages'] as { role: string; content: unknown }[]).at(-1)).toMatchObject({
    role: 'assistant',
    content: [{ type: 'text', text: partial }],
  });
});

test('a model of which nothing is said cannot continue', () => {
  expect(modelOf(provider.current, 'openai-compatible:test').continues).toBe(false);
});
