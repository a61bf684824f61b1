import { betweenCharacters } from '#core/text/characters.ts';
import type { Span } from '#core/turn.ts';
import type { SplitInput } from './index.ts';

/** Tables and data are read as one value for each line: no part affects how another is cut. */
const DATA = /^(?:text\/(?:csv|tab-separated-values)|application\/(?:json|jsonl))$/;

/** UTF-16 code units that are cut into passages at once. */
const PART = 2_000_000;
/** Length of a part's end that is searched for a better place. */
const NEAR_END = 100_000;

/** True if the text may be cut part by part and is long enough for it. */
export const isLongData = ({ text, mediaType, kind, splitter }: SplitInput): boolean =>
  text.length > 2 * PART && DATA.test(mediaType) && (kind ?? 'GENERAL') === 'GENERAL' && splitter !== 'recursive';

/** Parts that end with a row or an element; where there is none to be seen, with a line, or at worst between two characters. */
export function* dataParts(text: string): Generator<Span> {
  for (let start = 0; start < text.length; ) {
    const end = text.length - start <= PART ? text.length : endOf(text, start + PART);
    yield { start, end };
    start = end;
  }
}

function endOf(text: string, most: number): number {
  for (const between of ['\n\n', '\n']) {
    const place = text.lastIndexOf(between, most - between.length);
    if (place > most - NEAR_END) return place + between.length;
  }
  return betweenCharacters(text, most);
}
