/** Lines from the top and the bottom of a page that may be its header or footer. */
const EDGE = 2;
/** Pages, of those around, that must show the same line. */
const LEAST = 3;

/** Numbers count as equal, so that "Page 3" and "Page 4" are the same line. */
const shapeOf = (line: string): string =>
  line
    .replace(/\d+|\b[ivxlc]+\b/gi, '0')
    .replace(/\s+/g, ' ')
    .trim();

/**
 * Leaves out headers, footers and page numbers: lines at the edge of a page that other pages repeat at the same edge (on left and right
 * pages alike), in a third of the document's pages, or in most of the ten around.
 */
export function withoutRunningLines<Line>(
  pages: readonly (readonly Line[])[],
  textOf: (line: Line) => string,
): Line[][] {
  const edges = pages.map((lines) => edgesOf(lines, textOf));
  const total = new Map<string, number>();
  for (const edge of edges) for (const shape of new Set(edge.values())) total.set(shape, (total.get(shape) ?? 0) + 1);
  const repeated = (shape: string, page: number): boolean => {
    const everywhere = total.get(shape) ?? 0;
    if (everywhere < LEAST) return false;
    if (everywhere >= pages.length / 3) return true;
    const around = edges
      .slice(Math.max(0, page - 5), page + 6)
      .filter((edge) => [...edge.values()].includes(shape)).length;
    return around >= LEAST;
  };
  return pages.map((lines, page) =>
    lines.filter((_, index) => {
      const shape = edges[page]?.get(index);
      return shape === undefined || !repeated(shape, page);
    }),
  );
}

/** Index of a line -> its edge and shape. */
function edgesOf<Line>(lines: readonly Line[], textOf: (line: Line) => string): ReadonlyMap<number, string> {
  const edges = new Map<number, string>();
  const add = (index: number, edge: string) => {
    const line = lines[index];
    if (line !== undefined) edges.set(index, `${edge}:${shapeOf(textOf(line))}`);
  };
  for (let index = 0; index < Math.min(EDGE, lines.length); index += 1) add(index, 'top');
  for (let index = Math.max(EDGE, lines.length - EDGE); index < lines.length; index += 1) add(index, 'bottom');
  return edges;
}
