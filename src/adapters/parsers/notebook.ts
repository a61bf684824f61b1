import { htmlText } from './html.ts';
import { membersOf, NotJson, valueIn } from './json-members.ts';
import type { DocumentInPieces } from './pieces.ts';
import { firstHeading } from './titles.ts';

export const NOTEBOOK = 'application/x-ipynb+json';

/** Characters of one output of a cell that are read. */
const MOST_OUTPUT = 10_000;
const ESCAPE = String.fromCharCode(0x1b);
/** What terminals take colours from. */
const COLOURS = new RegExp(`${ESCAPE}\\[[\\d;]{0,20}m`, 'g');

interface Range {
  readonly start: number;
  readonly end: number;
}
interface Cell {
  readonly cell_type?: unknown;
  readonly source?: unknown;
  /** In format 3. */
  readonly input?: unknown;
  readonly level?: unknown;
  readonly outputs?: unknown;
}

/** The cells of a Jupyter notebook, code in fences with the text that it printed; undefined where the text is no notebook. */
export function parseNotebook(text: string): DocumentInPieces | undefined {
  try {
    return notebookIn(text);
  } catch (error) {
    if (error instanceof NotJson) return undefined;
    throw error;
  }
}

function notebookIn(text: string): DocumentInPieces | undefined {
  const whole = valueIn(text);
  if (!whole || text[whole.start] !== '{') return undefined;
  const parts = new Map<string, Range>();
  for (const { key, start, end } of membersOf(text, whole)) parts.set(String(key), { start, end });
  const lists = cellLists(text, parts);
  if (!parts.has('nbformat') || lists.length === 0) return undefined;
  const metadata = parts.get('metadata');
  const language = metadata ? languageOf(parsedValue(text, metadata)) : '';
  const title = firstHeading([...cellsIn(text, lists.slice(0, 1), language, 5)].join(''));
  return { mediaType: NOTEBOOK, title, pieces: cellsIn(text, lists, language, Number.POSITIVE_INFINITY) };
}

/** Format 4 has its cells at the top, format 3 in worksheets. */
function cellLists(text: string, parts: ReadonlyMap<string, Range>): Range[] {
  const cells = parts.get('cells');
  if (cells) return text[cells.start] === '[' ? [cells] : [];
  const sheets = parts.get('worksheets');
  if (!sheets || text[sheets.start] !== '[') return [];
  return [...membersOf(text, sheets)].flatMap((sheet) =>
    text[sheet.start] === '{'
      ? [...membersOf(text, sheet)].filter(({ key, start }) => key === 'cells' && text[start] === '[')
      : [],
  );
}

function* cellsIn(text: string, lists: readonly Range[], language: string, most: number): Generator<string> {
  let number = 0;
  for (const list of lists)
    for (const cell of membersOf(text, list)) {
      const shown = shownCell(parsedValue(text, cell), language);
      if (shown !== '') yield `${shown}\n\n`;
      number += 1;
      if (number >= most) return;
    }
}

function shownCell(value: unknown, language: string): string {
  if (typeof value !== 'object' || value === null) return '';
  const { cell_type: kind, source, input, level, outputs } = value as Cell;
  const content = textIn(source ?? input)
    .replace(/^\n+/, '')
    .trimEnd();
  if (kind === 'heading')
    return `${'#'.repeat(Math.min(6, Math.max(1, Number(level) || 1)))} ${content.replace(/\n/g, ' ')}`;
  if (kind !== 'code') return content;
  const printed = Array.isArray(outputs) ? outputs.map(shownOutput).filter(Boolean) : [];
  return [content === '' ? '' : fenced(content, language), ...printed].filter(Boolean).join('\n\n');
}

/** The output of a cell: the text that it printed in a fence, else what it shows as Markdown, a formula or a page. Leaves out pictures. */
function shownOutput(output: unknown): string {
  if (typeof output !== 'object' || output === null) return '';
  const { text, data, ename, evalue } = output as Readonly<Record<string, unknown>>;
  const kinds = typeof data === 'object' && data !== null ? (data as Readonly<Record<string, unknown>>) : {};
  const plain = textIn(text ?? kinds['text/plain']) || (typeof ename === 'string' ? `${ename}: ${textIn(evalue)}` : '');
  const printed = plain.slice(0, MOST_OUTPUT).replace(COLOURS, '').replace(/^\n+/, '').trimEnd();
  // The plain text of what is no text is the name of its object.
  if (printed !== '' && !OBJECT.test(printed.trim())) return fenced(printed, '');
  const page = textIn(kinds['text/html']);
  const shown = textIn(kinds['text/markdown']) || textIn(kinds['text/latex']) || (page && htmlText(page));
  return shown.slice(0, MOST_OUTPUT).trim();
}
const OBJECT = /^<[\w. ]{1,200}(?: at 0x[\da-f]{1,20})?>$/;

const textIn = (value: unknown): string =>
  typeof value === 'string'
    ? value
    : Array.isArray(value)
      ? value.filter((line) => typeof line === 'string').join('')
      : '';

function fenced(code: string, language: string): string {
  const fence = code.includes('```') ? '~~~~' : '```';
  return `${fence}${language}\n${code}\n${fence}`;
}

function languageOf(metadata: unknown): string {
  const { language_info: info, kernelspec } = (metadata ?? {}) as Readonly<
    Record<string, Readonly<Record<string, unknown>> | undefined>
  >;
  const name = info?.['name'] ?? kernelspec?.['language'];
  return typeof name === 'string' && /^[\w+#-]{1,20}$/.test(name) ? name : '';
}

function parsedValue(text: string, { start, end }: Range): unknown {
  try {
    return JSON.parse(text.slice(start, end));
  } catch {
    throw new NotJson();
  }
}
