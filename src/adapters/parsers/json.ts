import type { ParsedDocument } from '#core/ports/document-parser.ts';
import { libraryFailure, tooManyCharacters, tooMuch } from './failures.ts';

const MAX_DEPTH = 200;

/** JSON as lines of `path: value`, with an empty line between the elements of the outermost array. Undefined where the text is no JSON. */
export function parseJson(text: string, maxCharacters: number): ParsedDocument | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  const whole = parsed(text);
  if (whole !== undefined) {
    const elements = Array.isArray(whole) ? whole : [whole];
    return { text: written(elements, maxCharacters), mediaType: 'application/json', title: null };
  }
  const lines = jsonLines(text);
  return lines && { text: written(lines, maxCharacters), mediaType: 'application/jsonl', title: null };
}

/** The values of a file with one JSON value a line. */
function jsonLines(text: string): unknown[] | undefined {
  const values: unknown[] = [];
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    const value = /^\s*[[{]/.test(line) ? parsed(line) : undefined;
    if (value === undefined) return undefined;
    values.push(value);
  }
  return values.length > 1 ? values : undefined;
}

function parsed(text: string): unknown {
  try {
    // Long numbers keep their digits as text; a double would round them.
    return /\d{16}/.test(text) ? JSON.parse(text, exactNumber) : JSON.parse(text);
  } catch (error) {
    if (error instanceof RangeError) throw libraryFailure(error, 'The JSON file cannot be read');
    return undefined;
  }
}

const exactNumber = (_key: string, value: unknown, context?: { source?: string }): unknown =>
  typeof value === 'number' && context?.source && /\d{16}/.test(context.source) ? context.source : value;

function written(elements: readonly unknown[], maxCharacters: number): string {
  const parts: string[] = [];
  let length = 0;
  const add = (line: string) => {
    length += line.length + 1;
    if (length > 2 * maxCharacters) throw tooManyCharacters(maxCharacters);
    parts.push(line);
  };
  for (const [index, element] of elements.entries()) {
    if (index > 0) add('');
    writeValue('', element, 0, add);
  }
  return parts.join('\n');
}

function writeValue(path: string, value: unknown, depth: number, add: (line: string) => void): void {
  if (depth > MAX_DEPTH)
    throw tooMuch(`The JSON file nests more than ${MAX_DEPTH} levels deep, which is too much to read`);
  if (typeof value !== 'object' || value === null) {
    // An empty value says nothing that could be searched for.
    if (value !== null && value !== '') add(path === '' ? String(value) : `${path}: ${value}`);
  } else if (Array.isArray(value)) {
    if (value.length > 0 && value.every((item) => typeof item !== 'object') && `${value}`.length < 400)
      add(`${path || 'values'}: ${value.join(', ')}`);
    else for (const [index, item] of value.entries()) writeValue(`${path}[${index}]`, item, depth + 1, add);
  } else {
    for (const [key, item] of Object.entries(value))
      writeValue(path === '' ? key : `${path}.${key}`, item, depth + 1, add);
  }
}
