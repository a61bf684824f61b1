import { simplified } from './traditional.ts';

/** The word boundaries between the Chinese characters of a text. Pairs are two adjacent characters. */
export interface CjkWords {
  /** Pairs that are nowhere but where a word of several characters begins after another. */
  readonly across: ReadonlySet<string>;
  /** Characters that somewhere are a word, or of none that is known, as those of foreign names are. */
  readonly alone: ReadonlySet<string>;
}

/** ICU's dictionary (Unicode Standard Annex 29), which is part of Node. Unknown words are split into characters. */
const segmenter = new Intl.Segmenter('zh', { granularity: 'word' });

/** Kana and Hangul are left as they are: this was measured on Chinese alone. */
const HAN = /^\p{Script=Han}+$/u;

/** For the tokens of `tokenize` for the same text: traditional characters become simplified ones. */
export function cjkWords(text: string): CjkWords {
  const across = new Set<string>();
  const alone = new Set<string>();
  const together = new Set<string>();
  let former = '';
  for (const { segment } of segmenter.segment(simplified(text.normalize('NFKC')))) {
    const characters = HAN.test(segment) ? [...segment] : [];
    for (const [place, character] of characters.entries()) {
      const begins = place === 0 && characters.length > 1;
      if (former !== '') (begins ? across : together).add(former + character);
      former = character;
    }
    if (characters.length === 0) former = '';
    if (characters.length === 1) alone.add(segment);
  }
  for (const pair of together) across.delete(pair);
  return { across, alone };
}
