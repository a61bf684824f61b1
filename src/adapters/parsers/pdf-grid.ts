import type { Rule, Rules } from './pdf-rules.ts';

/** Rules this near to each other are one. */
const SAME = 2;
/** A rule that ends this far from another one reaches it. */
const REACH = 3;
/** Lines of a page of which some make a grid; of more of them, they are a drawing. */
const MOST_LINES = 600;
/** Columns and rows of a grid. */
const MOST = { columns: 60, rows: 400 };

/** A table that ruling lines draw. Rows go down, columns to the right. */
export interface Grid {
  /** The edges of its columns, rising. */
  readonly xs: readonly number[];
  /** The edges of its rows, falling. */
  readonly ys: readonly number[];
  /** True where a line parts the column from the one before it in this row. */
  isParted(row: number, column: number): boolean;
  /** True where a line parts the row from the one above it in this column. */
  isUnder(row: number, column: number): boolean;
}

/** The grids on a page: of lines that cross or meet, those that make two cells or more. */
export function gridsOf({ level, upright }: Rules): Grid[] {
  const levels = joined(level);
  const uprights = joined(upright);
  if (levels.length + uprights.length > MOST_LINES || levels.length < 2) return [];
  return connected(levels, uprights).flatMap(gridsIn);
}

/** Rules at one place become one. They overlap or nearly touch. */
function joined(rules: readonly Rule[]): Rule[] {
  const made: { at: number; from: number; to: number }[] = [];
  for (const rule of [...rules].sort((a, b) => a.at - b.at || a.from - b.from)) {
    let same: { at: number; from: number; to: number } | undefined;
    for (let place = made.length - 1; place >= 0 && rule.at - (made[place]?.at ?? 0) <= SAME; place -= 1) {
      const one = made[place] as { at: number; from: number; to: number };
      if (rule.from <= one.to + REACH && rule.to >= one.from - REACH) {
        same = one;
        break;
      }
    }
    if (same) {
      same.from = Math.min(same.from, rule.from);
      same.to = Math.max(same.to, rule.to);
    } else made.push({ ...rule });
  }
  return made;
}

const isOver = (rule: Rule, place: number): boolean => rule.from - REACH <= place && rule.to + REACH >= place;
const meet = (level: Rule, upright: Rule): boolean => isOver(level, upright.at) && isOver(upright, level.at);

interface Part {
  readonly levels: Rule[];
  readonly uprights: Rule[];
}

function connected(levels: readonly Rule[], uprights: readonly Rule[]): Part[] {
  const left = { levels: new Set(levels), uprights: new Set(uprights) };
  const parts: Part[] = [];
  for (const first of uprights) {
    if (!left.uprights.delete(first)) continue;
    const part: Part = { levels: [], uprights: [first] };
    for (let place = 0, from = 0; place < part.uprights.length; place += 1) {
      const upright = part.uprights[place] as Rule;
      for (const level of left.levels)
        if (meet(level, upright)) {
          left.levels.delete(level);
          part.levels.push(level);
        }
      for (; from < part.levels.length; from += 1)
        for (const other of left.uprights)
          if (meet(part.levels[from] as Rule, other)) {
            left.uprights.delete(other);
            part.uprights.push(other);
          }
    }
    parts.push(part);
  }
  return parts;
}

/** Places without those that are nearly the same, rising. */
function distinct(places: readonly number[]): number[] {
  const sorted = [...places].sort((a, b) => a - b);
  return sorted.filter((place, index) => index === 0 || place - (sorted[index - 1] as number) > SAME * 2);
}

/** The grids of lines that hang together: where rows have other columns than those above them, another one begins. */
function gridsIn({ levels, uprights }: Part): Grid[] {
  const [left, right] = [Math.min(...levels.map(({ from }) => from)), Math.max(...levels.map(({ to }) => to))];
  const xs = distinct([...uprights.map(({ at }) => at), left, right]);
  const ys = distinct(levels.map(({ at }) => at)).reverse();
  if (xs.length < 3 || ys.length < 2 || xs.length > MOST.columns || ys.length > MOST.rows) return [];
  const bands = ys.slice(1).map((bottom, row) => {
    const middle = (bottom + (ys[row] as number)) / 2;
    return uprights.filter((rule) => covers(rule, middle)).map(({ at }) => at);
  });
  return partedWhere(bands, [left, right]).map(([from, to]) =>
    gridOf({ levels, uprights }, ys.slice(from, to + 1), [left, right]),
  );
}

/** Ranges of rows whose inner lines agree: those of one row are among those of the others, or the other way round. */
function partedWhere(bands: readonly (readonly number[])[], sides: readonly number[]): [from: number, to: number][] {
  const ranges: [number, number][] = [];
  let known: number[] = [];
  const has = (places: readonly number[], place: number) => places.some((one) => Math.abs(one - place) <= SAME * 2);
  const inners = bands.map((band) => band.filter((place) => !has(sides, place)));
  for (const [row, inner] of inners.entries()) {
    const range = ranges.at(-1);
    const agrees = inner.every((place) => has(known, place)) || known.every((place) => has(inner, place));
    const next = inners[row + 1] ?? [];
    // A title over the whole width belongs to the rows below it.
    const isTitle = inner.length === 0 && known.length > 0 && !next.every((place) => has(known, place));
    if (range && agrees && !isTitle) {
      range[1] = row + 1;
      known = distinct([...known, ...inner]);
    } else {
      ranges.push([row, row + 1]);
      known = inner;
    }
  }
  return ranges;
}

function gridOf({ levels, uprights }: Part, ys: readonly number[], sides: readonly number[]): Grid {
  const middles = ys.slice(1).map((bottom, row) => (bottom + (ys[row] as number)) / 2);
  const within = uprights.filter((rule) => middles.some((middle) => covers(rule, middle)));
  const xs = distinct([...within.map(({ at }) => at), ...sides]);
  const near = (place: number, at: number) => Math.abs(place - at) <= SAME * 2;
  return {
    xs,
    ys,
    isParted: (row, column) =>
      within.some((rule) => near(rule.at, xs[column] as number) && covers(rule, middles[row] as number)),
    isUnder: (row, column) => {
      const middle = ((xs[column] as number) + (xs[column + 1] as number)) / 2;
      return levels.some((rule) => near(rule.at, ys[row] as number) && covers(rule, middle));
    },
  };
}

const covers = ({ from, to }: Rule, place: number): boolean => from < place && to > place;

export const isInGrid = ({ xs, ys }: Grid, x: number, y: number): boolean =>
  x > (xs[0] as number) && x < (xs.at(-1) as number) && y < (ys[0] as number) && y > (ys.at(-1) as number);
