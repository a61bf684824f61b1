import { numeral } from '../docx-numerals.ts';
import type { OdfLevel, OdfStyles } from './odf-styles.ts';
import { attribute } from './xml-events.ts';

interface List {
  readonly style: string;
  /** The numbers of its levels, from 1; those of a list within another one are the same. */
  readonly numbers: number[];
}
interface Item {
  /** True until its first paragraph, which has its number. */
  isNew: boolean;
  readonly start: number | undefined;
}

/** Counts the items of lists and the headings of an OpenDocument text as its elements open and close. */
export class OdfLists {
  readonly #styles: OdfStyles;
  readonly #open: List[] = [];
  readonly #items: (Item | undefined)[] = [];
  /** The numbers of the last list of each style, and of each list that has a name: another may continue it. */
  readonly #last = new Map<string, number[]>();
  readonly #headings: number[] = [];

  constructor(styles: OdfStyles) {
    this.#styles = styles;
  }

  open(name: string, attributes: Readonly<Record<string, string>>): void {
    if (name === 'list') this.#openList(attributes);
    else if (name === 'list-item') {
      const start = Number(attribute(attributes, 'start-value')) || undefined;
      this.#items.push({ isNew: true, start });
    } else if (name === 'list-header') this.#items.push(undefined);
  }

  close(name: string): void {
    if (name === 'list') this.#open.pop();
    else if (name === 'list-item' || name === 'list-header') this.#items.pop();
  }

  /** The number before a paragraph; null where it has none. */
  paragraph(): string | null {
    const [list, item] = [this.#open.at(-1), this.#items.at(-1)];
    if (!list || !item?.isNew) return null;
    item.isNew = false;
    return counted(this.#styles.lists.get(list.style), list.numbers, this.#open.length, item.start);
  }

  /** The number before a heading: that of the list that it is in, or its own. */
  heading(level: number): string | null {
    return this.#open.length > 0 ? this.paragraph() : counted(this.#styles.outline, this.#headings, level);
  }

  #openList(attributes: Readonly<Record<string, string>>): void {
    const outer = this.#open.at(-1);
    const style = attribute(attributes, 'style-name') ?? outer?.style ?? '';
    const named = attribute(attributes, 'continue-list');
    const continues = named !== undefined || attribute(attributes, 'continue-numbering') === 'true';
    const former = continues ? this.#last.get(named ?? style) : undefined;
    const numbers = outer?.numbers ?? former ?? [];
    this.#open.push({ style, numbers });
    if (outer) return;
    this.#last.set(style, numbers);
    const id = attribute(attributes, 'id');
    if (id !== undefined) this.#last.set(id, numbers);
  }
}

/** Counts one up at a level, and from their start below it. */
function counted(
  levels: readonly (OdfLevel | undefined)[] | undefined,
  numbers: number[],
  level: number,
  start?: number,
): string | null {
  const own = levels?.[level];
  numbers[level] = start ?? (numbers[level] ?? (own?.start ?? 1) - 1) + 1;
  numbers.length = level + 1;
  if (!own) return null;
  const label = own.shown.replace(/%(\d{1,2})%/g, (_, at: string) => {
    const { format = 'decimal', start: first = 1 } = levels?.[Number(at)] ?? {};
    return numeral(numbers[Number(at)] ?? first, format);
  });
  return label.trim() === '' ? null : `${label.trim()} `;
}
