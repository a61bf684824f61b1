import { LabelFileError, type LabelledLine } from './labelled-text.ts';

/** JSONL: {"text": "…", "label": "…"} on each line; `intent` is read as `label`. */
export function readJsonLines(content: string): LabelledLine[] {
  return content.split(/\r?\n/).flatMap((source, place) => {
    if (source.trim() === '') return [];
    const line = place + 1;
    const value = parsed(source, line);
    const { text, label, intent } = (value ?? {}) as Readonly<Record<string, unknown>>;
    const name = label ?? intent;
    if (typeof text !== 'string' || typeof name !== 'string')
      throw new LabelFileError('must be JSON such as {"text":"where is my card?","label":"card_arrival"}', line);
    return [{ text, label: name, line }];
  });
}

function parsed(source: string, line: number): unknown {
  try {
    return JSON.parse(source);
  } catch (error) {
    throw new LabelFileError(`is no JSON: ${(error as Error).message}`, line);
  }
}
