import { type PageNumber, pageNumberOf } from './page-number.ts';

/** Lines from the top and the bottom of a page that may be its header or footer. */
const EDGE = 4;
/** Pages that must show the same line. */
const LEAST = 3;
/** Pages before and after a page that are compared with it. */
const AROUND = 5;
/** Pages, of the eleven around, that must count on a number at an edge for the number to be the page's; items are numbered too. */
const LEAST_COUNTED = 6;
/** Lines that a page keeps; where it would keep fewer, nothing of it is left out. */
const LEAST_KEPT = 3;
/** Tolerance of a running line's position from page to page, in the unit of `place`. */
const SAME_PLACE = 6;

/** A line at a page's edge: its text and position. */
export interface EdgeLine {
  /** White space folded; cells are parted by a tab. */
  readonly text: string;
  /** Its height on the page. Absent: its number from the edge tells. */
  readonly place?: number;
}

type EdgeName = 'top' | 'bottom';

/** A line at an edge of a page. */
interface Candidate {
  readonly edge: EdgeName;
  readonly page: number;
  readonly index: number;
  readonly place: number;
  /** The text that other pages must repeat, with the page's number as its distance from the page's index. */
  readonly key: string;
  /** The text that would be lost with the line: all of it without the page's number. */
  readonly lost: string;
  readonly number: PageNumber | undefined;
}

/**
 * Removes running headers and footers. A line is removed only if it repeats at the same place of the same edge on three pages or more, on
 * a third of all pages or on the pages around, with the same text; only the page's own number may differ. Its text is kept once: a
 * header on its first page, a footer on its last. A page that would keep fewer than three lines keeps all of them, unless it
 * repeats an earlier page. Doubtful lines stay.
 */
export function withoutRunningLines<Line>(
  pages: readonly (readonly Line[])[],
  describe: (line: Line) => EdgeLine,
): Line[][] {
  const described = pages.map((lines) => lines.map(describe));
  const visible = described.map((lines) => [...lines.keys()].filter((index) => lines[index]?.text !== ''));
  const candidates = described.map((lines, page) => candidatesOf(lines, visible[page] ?? [], page));
  const shown = new Map<string, Places>();
  for (const candidate of candidates.flat()) addTo(shown, candidate);
  const inBody = bodyTexts(described);
  const numbered = numberedPages(candidates.flat());
  const isRunning = (candidate: Candidate): boolean =>
    isRepeated(candidate, shown, pages.length) || isSectionHeader(candidate, inBody, numbered);
  const running = candidates.map((page, number) => peeled(page, isRunning, described[number] ?? []));
  const once = keptOnce(running.flat(), inBody);
  const seen = new Set<string>();
  return pages.map((lines, page) => {
    const whole = described[page]?.map(({ text }) => text).join('\n') ?? '';
    const isAgain = seen.has(whole);
    seen.add(whole);
    const left = new Set(running[page]?.filter((candidate) => !once.has(candidate)).map(({ index }) => index));
    if ((visible[page]?.length ?? 0) - left.size >= LEAST_KEPT) return lines.filter((_, index) => !left.has(index));
    return isAgain && left.size > 0 && pages.length >= LEAST ? [] : [...lines];
  });
}

function candidatesOf(lines: readonly EdgeLine[], visible: readonly number[], page: number): Candidate[] {
  const candidate = (place: number, edge: EdgeName, fromEdge: number): Candidate => {
    const index = visible[place] as number;
    const { text, place: height } = lines[index] as EdgeLine;
    const number = pageNumberOf(text, page);
    const base = { edge, page, index, place: height ?? fromEdge * 2 * SAME_PLACE, number };
    if (number?.key === undefined) return { ...base, key: text, lost: text };
    return { ...base, key: `${number.key}\n${number.offset}`, lost: number.rest };
  };
  const size = Math.min(EDGE, visible.length);
  const top = Array.from({ length: size }, (_, place) => candidate(place, 'top', place));
  const bottom = Array.from({ length: size }, (_, place) => candidate(visible.length - 1 - place, 'bottom', place));
  return [...top, ...bottom];
}

/** The positions of one text at one edge. */
interface Places {
  readonly byPage: Map<number, number[]>;
  /** Number of pages that show it at about this height. */
  readonly byHeight: Map<number, number>;
}

const keyOf = ({ edge, key }: Candidate): string => `${edge} ${key}`;
const heightOf = (place: number): number => Math.round(place / SAME_PLACE);

function addTo(shown: Map<string, Places>, candidate: Candidate): void {
  const { page, place } = candidate;
  const places = shown.get(keyOf(candidate)) ?? { byPage: new Map(), byHeight: new Map() };
  shown.set(keyOf(candidate), places);
  places.byPage.set(page, [...(places.byPage.get(page) ?? []), place]);
  places.byHeight.set(heightOf(place), (places.byHeight.get(heightOf(place)) ?? 0) + 1);
}

function isRepeated(candidate: Candidate, shown: ReadonlyMap<string, Places>, pages: number): boolean {
  const { page, place } = candidate;
  const places = shown.get(keyOf(candidate));
  const height = heightOf(place);
  const all = [height - 1, height, height + 1].reduce((sum, at) => sum + (places?.byHeight.get(at) ?? 0), 0);
  if (all < LEAST) return false;
  if (all >= pages / 3) return true;
  let around = 0;
  for (let other = page - AROUND; other <= page + AROUND; other += 1)
    if (places?.byPage.get(other)?.some((at) => Math.abs(at - place) <= SAME_PLACE)) around += 1;
  return around >= LEAST;
}

/** For each distance between number and page index: the pages that show it at an edge. */
function numberedPages(candidates: readonly Candidate[]): ReadonlyMap<number, ReadonlySet<number>> {
  const pages = new Map<number, Set<number>>();
  for (const { number, page } of candidates)
    if (number) pages.set(number.offset, (pages.get(number.offset) ?? new Set()).add(page));
  return pages;
}

/** True for a page number beside a section's title that the text contains too. */
function isSectionHeader(
  { number, page }: Candidate,
  inBody: ReadonlySet<string>,
  numbered: ReadonlyMap<number, ReadonlySet<number>>,
): boolean {
  if (!number || !inBody.has(number.rest)) return false;
  const pages = numbered.get(number.offset);
  let around = 0;
  for (let other = page - AROUND; other <= page + AROUND; other += 1) if (pages?.has(other)) around += 1;
  return around >= LEAST_COUNTED;
}

/** Lines that are not at an edge. A header that names a section repeats one of them. */
function bodyTexts(pages: readonly (readonly EdgeLine[])[]): ReadonlySet<string> {
  return new Set(pages.flatMap((lines) => lines.slice(1, -1).flatMap(({ text }) => (text === '' ? [] : [text]))));
}

/**
 * Takes running lines from each edge inwards until a line is none. A line without the page's number must have a larger gap to the text
 * than the lines of the text have to each other. A table's header is no running line.
 */
function peeled(
  candidates: readonly Candidate[],
  isRunning: (candidate: Candidate) => boolean,
  lines: readonly EdgeLine[],
): Candidate[] {
  return (['top', 'bottom'] as const).flatMap((edge) => {
    const all = candidates.filter((candidate) => candidate.edge === edge);
    const end = all.findIndex((candidate) => !isRunning(candidate));
    const repeated = all.slice(0, end < 0 ? all.length : end);
    const apart = repeated.findLastIndex(({ index }) => isSetApart(lines, index, edge));
    const unnumbered = repeated.findIndex(({ number }, place) => place > apart && !number);
    const running = repeated.slice(0, unnumbered < 0 ? repeated.length : unnumbered);
    const last = running.at(-1);
    return last && edge === 'top' && isTableHeader(lines, last.index) ? running.slice(0, -1) : running;
  });
}

/** More than this many times the usual distance of lines is a gap. */
const GAP = 1.4;

/** True if a gap, or in text without heights an empty line, separates the line from the next one inwards; or if no line follows. */
function isSetApart(lines: readonly EdgeLine[], index: number, edge: EdgeName): boolean {
  const step = edge === 'top' ? 1 : -1;
  let next = index + step;
  while (lines[next]?.text === '') next += step;
  const [from, to] = [lines[index], lines[next]];
  if (!from || !to) return true;
  if (from.place === undefined || to.place === undefined) return Math.abs(next - index) > 1;
  return Math.abs(from.place - to.place) > GAP * usualDistance(lines);
}

/** The median distance between lines that follow each other. */
function usualDistance(lines: readonly EdgeLine[]): number {
  const distances = lines
    .slice(1)
    .map(({ place = 0 }, before) => Math.abs((lines[before]?.place ?? 0) - place))
    .filter((distance) => distance > 1)
    .sort((a, b) => a - b);
  return distances[Math.floor((distances.length - 1) / 2)] ?? 0;
}

function isTableHeader(lines: readonly EdgeLine[], index: number): boolean {
  const cells = (line: EdgeLine | undefined) => line?.text.split('\t').length ?? 0;
  const next = lines.slice(index + 1).find(({ text }) => text !== '');
  return cells(lines[index]) > 2 && Math.abs(cells(lines[index]) - cells(next)) <= 1;
}

/** The first header and the last footer of each text; a number alone, and a title that the text has, are kept nowhere. */
function keptOnce(running: readonly Candidate[], inBody: ReadonlySet<string>): ReadonlySet<Candidate> {
  const kept = new Map<string, Candidate>();
  for (const candidate of running) {
    const { edge, lost, number } = candidate;
    if (lost === '' || (number && inBody.has(number.rest))) continue;
    const key = `${edge} ${lost}`;
    if (edge === 'bottom' || !kept.has(key)) kept.set(key, candidate);
  }
  return new Set(kept.values());
}
