/** Reads a team's examples from the file that INTENT_LABELS names. */
import { readFileSync, statSync } from 'node:fs';
import { extname } from 'node:path';
import { checkedExamples } from './check-examples.ts';
import { LabelFileError, type LabelledLine } from './labelled-text.ts';

type Reader = (content: string) => LabelledLine[];

const yaml = async (): Promise<Reader> => (await import('./read-yaml.ts')).readYaml;
const json = async (): Promise<Reader> => (await import('./read-json.ts')).readJson;
const jsonLines = async (): Promise<Reader> => (await import('./read-json-lines.ts')).readJsonLines;
const delimited = async (): Promise<Reader> => (await import('./read-delimited.ts')).readDelimited;

/** Loaded when a file needs them: a start without labels does without their libraries. */
const READERS: Readonly<Record<string, () => Promise<Reader>>> = {
  '.yml': yaml,
  '.yaml': yaml,
  '.json': json,
  '.jsonl': jsonLines,
  '.ndjson': jsonLines,
  '.csv': delimited,
  '.tsv': delimited,
};
const MOST_BYTES = 64 * 1_048_576;

/** The examples of a file, each with its line. Rejects with a LabelFileError that names the line and the remedy. */
export async function readLabels(path: string): Promise<LabelledLine[]> {
  const reader = READERS[extname(path).toLowerCase()];
  if (!reader) throw new LabelFileError(`must end in ${Object.keys(READERS).join(', ')}`);
  const read = await reader();
  return checkedExamples(read(contentOf(path)));
}

function contentOf(path: string): string {
  let bytes: Buffer;
  try {
    if (statSync(path).size > MOST_BYTES) throw new LabelFileError('is larger than 64 MiB; keep fewer examples');
    bytes = readFileSync(path);
  } catch (error) {
    if (error instanceof LabelFileError) throw error;
    throw new LabelFileError(`cannot be read: ${(error as Error).message}`);
  }
  return decoded(bytes).replace(/^\ufeff/, '');
}

/** UTF-8 alone: in another encoding Chinese labels would be learned as garbage without an error. */
function decoded(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    let line = 1;
    for (let start = 0; start < bytes.length; line += 1) {
      const end = bytes.indexOf(0x0a, start);
      const row = bytes.subarray(start, end < 0 ? bytes.length : end);
      if (row.toString('utf8').includes('\ufffd') && !isUtf8(row)) break;
      start = end < 0 ? bytes.length : end + 1;
    }
    throw new LabelFileError('is not UTF-8; save the file as UTF-8', line);
  }
}

function isUtf8(bytes: Buffer): boolean {
  return Buffer.from(bytes.toString('utf8'), 'utf8').equals(bytes);
}
