/** A cache entry of an answer, and its serialised form. */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { StoredCitation, Usage } from '#core/turn.ts';

export interface Entry {
  /** Whose it is. */
  readonly tenant: string;
  readonly text: string;
  readonly model: string;
  readonly citations: readonly StoredCitation[];
  /** The version of the viewer's passages when the answer was made. Null: unknown, so the grounding must be compared. */
  readonly version: string | null;
  readonly grounding: string;
  /** The usage of the answer, which a hit saves. */
  readonly usage: Usage;
  /** The generation that made it. */
  readonly generationId: string;
}

/** The form of the bytes. Another version, or bytes that cannot be read, are a miss. */
const VERSION = 2;
/** Bytes; an answer that unpacks to more is refused. */
const MOST = 32 * 2 ** 20;

export const encodeEntry = (entry: Entry): Uint8Array =>
  Buffer.concat([Buffer.of(VERSION), deflateRawSync(JSON.stringify(entry), { level: 1 })]);

export function decodeEntry(bytes: Uint8Array | undefined): Entry | null {
  if (!bytes || bytes[0] !== VERSION) return null;
  try {
    const value: unknown = JSON.parse(inflateRawSync(bytes.subarray(1), { maxOutputLength: MOST }).toString('utf8'));
    return isEntry(value) ? value : null;
  } catch {
    return null;
  }
}

function isEntry(value: unknown): value is Entry {
  const entry = value as Partial<Entry> | null;
  return (
    typeof entry?.text === 'string' &&
    typeof entry.tenant === 'string' &&
    entry.text !== '' &&
    typeof entry.model === 'string' &&
    Array.isArray(entry.citations) &&
    (entry.version === null || typeof entry.version === 'string') &&
    typeof entry.grounding === 'string' &&
    typeof entry.generationId === 'string' &&
    typeof entry.usage?.inputTokens === 'number' &&
    typeof entry.usage.outputTokens === 'number' &&
    typeof entry.usage.costUsd === 'number'
  );
}
