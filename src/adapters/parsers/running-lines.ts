/** Lines from the top and the bottom of a page that may be its header or footer. */
const EDGE = 2;
/** Pages, of those around, that must show the same line. */
const LEAST = 3;

/** Pages, of the eleven around, that must count on a number at an edge for it to be the page's; chapters and items are numbered too. */
const LEAST_COUNTED = 6;
/** A number that stands first or last in a line, as a page's does beside the title of its section. */
const NUMBER_AT_END = /^(\d{1,4})(?!\S)|(?<!\S)(\d{1,4})$/;

/** Numbers count as equal, so that "Page 3" and "Page 4" are the same line. */
const shapeOf = (line: string): string =>
  line
    .replace(/\d+|\b[ivxlc]+\b/gi, '0')
    .replace(/\s+/g, ' ')
    .trim();

/**
 * Leaves out headers, footers and page numbers: lines at the edge of a page that other pages repeat at the same edge (on left and right
 * pages alike), in a third of the document's pages, or in most of the ten around; and lines that begin or end with the page's number,
 * whatever else they say.
 */
export function withoutRunningLines<Line>(
  pages: readonly (readonly Line[])[],
  textOf: (line: Line) => string,
): Line[][] {
  const edges = pages.map((lines) => edgesOf(lines, textOf));
  const total = new Map<string, number>();
  for (const edge of edges) for (const shape of new Set(edge.values())) total.set(shape, (total.get(shape) ?? 0) + 1);
  const around = (page: number, shows: (edge: Edge, page: number) => boolean): number => {
    const first = Math.max(0, page - 5);
    return edges.slice(first, page + 6).filter((edge, place) => shows(edge, first + place)).length;
  };
  const repeated = (shape: string, page: number): boolean => {
    const everywhere = total.get(shape) ?? 0;
    if (everywhere < LEAST) return false;
    return everywhere >= pages.length / 3 || around(page, (edge) => [...edge.values()].includes(shape)) >= LEAST;
  };
  const numbers = pages.map((lines, page) =>
    [...(edges[page]?.keys() ?? [])].map((index) => numberOf(lines[index], textOf)),
  );
  const isNumbered = (line: Line, page: number): boolean => {
    const number = numberOf(line, textOf);
    if (number === undefined) return false;
    return around(page, (_, other) => numbers[other]?.includes(number + other - page) ?? false) >= LEAST_COUNTED;
  };
  return pages.map((lines, page) =>
    lines.filter((line, index) => {
      const shape = edges[page]?.get(index);
      return shape === undefined || !(repeated(shape, page) || isNumbered(line, page));
    }),
  );
}

function numberOf<Line>(line: Line | undefined, textOf: (line: Line) => string): number | undefined {
  const found = line === undefined ? null : NUMBER_AT_END.exec(textOf(line).trim());
  return found ? Number(found[1] ?? found[2]) : undefined;
}

/** Index of a line -> its edge and shape. */
type Edge = ReadonlyMap<number, string>;

function edgesOf<Line>(lines: readonly Line[], textOf: (line: Line) => string): Edge {
  const edges = new Map<number, string>();
  const add = (index: number, edge: string) => {
    const line = lines[index];
    if (line !== undefined) edges.set(index, `${edge}:${shapeOf(textOf(line))}`);
  };
  for (let index = 0; index < Math.min(EDGE, lines.length); index += 1) add(index, 'top');
  for (let index = Math.max(EDGE, lines.length - EDGE); index < lines.length; index += 1) add(index, 'bottom');
  return edges;
}
