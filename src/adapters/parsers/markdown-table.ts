const cell = (text: string): string => text.replace(/\s+/g, ' ').trim().replaceAll('|', '\\|');
const row = (cells: readonly string[], width: number): string =>
  `| ${Array.from({ length: width }, (_, index) => cell(cells[index] ?? '')).join(' | ')} |`;

/** Characters of rows after which the header is told again, so that each passage cut from a long table names its columns. */
const REPEAT_AFTER = 800;

/** Rows as a Markdown table; a long one becomes several, each under the same header. */
export function tableToMarkdown(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const width = rows.reduce((most, { length }) => Math.max(most, length), header.length);
  const head = `${row(header, width)}\n|${' --- |'.repeat(width)}`;
  const parts = [head];
  let since = 0;
  for (const cells of rows) {
    const line = row(cells, width);
    if (since > 0 && since + line.length > REPEAT_AFTER) {
      parts.push(`\n${head}`);
      since = 0;
    }
    parts.push(line);
    since += line.length;
  }
  return parts.join('\n');
}
