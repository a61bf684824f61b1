import { createHash } from 'node:crypto';
import { trimmedOf } from '#core/text/characters.ts';

/** A name for the index of a format that every engine takes: what a person can read of it, and enough of a hash to tell formats apart. */
export function indexName(prefix: string, format: string, separator: string): string {
  const readable = trimmedOf(format.toLowerCase().replace(/[^a-z0-9]+/g, separator), /[_-]/).slice(0, 40);
  const hash = createHash('sha256').update(format).digest('hex').slice(0, 8);
  return [prefix, readable, hash].join(separator);
}
