/** Cases of an evaluation set from a file: JSONL or CSV. */
import { parse } from 'csv-parse/sync';

export interface Case {
  readonly query: string;
  readonly expected?: string;
  readonly context?: readonly string[];
  readonly response?: string;
}

/** An error in a file, with its line number. */
export class CasesError extends Error {
  override readonly name = 'CasesError';
}

const FIELDS = ['query', 'expected', 'context', 'response'] as const;

/** Throws CasesError. Other fields of a line are left alone. */
export function readCases(name: string, text: string): Case[] {
  const plain = text.replace(/^\ufeff/, '');
  const cases = /\.csv$/i.test(name) ? fromCsv(plain) : fromLines(plain);
  if (cases.length === 0) throw new CasesError('the file has no cases');
  return cases;
}

function fromLines(text: string): Case[] {
  return text.split('\n').flatMap((line, index) => {
    if (line.trim() === '') return [];
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      throw new CasesError(`line ${index + 1}: not JSON: ${line.slice(0, 60)}`);
    }
    return caseOf(value, `line ${index + 1}`);
  });
}

function fromCsv(text: string): Case[] {
  let rows: { record: Record<string, string>; info: { lines: number } }[];
  try {
    rows = parse(text, { columns: true, info: true, skip_empty_lines: true, trim: true }) as unknown as typeof rows;
  } catch (error) {
    throw new CasesError(`not CSV: ${error instanceof Error ? error.message : error}`);
  }
  return rows.map(({ record, info }) => {
    const given = Object.fromEntries(FIELDS.flatMap((field) => (record[field] ? [[field, record[field]]] : [])));
    return caseOf(
      { ...given, ...(given['context'] ? { context: contextOf(given['context']) } : {}) },
      `line ${info.lines}`,
    );
  });
}

/** A text, or a JSON list of texts. */
function contextOf(cell: string): unknown {
  if (!cell.startsWith('[')) return [cell];
  try {
    return JSON.parse(cell);
  } catch {
    return [cell];
  }
}

function caseOf(value: unknown, line: string): Case {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new CasesError(`${line}: must be an object with a query`);
  const given = value as Record<string, unknown>;
  if (typeof given['query'] !== 'string' || given['query'].trim() === '')
    throw new CasesError(`${line}: query must be a text that is not empty`);
  for (const field of ['expected', 'response'] as const)
    if (given[field] !== undefined && given[field] !== null && typeof given[field] !== 'string')
      throw new CasesError(`${line}: ${field} must be a text`);
  const context = typeof given['context'] === 'string' ? [given['context']] : (given['context'] ?? null);
  if (context !== null && !(Array.isArray(context) && context.every((text) => typeof text === 'string')))
    throw new CasesError(`${line}: context must be a text or a list of texts`);
  return {
    query: given['query'],
    ...(given['expected'] ? { expected: given['expected'] as string } : {}),
    ...(given['response'] ? { response: given['response'] as string } : {}),
    ...(context === null || context.length === 0 ? {} : { context }),
  };
}
