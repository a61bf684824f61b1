import { describe, expect, test } from 'vitest';
import { requestRefusal } from './refusals.ts';

const code = (status: number | undefined, text: string) => requestRefusal('m', status, text, null)?.code;

describe('a refusal of a provider', () => {
  test.each([
    [
      400,
      '{"error":{"code":"context_length_exceeded","message":"This model\'s maximum context length is 8192 tokens."}}',
    ],
    [
      400,
      '{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 210000 tokens > 200000 maximum"}}',
    ],
    [400, '{"error":{"type":"exceed_context_size_error","message":"the request exceeds the available context size"}}'],
    [400, '{"error":{"message":"The input token count (1200000) exceeds the maximum number of tokens allowed"}}'],
    [413, ''],
    [undefined, '{"message":"Requested tokens exceed context window of 4096","code":"context_length_exceeded"}'],
  ])('HTTP %s %s means that the context is too long', (status, text) => {
    expect(code(status, text)).toBe('PAYLOAD_TOO_LARGE');
  });

  test.each([
    [
      400,
      '{"error":{"code":"content_filter","message":"The response was filtered due to the prompt triggering Azure OpenAI\'s content management policy."}}',
    ],
    [400, '{"error":{"code":"content_policy_violation"}}'],
    [undefined, '{"error":{"message":"Your request was rejected as a result of our safety system."}}'],
  ])('HTTP %s %s means a content filter', (status, text) => {
    expect(code(status, text)).toBe('BAD_USER_INPUT');
  });

  test.each([
    [400, '{"error":{"message":"unknown parameter"}}'],
    [422, ''],
  ])('HTTP %s %s is no fault of the model, and cannot be tried again', (status, text) => {
    expect(requestRefusal('m', status, text, null)).toMatchObject({ code: 'MODEL_FAILED', retryable: false });
  });

  test.each([
    [429, 'maximum context length'],
    [500, 'content_filter'],
    [401, ''],
    [404, ''],
    [undefined, '{"error":{"message":"the server had an error"}}'],
    [undefined, ''],
  ])('HTTP %s %s is a failure of the model', (status, text) => {
    expect(code(status, text)).toBeUndefined();
  });

  // Polynomial time would take minutes here.
  test('of any length is searched only up to a limit', () => {
    expect(code(400, 'context '.repeat(1_000_000))).toBe('MODEL_FAILED');
    expect(code(400, 'content'.repeat(1_000_000))).toBe('MODEL_FAILED');
  });

  test('shows nothing of what the provider said', () => {
    expect(requestRefusal('m', 400, 'content_filter sk-secret', null)?.message).not.toContain('sk-');
  });
});
