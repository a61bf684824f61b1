/** The built-in encoder for a test file, stopped at its end. */
import { afterAll } from 'vitest';
import { type BuiltInEncoder, builtInEncoder } from '../../src/adapters/encoder/index.ts';

export function useEncoder(): BuiltInEncoder {
  const encoder = builtInEncoder();
  afterAll(() => encoder.stop());
  return encoder;
}
