import { isCjk } from '#core/text/words.ts';

export type Language = 'en' | 'zh';
/** Buckets that n-grams are hashed into: a power of two each. Part of the trained file. */
export const BUCKET_BITS: Readonly<Record<Language, number>> = { en: 18, zh: 18 };

/** Buckets with their values: the logarithm of a count, over the length of the vector. */
export interface Ngrams {
  readonly buckets: Uint32Array;
  readonly values: Float64Array;
}

/** Chinese texts: n-grams of one to four characters. Other texts: words, and n-grams of two to four characters across words. */
export function ngrams(text: string, language: Language): Ngrams {
  const counts = new Map<number, number>();
  const add = (gram: string) => {
    const bucket = hash(gram) >>> (32 - BUCKET_BITS[language]);
    counts.set(bucket, (counts.get(bucket) ?? 0) + 1);
  };
  const plain = text.normalize('NFKC').toLowerCase();
  if (language === 'zh') runs([...plain.replace(/\s+/g, ' ')], 1, 4, add);
  else {
    const words = plain.match(/[\p{Script=Latin}\p{N}']+/gu) ?? [];
    for (const word of words) add(`w${word.length > 4 ? word.replace(/(?:ing|ed|es|s|e|ly)$/, '') : word}`);
    runs([...` ${words.join(' ')} `], 2, 4, add);
  }
  const values = Float64Array.from(counts.values(), (count) => 1 + Math.log(count));
  const length = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0)) || 1;
  return { buckets: Uint32Array.from(counts.keys()), values: values.map((value) => value / length) };
}

function runs(characters: readonly string[], from: number, to: number, add: (gram: string) => void): void {
  for (let length = from; length <= to; length += 1)
    for (let at = 0; at + length <= characters.length; at += 1) add(characters.slice(at, at + length).join(''));
}

/** FNV-1a over UTF-16 code units, mixed so that its high bits are even. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  value = Math.imul(value ^ (value >>> 15), 0x2c1b3c6d);
  return (value ^ (value >>> 12)) >>> 0;
}

/** The languages that a text is judged in: both where each has a fair share of its letters. */
export function languagesOf(text: string): Language[] {
  const letters = text.match(/\p{L}/gu)?.length ?? 0;
  if (!isCjk(text)) return ['en'];
  const chinese = text.match(/\p{Script=Han}/gu)?.length ?? 0;
  const share = letters === 0 ? 0 : chinese / letters;
  return share > 0.8 ? ['zh'] : share < 0.1 ? ['en'] : ['zh', 'en'];
}
