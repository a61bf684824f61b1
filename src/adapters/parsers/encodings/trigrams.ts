/** Frequencies of letter trigrams in a language. */
import { readFileSync } from 'node:fs';

/**
 * The 300 most frequent trigrams of each language in the Universal Declaration of Human Rights, with their counts: a line a language,
 * parted by tabs. From the package `trigrams` 5.2.0 (MIT).
 */
const FILE = new URL('./trigrams.tsv', import.meta.url);

interface Frequencies {
  readonly counts: ReadonlyMap<string, number>;
  readonly total: number;
}

let languages: ReadonlyMap<string, Frequencies> | undefined;

function loaded(): ReadonlyMap<string, Frequencies> {
  languages ??= new Map(
    readFileSync(FILE, 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line): [string, Frequencies] => {
        const [language = '', ...fields] = line.split('\t');
        const counts = new Map<string, number>();
        for (let place = 0; place + 1 < fields.length; place += 2)
          counts.set(fields[place] ?? '', Number(fields[place + 1]));
        return [language, { counts, total: [...counts.values()].reduce((sum, count) => sum + count, 0) }];
      }),
  );
  return languages;
}

/** The log probability of a trigram outside the language's list. */
const UNSEEN = Math.log(1 / 20_000);

/** The mean logarithm of the probability of a text's trigrams in a language; `words` in small letters. */
export function likelihood(words: readonly string[], language: string): number {
  const known = loaded().get(language);
  if (!known) return UNSEEN;
  let sum = 0;
  let number = 0;
  for (const word of words) {
    const padded = ` ${word} `;
    for (let at = 0; at + 3 <= padded.length; at += 1) {
      const count = known.counts.get(padded.slice(at, at + 3));
      sum += count === undefined ? UNSEEN : Math.log((0.8 * count) / known.total);
      number += 1;
    }
  }
  return number === 0 ? UNSEEN : sum / number;
}
