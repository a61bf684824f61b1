import { tableToMarkdown } from './markdown-table.ts';

const MOST_COLUMNS = 1_000;

/** The rows of a table, as its cells end one after the other. */
export class RtfTable {
  #cell: string[] = [];
  #row: string[] = [];
  #rows: string[][] = [];
  /** For each column of the rows to come, whether its cell belongs to the one above. */
  #goesOn: boolean[] = [];
  #isGoingOn = false;

  paragraph(text: string): void {
    this.#cell.push(text);
  }

  /** `text` is the last paragraph of the cell. */
  endCell(text: string): void {
    if (text !== '') this.#cell.push(text);
    this.#row.push(this.#cell.join(' '));
    this.#cell = [];
  }

  /** A control word that defines the cells of rows. */
  define(word: string): void {
    if (word === 'trowd') this.#goesOn = [];
    else if (word === 'clvmrg') this.#isGoingOn = true;
    if (word !== 'cellx') return;
    if (this.#goesOn.length < MOST_COLUMNS) this.#goesOn.push(this.#isGoingOn);
    this.#isGoingOn = false;
  }

  endRow(): void {
    const above = this.#rows.at(-1);
    if (above && this.#goesOn.length === this.#row.length)
      this.#row = this.#row.map((text, column) => (text === '' && this.#goesOn[column] ? (above[column] ?? '') : text));
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
