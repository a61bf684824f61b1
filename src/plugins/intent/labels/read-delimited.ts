import { parse } from 'csv-parse/sync';
import { LabelFileError, type LabelledLine } from './labelled-text.ts';

const TEXT_NAMES = ['text', 'utterance', 'query', 'message', 'sentence', 'example'];
const LABEL_NAMES = ['label', 'intent', 'category', 'class'];

interface ParsedRow {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

/** CSV or TSV with a header that names a text and a label column, such as `text,label` (BANKING77: `text,category`). */
export function readDelimited(content: string): LabelledLine[] {
  const header = content.slice(0, content.search(/[\r\n]|$/));
  const delimiter = ['\t', ';', ','].find((candidate) => header.includes(candidate)) ?? ',';
  const rows = parseRows(content, delimiter);
  const names = (rows[0]?.record ?? []).map((name) => name.trim().toLowerCase());
  const [text, label] = [TEXT_NAMES, LABEL_NAMES].map((known) => names.findIndex((name) => known.includes(name)));
  if (text === undefined || label === undefined || text < 0 || label < 0)
    throw new LabelFileError('must name the columns, such as text,label', 1);
  return rows.slice(1).map(({ record, info }) => {
    if (record.length !== names.length)
      throw new LabelFileError(
        `has ${record.length} columns, the header ${names.length}; quote texts with commas`,
        info.lines,
      );
    return { text: record[text] ?? '', label: record[label] ?? '', line: info.lines };
  });
}

function parseRows(content: string, delimiter: string): readonly ParsedRow[] {
  try {
    const options = { delimiter, info: true, relax_column_count: true, skip_empty_lines: true };
    return parse(content, options) as unknown as ParsedRow[];
  } catch (error) {
    const { lines, message } = error as { readonly lines?: number; readonly message: string };
    throw new LabelFileError(message.replace(/ (?:at|on) line \d+/, ''), lines ?? null);
  }
}
