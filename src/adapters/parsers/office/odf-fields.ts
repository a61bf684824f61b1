import { attribute } from './xml-events.ts';

/** A form's field of the older kind, whose value is no text of the document. */
interface Mark {
  readonly type: string;
  isChecked: boolean;
  chosen: number;
  readonly entries: string[];
}

const MOST_ENTRIES = 1_000;

/** Reads boxes to tick and choices of a form in a text (extension of ISO 26300 by LibreOffice: field:fieldmark). */
export class FieldMarks {
  #mark: Mark | undefined;

  open(name: string, attributes: Readonly<Record<string, string>>): void {
    if (name === 'fieldmark')
      this.#mark = { type: attribute(attributes, 'type') ?? '', isChecked: false, chosen: -1, entries: [] };
    else if (name === 'param' && this.#mark) this.#take(this.#mark, attributes);
  }

  #take(mark: Mark, attributes: Readonly<Record<string, string>>): void {
    const [key, value = ''] = [attribute(attributes, 'name'), attribute(attributes, 'value')];
    if (key === 'Checkbox_Checked') mark.isChecked = value === 'true';
    else if (key === 'Dropdown_Selected') mark.chosen = Number(value);
    else if (key === 'Dropdown_ListEntry' && mark.entries.length < MOST_ENTRIES) mark.entries.push(value);
  }

  /** The text of the field that ends here; empty elsewhere. */
  close(name: string): string {
    const mark = this.#mark;
    if (name !== 'fieldmark' || !mark) return '';
    this.#mark = undefined;
    if (/FORMCHECKBOX$/.test(mark.type)) return mark.isChecked ? '☒' : '☐';
    return /FORMDROPDOWN$/.test(mark.type) ? (mark.entries[mark.chosen] ?? '') : '';
  }
}
