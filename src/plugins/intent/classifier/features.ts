/** Hashed n-grams: what the linear classifiers read. They need no dictionary, so any language and any word gives features. */
import { isCjkToken, tokensOf } from './tokens.ts';

/** A sparse vector. The first `lexical` entries are scaled to length 1 together; those after them are figures and stay as they are. */
export interface Features {
  readonly ids: Uint32Array;
  readonly values: Float32Array;
  readonly lexical: number;
}

const CHARACTER_NGRAMS = [3, 4, 5] as const;
/** The weight of a character n-gram, or of a third-order one, against a word. */
const MINOR = 0.5;

/** FNV-1a over UTF-16 code units with a final mix, 32 bits. */
function hash(kind: number, text: string, start = 0, end = text.length): number {
  let value = Math.imul(0x811c9dc5 ^ kind, 0x01000193);
  for (let at = start; at < end; at += 1) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  value ^= value >>> 15;
  value = Math.imul(value, 0x2c1b3c6d);
  return (value ^ (value >>> 12)) >>> 0;
}
const KINDS = { word: 1, pair: 2, triple: 3, characters: 4, named: 5, figure: 6 } as const;

/** Collects features by name. */
export class FeatureBuilder {
  readonly #lexical = new Map<number, number>();
  readonly #figures = new Map<number, number>();

  /** An indicator by name; counted when it occurs again. */
  add(name: string, weight = 1): this {
    return this.#count(hash(KINDS.named, name), weight);
  }

  /** A figure, 0..3 or so, that is not scaled with the words. */
  figure(name: string, value: number): this {
    this.#figures.set(hash(KINDS.figure, name), value);
    return this;
  }

  /** Words, pairs of words (adjacent, and with one word between), CJK triples, and character n-grams of a text. */
  ngrams(text: string): this {
    const tokens = tokensOf(text);
    for (const [place, token] of tokens.entries()) {
      const [before = '^', second] = [tokens[place - 1], tokens[place - 2]];
      this.#count(hash(KINDS.word, token), 1).#count(hash(KINDS.pair, `${before} ${token}`), 1);
      if (second === undefined) continue;
      this.#count(hash(KINDS.pair, `${second}_${token}`), 1);
      if (isCjkToken(token)) this.#count(hash(KINDS.triple, `${second}${before}${token}`), MINOR);
    }
    if (tokens.length > 0) this.#count(hash(KINDS.pair, `${tokens.at(-1)} $`), 1);
    const line = `^${tokens.filter((token) => !isCjkToken(token)).join(' ')}$`;
    for (const length of CHARACTER_NGRAMS)
      for (let at = 0; at + length <= line.length; at += 1)
        this.#count(hash(KINDS.characters, line, at, at + length), MINOR);
    return this;
  }

  build(): Features {
    const lexical = this.#lexical.size;
    const ids = new Uint32Array(lexical + this.#figures.size);
    const values = new Float32Array(ids.length);
    let at = 0;
    for (const [id, count] of this.#lexical) {
      ids[at] = id;
      // Square root: a second occurrence carries less information than the first.
      values[at] = Math.sqrt(count);
      at += 1;
    }
    for (const [id, value] of this.#figures) {
      ids[at] = id;
      values[at] = value;
      at += 1;
    }
    return { ids, values, lexical };
  }

  #count(id: number, weight: number): this {
    this.#lexical.set(id, (this.#lexical.get(id) ?? 0) + weight);
    return this;
  }
}

/** The n-grams of one text. */
export const featuresOf = (text: string): Features => new FeatureBuilder().ngrams(text).build();
