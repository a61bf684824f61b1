/** Columns that one name lies over. */
export interface Columns {
  readonly column: number;
  readonly lastColumn: number;
}

/** The rows of a sheet; a row of names over several columns becomes one with the row of names below it. */
export class NamedRows {
  #rows: (readonly string[])[] = [];
  #held: { readonly row: readonly string[]; readonly groups: readonly Columns[] } | undefined;

  /** `groups`: the cells of the row that lie over several columns. */
  push(row: readonly string[], groups: readonly Columns[], times: number): void {
    const above = this.#held;
    this.#held = undefined;
    if (above && row.length > 0 && areNamed(row, above.groups)) {
      this.#rows.push(joinedNames(above.row, row, above.groups));
      return;
    }
    if (above) this.#rows.push(above.row);
    if (times === 1 && groups.length > 0 && row.filter(Boolean).length > 1) this.#held = { row, groups };
    else for (let place = 0; place < times; place += 1) this.#rows.push(row);
  }

  /** The rows that are known by now. */
  drain(): (readonly string[])[] {
    const full = this.#rows;
    this.#rows = [];
    return full;
  }

  end(): (readonly string[])[] {
    return this.#held ? [...this.drain(), this.#held.row] : this.drain();
  }
}

/** Whether the row names the columns below names that lie over several: it has texts there, and no values. */
export const areNamed = (row: readonly string[], groups: readonly Columns[]): boolean =>
  groups.every(({ column, lastColumn }) => {
    const names = row.slice(column, lastColumn + 1).filter(Boolean);
    return names.length > 1 && names.every((name) => /\p{L}/u.test(name));
  });

/** Two rows of names as one: "Q1" over "Plan" and "Actual" are "Q1 Plan" and "Q1 Actual". */
export function joinedNames(above: readonly string[], row: readonly string[], groups: readonly Columns[]): string[] {
  return Array.from({ length: Math.max(above.length, row.length) }, (_, column) => {
    const group = groups.find((span) => span.column <= column && column <= span.lastColumn);
    const names = [above[group?.column ?? column] ?? '', row[column] ?? ''];
    return [...new Set(names)].filter(Boolean).join(' ');
  });
}
