/** The older kind of a form's field: a box to tick, or a choice. Its value is no text of the document. */
export class RtfFields {
  #type = 0;
  #result: number | undefined;
  #default = 0;
  #entries: string[] = [];

  begin(): void {
    this.#type = 0;
    this.#result = undefined;
    this.#default = 0;
    this.#entries = [];
  }

  /** A control word with its number, and the beginning of an entry. */
  word(word: string, value: number | undefined): void {
    if (word === 'fftype') this.#type = value ?? 0;
    else if (word === 'ffres') this.#result = value;
    else if (word === 'ffdefres') this.#default = value ?? 0;
    else if (word === 'ffl' && this.#entries.length < MOST_ENTRIES) this.#entries.push('');
  }

  entry(text: string): void {
    if (this.#entries.length > 0) this.#entries.push((this.#entries.pop() ?? '') + text);
  }

  /** The text of the field that ends. */
  end(): string {
    const value = this.#result === undefined || this.#result === NO_RESULT ? this.#default : this.#result;
    if (this.#type === CHECKBOX) return value === 0 ? '☐' : '☒';
    return this.#type === CHOICE ? (this.#entries[value]?.trim() ?? '') : '';
  }
}

const MOST_ENTRIES = 1_000;
/** Rich Text Format 1.9.1, "Form Fields": the types, and the result of a box that nobody has touched. */
const CHECKBOX = 1;
const CHOICE = 2;
const NO_RESULT = 25;
