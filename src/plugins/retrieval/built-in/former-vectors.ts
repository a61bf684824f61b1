import { join } from 'node:path';
import { WORD_VECTORS } from '../embedding/word-vectors/index.ts';
import { closeSnapshot, readSnapshot, type Snapshot } from './snapshot.ts';

/** Before layout 5 the file of the index held the word vectors too. */
const FORMER_LAYOUT = /^layout 4, tokens \d+, english 1$/;

export interface FormerVectors {
  readonly format: string;
  readonly origin: string;
  readonly sequence: number;
  /** As a VectorTable's. */
  readonly table: Snapshot;
}

/** The word vectors that an index of the former layout holds; null where there is no such index, or it was made without them. */
export function formerVectors(directory: string): FormerVectors | null {
  const snapshot = readSnapshot(join(directory, 'passages.index'));
  if (!snapshot) return null;
  closeSnapshot(snapshot);
  const { format, origin, sequence, vectors } = snapshot.header;
  const isFormer = typeof format === 'string' && FORMER_LAYOUT.test(format) && isRecord(vectors);
  if (!isFormer || typeof origin !== 'string' || typeof sequence !== 'number') return null;
  const columns = Object.entries(snapshot.columns).flatMap(([name, column]) =>
    name.startsWith(PREFIX) ? [[name.slice(PREFIX.length), column]] : [],
  );
  return { format: WORD_VECTORS, origin, sequence, table: { header: vectors, columns: Object.fromEntries(columns) } };
}

const PREFIX = 'vectors.';
const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
