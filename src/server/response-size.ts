/** Most bytes of JSON for a UTF-16 code unit: `\u0001` takes six. */
const WORST = 6;

/**
 * True if `value` takes more than `limit` bytes as JSON in UTF-8. Checked before serialising, because the text of a large answer would
 * block memory and thread for everyone. Linear; stops at the limit.
 */
export function exceedsBytes(value: unknown, limit: number): boolean {
  // Lengths alone settle it for nearly all answers.
  return minus(limit, value, (text) => text.length * WORST) < 0 && minus(limit, value, bytesOf) < 0;
}

const bytesOf = (text: string): number => Buffer.byteLength(text.length < 4 ? text : JSON.stringify(text));

/** The rest of `left` bytes after `value`. Negative once it is known to be too large. */
function minus(left: number, value: unknown, sizeOf: (text: string) => number): number {
  if (typeof value === 'string') return left - sizeOf(value) - 2;
  if (typeof value !== 'object' || value === null) return left - 5;
  let rest = left - 2;
  if (Array.isArray(value)) {
    for (const item of value) {
      rest = minus(rest - 1, item, sizeOf);
      if (rest < 0) return rest;
    }
    return rest;
  }
  for (const key in value) {
    rest = minus(rest - key.length - 4, (value as Record<string, unknown>)[key], sizeOf);
    if (rest < 0) return rest;
  }
  return rest;
}
