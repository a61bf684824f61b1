/** Routes of semantic-router (Aurelio), and CLINC150's layout of text and label pairs. */
import { LabelFileError, type LabelledLine } from './labelled-text.ts';

/** Splits of CLINC150's data_full.json that a classifier may learn from; `val` and `test` are for measuring. */
const CLINC_SPLITS = ['train', 'oos_train'] as const;

interface Route {
  readonly name?: unknown;
  readonly utterances?: unknown;
}

/** Reads {"routes": [{"name", "utterances"}]} or that list alone, {"train": [["text", "label"]]} or such pairs alone. */
export function readJson(content: string): LabelledLine[] {
  const value = parsed(content);
  const lineOf = lineFinder(content);
  const object = (typeof value === 'object' && value !== null ? value : {}) as Readonly<Record<string, unknown>>;
  const list = Array.isArray(value) ? value : object['routes'];
  if (Array.isArray(list) && !Array.isArray(list[0]))
    return list.flatMap((route) => routeLines(route as Route, lineOf));
  const pairs = Array.isArray(list)
    ? list
    : CLINC_SPLITS.flatMap((split) => (object[split] as unknown[] | undefined) ?? []);
  if (pairs.length === 0)
    throw new LabelFileError('must hold {"routes": [{"name", "utterances"}]} or {"train": [["text", "label"]]}', 1);
  return pairs.map((pair) => {
    const [text, label] = Array.isArray(pair) ? pair : [];
    if (typeof text !== 'string' || typeof label !== 'string' || (pair as unknown[]).length !== 2)
      throw new LabelFileError(`${short(pair)} must be a pair ["text", "label"]`, lineOf(pair));
    return { text, label, line: lineOf(text) };
  });
}

function routeLines(route: Route | null, lineOf: (value: unknown) => number): LabelledLine[] {
  const { name, utterances } = route ?? {};
  if (typeof name !== 'string' || !Array.isArray(utterances))
    throw new LabelFileError(`${short(route)} must have a "name" and a list of "utterances"`, lineOf(name ?? route));
  lineOf(name);
  return utterances.map((text) => {
    if (typeof text !== 'string')
      throw new LabelFileError(`an utterance of ${name} must be a text, and is ${short(text)}`, lineOf(text));
    return { text, label: name, line: lineOf(text) };
  });
}

/** Finds the lines of values in the order of the file. JSON.parse keeps no positions. */
function lineFinder(content: string): (value: unknown) => number {
  let [from, line, counted] = [0, 1, 0];
  return (value) => {
    const wanted =
      typeof value === 'string' ? JSON.stringify(value) : (short(value).match(/"[^"]*"|-?\d[\d.]*/)?.[0] ?? '');
    const found = content.indexOf(wanted, from);
    if (found >= 0) from = found + wanted.length;
    for (; counted < (found >= 0 ? found : from); counted += 1) if (content[counted] === '\n') line += 1;
    return line;
  };
}

const short = (value: unknown): string => JSON.stringify(value)?.slice(0, 80) ?? String(value);

function parsed(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch (error) {
    const { message } = error as Error;
    const line = /line (\d+)/.exec(message)?.[1];
    const position = /position (\d+)/.exec(message)?.[1];
    const counted = position ? content.slice(0, Number(position)).split('\n').length : null;
    throw new LabelFileError(`is no JSON: ${message.replace(/ \(line.*/, '')}`, line ? Number(line) : counted);
  }
}
