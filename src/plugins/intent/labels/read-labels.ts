/** Reads a team's examples from the file that INTENT_LABELS names. */
import { readFileSync, statSync } from 'node:fs';
import { extname } from 'node:path';
import { checkedExamples } from './check-examples.ts';
import { LabelFileError, type LabelledLine } from './labelled-text.ts';
import { readDelimited } from './read-delimited.ts';
import { readJson } from './read-json.ts';
import { readJsonLines } from './read-json-lines.ts';
import { readYaml } from './read-yaml.ts';

const READERS: Readonly<Record<string, (content: string) => LabelledLine[]>> = {
  '.yml': readYaml,
  '.yaml': readYaml,
  '.json': readJson,
  '.jsonl': readJsonLines,
  '.ndjson': readJsonLines,
  '.csv': readDelimited,
  '.tsv': readDelimited,
};
const MOST_BYTES = 64 * 1_048_576;

/** The examples of a file, each with its line. Throws a LabelFileError that names the line and the remedy. */
export function readLabels(path: string): LabelledLine[] {
  const read = READERS[extname(path).toLowerCase()];
  if (!read) throw new LabelFileError(`must end in ${Object.keys(READERS).join(', ')}`);
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
