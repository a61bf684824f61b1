import type { PassageDraft } from '#core/ports/store.ts';

const SIZE = 1_000;
const OVERLAP = 200;
const SEPARATORS = ['\n\n', '\n', '。', '.', ' '] as const;

/**
 * The common recursive splitter: pieces of 1,000 UTF-16 code units, cut at the strongest separator present. Each
 * piece begins with the last 200 of the previous one. An option, for comparison and for teams that use it.
 */
export function splitRecursively(text: string): PassageDraft[] {
  const pieces = piecesOf(text, 0, text.length, 0);
  const drafts: PassageDraft[] = [];
  let first = 0;
  while (first < pieces.length) {
    let last = first;
    const start = pieces[first]?.[0] ?? 0;
    while (last + 1 < pieces.length && (pieces[last + 1]?.[1] ?? 0) - start <= SIZE) last += 1;
    const draft = trimmed(text, start, pieces[last]?.[1] ?? start);
    if (draft) drafts.push(draft);
    if (last + 1 >= pieces.length) break;
    let next = last + 1;
    const end = pieces[last]?.[1] ?? 0;
    while (next > first + 1 && end - (pieces[next - 1]?.[0] ?? 0) <= OVERLAP) next -= 1;
    first = next;
  }
  return drafts;
}

/** Pieces of at most SIZE, one after the other, each with the separator at its end. */
function piecesOf(text: string, start: number, end: number, level: number): [number, number][] {
  if (end - start <= SIZE && level > 0) return [[start, end]];
  const separator = SEPARATORS[level];
  if (separator === undefined) return characters(text, start, end);
  const pieces: [number, number][] = [];
  for (let from = start; from < end; ) {
    const found = text.indexOf(separator, from);
    const to = found < 0 || found + separator.length > end ? end : found + separator.length;
    pieces.push(...(to - from <= SIZE ? [[from, to] as [number, number]] : piecesOf(text, from, to, level + 1)));
    from = to;
  }
  return pieces;
}

function characters(text: string, start: number, end: number): [number, number][] {
  const pieces: [number, number][] = [];
  for (let from = start; from < end; ) {
    let to = Math.min(end, from + SIZE);
    const unit = text.charCodeAt(to);
    if (to < end && unit >= 0xdc00 && unit <= 0xdfff) to -= 1;
    pieces.push([from, to]);
    from = to;
  }
  return pieces;
}

function trimmed(text: string, start: number, end: number): PassageDraft | null {
  const piece = text.slice(start, end);
  const from = start + piece.length - piece.trimStart().length;
  const to = start + piece.trimEnd().length;
  return from < to ? { start: from, end: to, text: text.slice(from, to), heading: null } : null;
}
