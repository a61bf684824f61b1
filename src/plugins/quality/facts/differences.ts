import { isSurname } from './names.ts';

/** A piece of a claim that stands where a source has another piece, between what both say. */
export interface Difference {
  readonly claim: string;
  readonly source: string;
}

const UNITS = /[\p{Script=Latin}\p{M}\p{N}]+(?:[.'’-][\p{Script=Latin}\p{M}\p{N}]+)*|\p{Script=Han}|[^\s]/gu;
const WORD = /[\p{L}\p{N}]/u;
const HAN = /\p{Script=Han}/u;
/** Words or Chinese characters compared of each; the table has the square of it. */
const MOST = 160;
/** A longer piece is another statement, not a replaced name. */
const LONGEST = 8;
const segmenter = new Intl.Segmenter('zh', { granularity: 'word' });

/** A Latin word, a number, a Chinese character or a mark. */
interface Unit {
  readonly text: string;
  /** The rarity of the Chinese word that contains the character; otherwise of the character. */
  readonly word: number;
  /** True if that word has one character. */
  readonly single: boolean;
}

function unitsOf(text: string): Unit[] {
  const words = HAN.test(text) ? [...segmenter.segment(text)] : [];
  let word = 0;
  return [...text.matchAll(UNITS)].slice(0, MOST).map(({ 0: unit, index }) => {
    while (word < words.length - 1 && (words[word + 1]?.index ?? 0) <= index) word += 1;
    const isHan = HAN.test(unit);
    return { text: unit, word: isHan ? word : -1 - index, single: isHan && words[word]?.segment.length === 1 };
  });
}
const isSame = (a: Unit, b: Unit): boolean => a.text === b.text || a.text.toLowerCase() === b.text.toLowerCase();

/**
 * The replaced pieces between a claim and a source, by the longest common subsequence of their words and Chinese characters.
 * A piece is widened to whole Chinese words, and to the surname before a given name.
 */
export function differences(claim: string, source: string): Difference[] {
  const [a, b] = [unitsOf(claim), unitsOf(source)];
  const found: Difference[] = [];
  let from: readonly [number, number] = [0, 0];
  for (const [one, other] of [...commonPlaces(a, b), [a.length, b.length] as const]) {
    const isAnchored = from[0] > 0 || one < a.length;
    if (isAnchored && isPiece(a.slice(from[0], one)) && isPiece(b.slice(from[1], other)))
      found.push({ claim: widened(a, from[0], one), source: widened(b, from[1], other) });
    from = [one + 1, other + 1];
  }
  return found;
}

const isPiece = (units: readonly Unit[]): boolean =>
  units.length > 0 && units.length <= LONGEST && units.every(({ text }) => WORD.test(text));

function widened(units: readonly Unit[], from: number, to: number): string {
  let start = from;
  let end = to;
  while (start > 0 && units[start - 1]?.word === units[start]?.word) start -= 1;
  while (end < units.length && units[end]?.word === units[end - 1]?.word) end += 1;
  const piece = units.slice(start, end);
  if (!HAN.test(piece[0]?.text ?? '')) return piece.map(({ text }) => text).join(' ');
  const before = units[start - 1];
  const isGivenName =
    piece.length < 3 && piece.every(({ single }) => single) && before?.single && isSurname(before.text);
  return (isGivenName ? [before, ...piece] : piece).map(({ text }) => text).join('');
}

function commonPlaces(a: readonly Unit[], b: readonly Unit[]): (readonly [number, number])[] {
  const width = b.length + 1;
  const lengths = new Uint16Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i -= 1)
    for (let j = b.length - 1; j >= 0; j -= 1)
      lengths[i * width + j] = isSame(a[i] as Unit, b[j] as Unit)
        ? (lengths[(i + 1) * width + j + 1] as number) + 1
        : Math.max(lengths[(i + 1) * width + j] as number, lengths[i * width + j + 1] as number);
  const places: (readonly [number, number])[] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    if (isSame(a[i] as Unit, b[j] as Unit)) places.push([i++, j++]);
    else if ((lengths[(i + 1) * width + j] as number) >= (lengths[i * width + j + 1] as number)) i += 1;
    else j += 1;
  }
  return places;
}
