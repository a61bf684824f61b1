import { tableToMarkdown } from './markdown-table.ts';

/** The rows of a table, as its cells end one after the other. */
export class RtfTable {
  #cell: string[] = [];
  #row: string[] = [];
  #rows: string[][] = [];

  paragraph(text: string): void {
    this.#cell.push(text);
  }

  /** `text` is the last paragraph of the cell. */
  endCell(text: string): void {
    if (text !== '') this.#cell.push(text);
    this.#row.push(this.#cell.join(' '));
    this.#cell = [];
  }

  endRow(): void {
    if (this.#row.some((text) => text !== '')) this.#rows.push(this.#row);
    this.#row = [];
  }

  /** The table as Markdown; empty where there is none. */
  end(): string {
    if (this.#row.length > 0) this.endRow();
    const [header, ...rows] = this.#rows;
    this.#rows = [];
    return header ? tableToMarkdown(header, rows) : '';
  }
}
