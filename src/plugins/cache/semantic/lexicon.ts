/** English synonyms and antonyms of WordNet; see lexicon.md. */
import { readFileSync } from 'node:fs';
import { zstdDecompressSync } from 'node:zlib';

/**
 * How near two words are. STRONG: the most frequent sense of both is the same. WEAK: the most frequent sense of one is a frequent
 * one of the other.
 */
export type Nearness = 'STRONG' | 'WEAK';

export interface Senses {
  readonly first: readonly number[];
  readonly other: readonly number[];
}

/** Whether two words are near in any of these senses: see Nearness. */
export const areNear = (one: Senses, other: Senses): boolean =>
  meet(one.first, other.first) || meet(one.first, other.other) || meet(one.other, other.first);

export class Lexicon {
  /** By word, the senses that are its most frequent one in some part of speech, and the others. */
  readonly #first = new Map<string, number[]>();
  readonly #other = new Map<string, number[]>();
  readonly #antonyms = new Set<string>();

  constructor(text: string) {
    const [senses = '', antonyms = ''] = text.split('\n\n');
    for (const [sense, line] of senses.split('\n').entries()) {
      const [first = '', other = ''] = line.split('|');
      add(this.#first, first, sense);
      add(this.#other, other, sense);
    }
    for (const pair of antonyms.split('\n')) this.#antonyms.add(pair);
  }

  nearness(one: string, other: string): Nearness | undefined {
    const [first, second] = [this.#first.get(one), this.#first.get(other)];
    if (meet(first, second)) return 'STRONG';
    return meet(first, this.#other.get(other)) || meet(this.#other.get(one), second) ? 'WEAK' : undefined;
  }

  /** The senses that are the most frequent one of any of these words, and those that any of them often has besides. */
  sensesOf(words: readonly string[]): Senses {
    return {
      first: words.flatMap((word) => this.#first.get(word) ?? []),
      other: words.flatMap((word) => this.#other.get(word) ?? []),
    };
  }

  /** Whether it is a verb with its particle, such as `pick out`, that has synonyms. */
  hasPhrase(verb: string, particle: string): boolean {
    return this.#first.has(`${verb}_${particle}`);
  }

  areAntonyms(one: string, other: string): boolean {
    return this.#antonyms.has(one < other ? `${one} ${other}` : `${other} ${one}`);
  }
}

function add(words: Map<string, number[]>, line: string, sense: number): void {
  for (const word of line.split(' ')) {
    if (word === '') continue;
    const senses = words.get(word);
    if (senses) senses.push(sense);
    else words.set(word, [sense]);
  }
}

const meet = (some: readonly number[] = [], others: readonly number[] = []): boolean =>
  some.some((sense) => others.includes(sense));

const FILE = new URL('./lexicon.txt.zst', import.meta.url);
let opened: Lexicon | undefined;

/** Opened on first use: about 20 ms and 15 MB. */
export function lexicon(): Lexicon {
  opened ??= new Lexicon(zstdDecompressSync(readFileSync(FILE)).toString('utf8'));
  return opened;
}
