import { comparableWords } from '#core/text/words.ts';
import type { Chosen } from './choose-sentences.ts';
import { rowsNamed } from './table-rows.ts';

/** The line below the names of a table's columns, in Markdown. */
const DELIMITERS = /^\s*\n\s*\|(?: ?:?-+:? ?\|)+\s*(?:\n|$)/;
/** UTF-16 code units in which that line is looked for. */
const LOOKED_AT = 1_500;
/** A row with numbers other than years is one of values. */
const NUMBER = /\p{N}{2}/u;
const YEARS = /(?<!\p{N})(?:19|20)\d\d(?!\p{N})/gu;
/** What stands in the first row where a form of two columns has a name and its value. */
const VALUE = /\p{N}|\p{Lu}\S* \p{Lu}|^[^|]{30,}$/u;

/**
 * The names of a table's columns answer nothing alone: where none of its rows is chosen, the row that the question names follows them. Without
 * such a row they are left out.
 */
export function withoutLoneHeaders(query: string, chosen: readonly Chosen[]): readonly Chosen[] {
  const isNames = (one: Chosen) => isHeader(one) && !isFormRow(query, one.text);
  const hasRow = (one: Chosen) =>
    chosen.some((other) => other.text.startsWith('|') && !isNames(other) && other.passage === one.passage);
  return chosen.flatMap((one) => {
    if (!isNames(one) || hasRow(one)) return [one];
    const rows = rowsNamed(query, one);
    return rows.length > 0 ? [one, ...rows] : [];
  });
}

const isHeader = ({ passage, start, text }: Chosen): boolean =>
  text.startsWith('|') &&
  !NUMBER.test(text.replace(YEARS, '')) &&
  DELIMITERS.test(passage.text.slice(start + text.length, start + text.length + LOOKED_AT));

/** True for a row of a form, "| Tenant | Joren Pike |", that is first in its table: the question names it, or its second cell is a value. */
function isFormRow(query: string, row: string): boolean {
  const [name = '', value = '', ...others] = row.slice(1, -1).split('|');
  if (others.length > 0) return false;
  const asked = new Set(comparableWords(query));
  return VALUE.test(value.trim()) || comparableWords(name).some((word) => asked.has(word));
}
