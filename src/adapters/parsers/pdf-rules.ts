import { type getDocumentProxy, getResolvedPDFJS } from 'unpdf';

/** A ruling line of a page: `at` is its height or its distance from the left; it goes from `from` to `to`. Lengths are points. */
export interface Rule {
  readonly at: number;
  readonly from: number;
  readonly to: number;
}
/** The ruling lines of a page that are level, and those that are upright. */
export interface Rules {
  readonly level: readonly Rule[];
  readonly upright: readonly Rule[];
}

/** What a page draws, as PDF.js lists it. */
interface Drawing {
  readonly fnArray: readonly number[];
  readonly argsArray: readonly unknown[];
}

/** A filled box this thin is a line. */
const THIN = 3;
/** A line this short is none of a table: a dash, a part of a letter. */
const SHORTEST = 4;
/** A line that rises or shifts by less is level or upright. */
const STRAIGHT = 0.7;
/** A page with more lines than this is a drawing. */
const MOST_RULES = 4_000;
/** Codes of the parts of a path in PDF.js, with how many numbers follow each. */
const LENGTHS = [2, 2, 6, 4, 0];
const [MOVE, LINE, CLOSE] = [0, 1, 4];

type Matrix = readonly [number, number, number, number, number, number];
const IDENTITY: Matrix = [1, 0, 0, 1, 0, 0];

/** Operations of a page that are read; PDF.js holds all of them in memory. A page with more is a drawing. */
const MOST_OPERATIONS = 60_000;
/** Operations of a document of which the lines are read. */
const MOST_IN_ALL = 2_000_000;
type PdfPage = Awaited<ReturnType<Awaited<ReturnType<typeof getDocumentProxy>>['getPage']>>;
/** The parts of PDF.js's page that gather what it draws, piece by piece, and end that; it offers them to its own renderer alone. */
interface Gathering {
  _renderPageChunk?(chunk: unknown, state: { readonly operatorList?: Drawing }): void;
  _abortOperatorList?(ended: { intentState: unknown; reason: Error; force: boolean }): void;
}

/** Reads the straight lines of the pages of a document. Of pages that are drawings it gives none. */
export function rulesReader(): (page: PdfPage) => Promise<Rules> {
  let left = MOST_IN_ALL;
  return async (page) => {
    const drawing = left > 0 ? await drawingOf(page, page as unknown as Gathering) : undefined;
    left -= drawing?.fnArray.length ?? MOST_OPERATIONS;
    return drawing ? rulesIn(drawing) : { level: [], upright: [] };
  };
}

/** Undefined where a page draws too much, or is broken; its text can be read. */
async function drawingOf(page: PdfPage, parts: Gathering): Promise<Drawing | undefined> {
  const { promise: stopped, resolve: stop } = Promise.withResolvers<undefined>();
  const gather = parts._renderPageChunk;
  parts._renderPageChunk = (chunk, state) => {
    if ((state.operatorList?.fnArray.length ?? 0) <= MOST_OPERATIONS) return gather?.call(page, chunk, state);
    parts._abortOperatorList?.({ intentState: state, reason: new Error('The page draws too much'), force: true });
    stop(undefined);
  };
  try {
    return await Promise.race([page.getOperatorList({ annotationMode: 0 }), stopped]);
  } catch {
    return undefined;
  }
}

/** The straight lines that a page draws. None where it draws so many that they are a picture. */
async function rulesIn({ fnArray, argsArray }: Drawing): Promise<Rules> {
  const { OPS } = await getResolvedPDFJS();
  const strokes = new Set([OPS.stroke, OPS.closeStroke, OPS.fillStroke, OPS.eoFillStroke, OPS.closeFillStroke]);
  const fills = new Set([OPS.fill, OPS.eoFill]);
  const found = { level: [] as Rule[], upright: [] as Rule[] };
  const stack: Matrix[] = [];
  let matrix = IDENTITY;
  for (const [place, code] of fnArray.entries()) {
    const given = argsArray[place];
    if (code === OPS.save) stack.push(matrix);
    else if (code === OPS.restore || code === OPS.paintFormXObjectEnd) matrix = stack.pop() ?? matrix;
    else if (code === OPS.transform) matrix = product(matrix, given);
    else if (code === OPS.paintFormXObjectBegin) {
      stack.push(matrix);
      matrix = product(matrix, Array.isArray(given) ? given[0] : undefined);
    } else if (code === OPS.constructPath && Array.isArray(given)) {
      const [painted, parts] = given as [number, unknown];
      const data = Array.isArray(parts) ? (parts[0] as unknown) : undefined;
      if (!(data instanceof Float32Array)) continue;
      if (strokes.has(painted)) addStrokes(data, matrix, found);
      else if (fills.has(painted)) addThin(data, matrix, found);
    }
    if (found.level.length + found.upright.length > MOST_RULES) return { level: [], upright: [] };
  }
  return found;
}

interface Found {
  readonly level: Rule[];
  readonly upright: Rule[];
}
type Point = readonly [x: number, y: number];

function product([a, b, c, d, e, f]: Matrix, given: unknown): Matrix {
  const numbers =
    given instanceof Float32Array || Array.isArray(given) ? [...(given as ArrayLike<number> & Iterable<number>)] : [];
  if (numbers.length !== 6 || !numbers.every(Number.isFinite)) return [a, b, c, d, e, f];
  const [g, h, i, j, k, l] = numbers as [number, number, number, number, number, number];
  return [a * g + c * h, b * g + d * h, a * i + c * j, b * i + d * j, a * k + c * l + e, b * k + d * l + f];
}

/** The corners of each piece of a path, on the page. A curve goes to its end. */
function* piecesOf(data: Float32Array, [a, b, c, d, e, f]: Matrix): Generator<Point[]> {
  let piece: Point[] = [];
  for (let at = 0; at < data.length; ) {
    const code = data[at] as number;
    const length = LENGTHS[code];
    if (length === undefined) return;
    const [x = 0, y = 0] = data.subarray(at + length - 1, at + length + 1);
    if (code === MOVE && piece.length > 0) {
      yield piece;
      piece = [];
    }
    if (code === CLOSE) piece.push(piece[0] ?? [e, f]);
    else piece.push([a * x + c * y + e, b * x + d * y + f]);
    // A curve is no line: a corner that is nowhere parts what comes before it from what follows.
    if (code > LINE && code < CLOSE) piece.splice(-1, 0, [Number.NaN, Number.NaN]);
    at += 1 + length;
  }
  if (piece.length > 0) yield piece;
}

function addStrokes(data: Float32Array, matrix: Matrix, found: Found): void {
  for (const piece of piecesOf(data, matrix))
    for (let place = 1; place < piece.length; place += 1) add(piece[place - 1] as Point, piece[place] as Point, found);
}

/** Filled boxes that are so thin that they are lines. */
function addThin(data: Float32Array, matrix: Matrix, found: Found): void {
  for (const piece of piecesOf(data, matrix)) {
    const [xs, ys] = [piece.map(([x]) => x), piece.map(([, y]) => y)];
    const [left, right] = [Math.min(...xs), Math.max(...xs)];
    const [bottom, top] = [Math.min(...ys), Math.max(...ys)];
    if (top - bottom <= THIN && right - left > THIN)
      found.level.push({ at: (top + bottom) / 2, from: left, to: right });
    else if (right - left <= THIN && top - bottom > THIN)
      found.upright.push({ at: (left + right) / 2, from: bottom, to: top });
  }
}

function add([x, y]: Point, [toX, toY]: Point, found: Found): void {
  const [width, height] = [Math.abs(x - toX), Math.abs(y - toY)];
  if (height <= STRAIGHT && width >= SHORTEST)
    found.level.push({ at: (y + toY) / 2, from: Math.min(x, toX), to: Math.max(x, toX) });
  else if (width <= STRAIGHT && height >= SHORTEST)
    found.upright.push({ at: (x + toX) / 2, from: Math.min(y, toY), to: Math.max(y, toY) });
}
