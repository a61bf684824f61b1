import { expect, test } from 'vitest';
import { parseChunk } from './completion.ts';

const NOTHING = { text: '', reasoning: '', finishReason: null, usage: null };
const of = (value: unknown) => parseChunk(JSON.stringify(value));
const delta = (value: object, more: object = {}) => of({ choices: [{ index: 0, delta: value, ...more }] });

test('a chunk gives the text, the reason for the end, and the usage', () => {
  expect(delta({ content: 'Hi' }, { finish_reason: null })).toEqual({ ...NOTHING, text: 'Hi' });
  expect(delta({}, { finish_reason: 'length' })).toEqual({ ...NOTHING, finishReason: 'length' });
  expect(of({ choices: [], usage: { prompt_tokens: 7, completion_tokens: 3 } })).toEqual({
    ...NOTHING,
    usage: { inputTokens: 7, outputTokens: 3, cached: { read: 0, written: 0 } },
  });
});

test('parts of type text are the answer, a refusal is one too, and reasoning is none', () => {
  const content = [
    { type: 'text', text: 'a' },
    { type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] },
    null,
    { type: 'text', text: 'b' },
  ];
  expect(delta({ content })).toMatchObject({ text: 'ab', reasoning: 'hm' });
  expect(delta({ refusal: 'No.' }).text).toBe('No.');
  for (const field of ['reasoning_content', 'reasoning'])
    expect(delta({ [field]: 'hm' })).toEqual({ ...NOTHING, reasoning: 'hm' });
});

test('fields of another type say nothing', () => {
  for (const value of [
    {},
    { choices: null },
    { choices: 'x' },
    { choices: [null] },
    { choices: [{}] },
    { choices: [{ delta: null, finish_reason: 7 }] },
    { choices: [{ delta: { content: 7, refusal: {} } }] },
    { error: null, usage: null },
    { choices: [{ index: 1, delta: { content: 'another answer' } }] },
    ...[null, 7, 'x', []],
  ])
    expect(of(value)).toEqual(NOTHING);
  expect(of({ usage: { prompt_tokens: '7', completion_tokens: -1 } }).usage).toEqual({
    inputTokens: 0,
    outputTokens: 0,
    cached: { read: 0, written: 0 },
  });
});

test.each(['{', '{"error":{"message":"x"}}', '{"error":"x","choices":[]}'])('%s is an error', (data) => {
  expect(() => parseChunk(data)).toThrow();
});
