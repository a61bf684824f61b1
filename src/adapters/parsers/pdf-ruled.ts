import { type Grid, gridsOf, isInGrid } from './pdf-grid.ts';
import type { PdfLine } from './pdf-lines.ts';
import { type PlacedRun, ruledRows } from './pdf-ruled-rows.ts';
import type { Rules } from './pdf-rules.ts';
import type { Run } from './pdf-runs.ts';

/** A part of a page: runs of text, or the rows of a table. */
export type PagePart = { readonly runs: readonly Run[] } | { readonly rows: readonly PdfLine[] };

/** Takes the tables that are drawn with ruling lines out of a page's runs. Each stands where its first run does. */
export function withRuledTables(runs: readonly Run[], rules: Rules): PagePart[] {
  const turn = usualTurn(runs);
  const grids = gridsOf(turned(rules, turn));
  if (grids.length === 0) return [{ runs }];
  const placed = cutAtRules(runs, grids, turn).map((run) => ({ run, ...middleOf(run, turn) }));
  const owners = ownersOf(placed, grids);
  const tables = new Map<Grid, readonly PdfLine[] | undefined>();
  for (const grid of new Set(owners))
    if (grid)
      tables.set(
        grid,
        ruledRows(
          grid,
          placed.filter((_, place) => owners[place] === grid),
        ),
      );
  const parts: PagePart[] = [];
  let open: Run[] | undefined;
  for (const [place, { run }] of placed.entries()) {
    const grid = owners[place];
    const rows = grid && tables.get(grid);
    if (!grid || !rows) {
      if (!open) {
        open = [];
        parts.push({ runs: open });
      }
      open.push(run);
    } else if (!parts.some((part) => 'rows' in part && part.rows === rows)) {
      open = undefined;
      parts.push({ rows });
    }
  }
  return parts;
}

/** The turn of most characters. */
function usualTurn(runs: readonly Run[]): number {
  const characters = [0, 0, 0, 0];
  for (const { turn, text } of runs) if (turn < 4) characters[turn] = (characters[turn] as number) + text.length;
  return characters.indexOf(Math.max(...characters));
}

/** The rules as a page is read that lies on its side: see `uprightRuns`. */
function turned({ level, upright }: Rules, turn: number): Rules {
  const opposite = (rules: Rules['level']) => rules.map((rule) => ({ ...rule, at: -rule.at }));
  const mirrored = (rules: Rules['level']) => rules.map(({ at, from, to }) => ({ at, from: -to, to: -from }));
  if (turn === 1) return { level: opposite(upright), upright: mirrored(level) };
  if (turn === 2) return { level: opposite(mirrored(level)), upright: opposite(mirrored(upright)) };
  if (turn === 3) return { level: mirrored(upright), upright: opposite(level) };
  return { level, upright };
}

/** A part that reaches over a rule by less, in the size of its letters, is still of its cell. */
const OVERHANG = 0.5;

/** PDF.js joins texts that stand close together: a run that lies in two cells is cut at the space that is nearest to the line between them. */
function cutAtRules(runs: readonly Run[], grids: readonly Grid[], turn: number): Run[] {
  return runs.flatMap((run) => {
    if (run.turn !== turn || !/\S\s+\S/.test(run.text)) return [run];
    const y = run.bottom + run.size / 3;
    const edges = grids.flatMap((grid) => {
      const row = grid.ys.findIndex((edge) => edge < y) - 1;
      if (row < 0) return [];
      return grid.xs.filter((x, column) => isBetween(x, run) && grid.isParted(row, column));
    });
    return edges
      .sort((a, b) => b - a)
      .reduce<Run[]>(([first, ...others], edge) => [...cutAt(first as Run, edge), ...others], [run]);
  });
}

const isBetween = (x: number, { left, right, size }: Run): boolean =>
  x > left + OVERHANG * size && x < right - OVERHANG * size;

/** The run as two, at the space that lies about at `x`; whole, where none does. */
function cutAt(run: Run, x: number): Run[] {
  const width = (run.right - run.left) / run.text.length;
  const spaces = [...run.text.matchAll(/\s+/g)].map(({ index, 0: { length } }) => ({ index, end: index + length }));
  const away = ({ index, end }: { index: number; end: number }) => Math.abs(run.left + ((index + end) / 2) * width - x);
  const [nearest] = spaces.sort((a, b) => away(a) - away(b));
  if (!nearest || away(nearest) > Math.max(3 * width, (run.right - run.left) * 0.15)) return [run];
  return [
    { ...run, text: run.text.slice(0, nearest.index), right: Math.min(x, run.right) - 1, isLineEnd: false },
    { ...run, text: run.text.slice(nearest.end), left: Math.max(x, run.left) + 1 },
  ];
}

/** The middle of a run's small letters, from the coordinates of its own turn to those of `turn`. */
function middleOf({ left, right, bottom, size, turn: own }: Run, turn: number): { x: number; y: number } {
  const [along, up] = [(left + right) / 2, bottom + size / 3];
  if (own === turn) return { x: along, y: up };
  // Vertical lines have the coordinates of three turns.
  const [x, y] = own === 1 ? [-up, along] : own === 2 ? [-along, -up] : own >= 3 ? [up, -along] : [along, up];
  if (turn === 1) return { x: y, y: -x };
  if (turn === 2) return { x: -x, y: -y };
  return turn === 3 ? { x: -y, y: x } : { x, y };
}

/** The smallest grid that each run lies in. Runs without ink go with the one before. */
function ownersOf(placed: readonly PlacedRun[], grids: readonly Grid[]): (Grid | undefined)[] {
  const bySize = [...grids].sort((a, b) => areaOf(a) - areaOf(b));
  let last: Grid | undefined;
  return placed.map(({ run, x, y }) => {
    if (run.text.trim() !== '') last = bySize.find((grid) => isInGrid(grid, x, y));
    return last;
  });
}

const areaOf = ({ xs, ys }: Grid): number =>
  ((xs.at(-1) as number) - (xs[0] as number)) * ((ys[0] as number) - (ys.at(-1) as number));
