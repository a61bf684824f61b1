import { libraryFailure } from './failures.ts';
import { checkDepth, membersOf, NotJson, valueIn } from './json-members.ts';
import type { DocumentInPieces } from './pieces.ts';

/** UTF-16 code units of JSON that are made values at once: as objects they take many times their size. */
const AT_ONCE = 250_000;

/** JSON as lines of `path: value`, with an empty line between the elements of the outermost array. Undefined where the text is no JSON. */
export function parseJson(text: string): DocumentInPieces | undefined {
  const whole = valueIn(text);
  if (!whole || !'[{'.includes(text[whole.start] ?? '')) return undefined;
  if (isJson(documentLines(text))) return { mediaType: 'application/json', title: null, pieces: documentLines(text) };
  return isJson(jsonLines(text)) ? { mediaType: 'application/jsonl', title: null, pieces: jsonLines(text) } : undefined;
}

/** Text that stops being JSON is plain text. Nothing of it may have been emitted by then. */
function isJson(lines: Iterable<string>): boolean {
  try {
    for (const _line of lines);
    return true;
  } catch (error) {
    if (error instanceof NotJson) return false;
    throw error;
  }
}

function* documentLines(text: string): Generator<string> {
  const whole = valueIn(text) ?? { start: 0, end: 0 };
  if (text[whole.start] !== '[') return yield* linesIn(text, whole, '', 0);
  let first = true;
  for (const element of membersOf(text, whole)) {
    if (!first) yield '\n';
    first = false;
    yield* linesIn(text, element, '', 0);
  }
}

/** For a file with one JSON value on each line. */
function* jsonLines(text: string): Generator<string> {
  let lines = 0;
  for (let start = 0, end = 0; start < text.length; start = end + 1) {
    const newline = text.indexOf('\n', start);
    end = newline < 0 ? text.length : newline;
    const line = text.slice(start, end);
    if (line.trim() === '') continue;
    if (!/^\s*[[{]/.test(line)) throw new NotJson();
    if (lines > 0) yield '\n';
    lines += 1;
    // Even for what is no JSON, parsing a long line at once takes many times its size: so much as brackets are open.
    const { start: from, end: to } = valueIn(line) ?? { start: 0, end: 0 };
    yield* linesIn(line, { start: from, end: to }, '', 0);
  }
  if (lines < 2) throw new NotJson();
}

interface Range {
  readonly start: number;
  readonly end: number;
}

/** Splits a large value into its members. */
function* linesIn(text: string, { start, end }: Range, path: string, depth: number): Generator<string> {
  if (end - start <= AT_ONCE || text[start] === '"') return yield* linesOf(path, parsed(text.slice(start, end)), depth);
  checkDepth(depth);
  for (const member of membersOf(text, { start, end }))
    yield* linesIn(text, member, pathOf(path, member.key), depth + 1);
}

function* linesOf(path: string, value: unknown, depth: number): Generator<string> {
  checkDepth(depth);
  if (typeof value !== 'object' || value === null) {
    // An empty value has nothing to search for.
    if (value !== null && value !== '') yield path === '' ? `${value}\n` : `${path}: ${value}\n`;
  } else if (Array.isArray(value)) {
    if (value.length > 0 && value.every((item) => typeof item !== 'object') && `${value}`.length < 400)
      yield `${path || 'values'}: ${value.join(', ')}\n`;
    else for (const [index, item] of value.entries()) yield* linesOf(pathOf(path, index), item, depth + 1);
  } else for (const [key, item] of Object.entries(value)) yield* linesOf(pathOf(path, key), item, depth + 1);
}

const pathOf = (path: string, key: string | number): string =>
  typeof key === 'number' ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`;

function parsed(text: string): unknown {
  try {
    // Long numbers keep their digits as text; a double would round them.
    return /\d{16}/.test(text) ? JSON.parse(text, exactNumber) : JSON.parse(text);
  } catch (error) {
    if (error instanceof RangeError) throw libraryFailure(error, 'The JSON file cannot be read');
    throw new NotJson();
  }
}

const exactNumber = (_key: string, value: unknown, context?: { source?: string }): unknown =>
  typeof value === 'number' && context?.source && /\d{16}/.test(context.source) ? context.source : value;
