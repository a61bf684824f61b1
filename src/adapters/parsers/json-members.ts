import { tooMuch } from './failures.ts';

/** The text is no JSON. */
export class NotJson extends Error {}

const MAX_DEPTH = 200;

/** Throws if a value is nested too deep. */
export function checkDepth(depth: number): void {
  if (depth > MAX_DEPTH)
    throw tooMuch(`The JSON file nests more than ${MAX_DEPTH} levels deep, which is too much to read`);
}

export interface Member {
  /** For an array's element, its index. */
  readonly key: string | number;
  readonly start: number;
  readonly end: number;
}

/** The text without white space around it; undefined where there is nothing else. */
export function valueIn(text: string): { readonly start: number; readonly end: number } | undefined {
  const start = afterSpace(text, 0);
  let end = text.length;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end -= 1;
  return start < end ? { start, end } : undefined;
}

/** Yields the ranges of an array's or object's members in `[start, end)`, one by one; never parses the value as a whole. */
export function* membersOf(text: string, { start, end }: { start: number; end: number }): Generator<Member> {
  const isObject = text[start] === '{';
  const close = isObject ? '}' : ']';
  let at = afterSpace(text, start + 1);
  for (let index = 0; index > 0 || text[at] !== close; index += 1) {
    let key: string | number = index;
    if (isObject) {
      const keyEnd = stringEnd(text, at);
      key = keyIn(text.slice(at, keyEnd));
      at = afterSpace(text, keyEnd);
      if (text[at] !== ':') throw new NotJson();
      at = afterSpace(text, at + 1);
    }
    const last = valueEnd(text, at);
    yield { key, start: at, end: last };
    at = afterSpace(text, last);
    if (text[at] === close) break;
    if (text[at] !== ',') throw new NotJson();
    at = afterSpace(text, at + 1);
  }
  if (at + 1 !== end) throw new NotJson();
}

function keyIn(text: string): string {
  try {
    return JSON.parse(text) as string;
  } catch {
    throw new NotJson();
  }
}

const MARK = /["[\]{}]/g;
const SIMPLE = /[^\s,\]}"[{]+/y;

/** Only counts brackets. The caller parses the value. */
function valueEnd(text: string, start: number): number {
  if (text[start] === '"') return stringEnd(text, start);
  if (text[start] !== '[' && text[start] !== '{') {
    SIMPLE.lastIndex = start;
    if (!SIMPLE.test(text)) throw new NotJson();
    return SIMPLE.lastIndex;
  }
  MARK.lastIndex = start;
  let deepest = 0;
  for (let depth = 0, mark = MARK.exec(text); mark; mark = MARK.exec(text)) {
    if (mark[0] === '"') MARK.lastIndex = stringEnd(text, mark.index);
    else depth += mark[0] === '[' || mark[0] === '{' ? 1 : -1;
    deepest = Math.max(deepest, depth);
    if (depth > 0) continue;
    // Told at once: level by level the same text would be gone through hundreds of times.
    checkDepth(deepest);
    return mark.index + 1;
  }
  throw new NotJson();
}

/** Beyond the quotation mark that ends the string; one after an odd number of backslashes does not. */
function stringEnd(text: string, start: number): number {
  if (text[start] !== '"') throw new NotJson();
  for (let at = text.indexOf('"', start + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let before = at - 1;
    while (text[before] === '\\') before -= 1;
    if ((at - before) % 2 === 1) return at + 1;
  }
  throw new NotJson();
}

const isSpace = (code: number): boolean => code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;

function afterSpace(text: string, start: number): number {
  let at = start;
  while (isSpace(text.charCodeAt(at))) at += 1;
  return at;
}
