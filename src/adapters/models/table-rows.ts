import { comparableWords, isFunctionWord } from '#core/text/words.ts';
import { type Chosen, candidateOf } from './choose-sentences.ts';

/** Rows of one table that are looked at, and rows that are chosen. */
const MOST_ROWS = 500;
const MOST_CHOSEN = 2;
const DELIMITERS = /^\|(?: ?:?-+:? ?\|)+$/;

/**
 * The rows of a table that a question names beside its columns: "the output of the South station at night" names two columns, and the row
 * of South. `header` is the line with the names of the columns. None where no row has half of the words that the header lacks, or
 * where too many have.
 */
export function rowsNamed(query: string, header: Chosen): readonly Chosen[] {
  const { passage } = header;
  const held = new Set(comparableWords(header.text));
  const asked = new Set(comparableWords(query).filter((word) => !isFunctionWord(word) && !held.has(word)));
  if (asked.size === 0) return [];
  const rows: { readonly row: Chosen; readonly found: number }[] = [];
  let start = header.start + header.text.length + 1;
  for (const line of passage.text.slice(start).split('\n', MOST_ROWS)) {
    const text = line.trim();
    if (!text.startsWith('|')) break;
    const at = start + line.indexOf('|');
    start += line.length + 1;
    const found = DELIMITERS.test(text) ? 0 : new Set(comparableWords(text).filter((word) => asked.has(word))).size;
    if (found > 0)
      for (const row of candidateOf(passage, { start: at, end: at + text.length, score: header.score }))
        rows.push({ row, found });
  }
  const most = Math.max(...rows.map(({ found }) => found));
  const best = rows.filter(({ found }) => found === most).map(({ row }) => row);
  return best.length <= MOST_CHOSEN && 2 * most >= asked.size ? best : [];
}
