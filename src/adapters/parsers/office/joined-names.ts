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
    if (above && row.length > 0 && areNamed(row, above.groups, above.row)) {
      this.#rows.push(...joinedNames(above.row, row, above.groups));
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

/**
 * Whether the row names the columns below names that lie over several: it has texts there, and no values. Nor has it a value under
 * another name of the row above: then it is the first row of a table beside.
 */
export const areNamed = (row: readonly string[], groups: readonly Columns[], above: readonly string[]): boolean =>
  groups.every(({ column, lastColumn }) => {
    const names = row.slice(column, lastColumn + 1).filter(Boolean);
    return names.length > 1 && names.every((name) => /\p{L}/u.test(name));
  }) && !row.some((text, column) => above[column] && /\p{N}/u.test(text) && !/\p{L}/u.test(text));

/**
 * Two rows of names as one: "Q1" over "Plan" and "Actual" are "Q1 Plan" and "Q1 Actual". What stands in the second row beyond an empty
 * column belongs to another table, and is a row of its own.
 */
export function joinedNames(above: readonly string[], row: readonly string[], groups: readonly Columns[]): string[][] {
  const width = Math.max(above.length, row.length);
  const nameOver = (column: number): string => {
    const group = groups.find((span) => span.column <= column && column <= span.lastColumn);
    return above[group?.column ?? column] ?? '';
  };
  const isEmpty = (column: number): boolean => nameOver(column) === '' && (row[column] ?? '') === '';
  const last = Math.max(...groups.map(({ lastColumn }) => lastColumn));
  let end = last + 1;
  while (end < width && !isEmpty(end)) end += 1;
  const joined = Array.from({ length: width }, (_, column) => {
    const names = column < end ? [nameOver(column), row[column] ?? ''] : [nameOver(column)];
    return [...new Set(names)].filter(Boolean).join(' ');
  });
  const rest = Array.from({ length: width }, (_, column) => (column < end ? '' : (row[column] ?? '')));
  return rest.some((text) => text !== '') ? [joined, rest] : [joined];
}

/**
 * The rows of a table, of which the first two are one where both name columns. `groups`: cells of the first row over several columns.
 * Below the others the same cell must go on, or be empty beside two groups: else it is a row of values.
 */
export function withJoinedNames(
  rows: readonly (readonly string[])[],
  groups: readonly Columns[],
): readonly (readonly string[])[] {
  const [first, second, ...others] = rows;
  if (!first || !second || others.length === 0 || groups.length === 0 || first.filter(Boolean).length < 2) return rows;
  const isOver = (column: number) => groups.some((span) => span.column <= column && column <= span.lastColumn);
  const goesOn = second.every((text, column) => {
    if (isOver(column) || !first[column] || text === first[column]) return true;
    return text === '' && groups.length > 1;
  });
  return goesOn && areNamed(second, groups, first) ? [...joinedNames(first, second, groups), ...others] : rows;
}
