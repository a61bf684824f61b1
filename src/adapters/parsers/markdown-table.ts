const cell = (text: string): string => text.replace(/\s+/g, ' ').trim().replaceAll('|', '\\|');

/** Formats one row as a line. */
export const row = (cells: readonly string[], width: number): string =>
  `| ${Array.from({ length: width }, (_, index) => cell(cells[index] ?? '')).join(' | ')} |`;

/** After this many characters of rows the header is repeated, so that each passage of a long table names its columns. */
const REPEAT_AFTER = 800;

/** Rows as a Markdown table; a long one becomes several, each under the same header. */
export function tableToMarkdown(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const { head, line } = tableWriter(header, widthOf(header, rows));
  return [head, ...rows.map(line)].join('\n');
}

const widthOf = (header: readonly string[], rows: readonly (readonly string[])[]): number =>
  rows.reduce((most, { length }) => Math.max(most, length), header.length);

/** The lines of such a table, one row after the other; where it is time, `line` gives the header again before the row. */
export function tableWriter(header: readonly string[], width: number) {
  const head = `${row(header, width)}\n|${' --- |'.repeat(width)}`;
  let since = 0;
  return {
    head,
    line(cells: readonly string[]): string {
      const line = row(cells, width);
      const again = since > 0 && since + line.length > REPEAT_AFTER;
      since = again ? line.length : since + line.length;
      return again ? `\n${head}\n${line}` : line;
    },
  };
}
