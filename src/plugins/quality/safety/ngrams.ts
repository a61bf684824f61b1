import { isCjk } from '#core/text/words.ts';

export type Language = 'en' | 'zh';
/** Buckets that n-grams are hashed into: a power of two each. Part of the trained file. */
export const BUCKET_BITS: Readonly<Record<Language, number>> = { en: 18, zh: 18 };

/** Buckets with their values: the logarithm of a count, over the length of the vector. */
export interface Ngrams {
  readonly buckets: Uint32Array;
  readonly values: Float64Array;
}

/** How often each bucket was met; all zero between two texts. */
const counts = new Uint32Array(2 ** Math.max(...Object.values(BUCKET_BITS)));

/** Chinese texts: n-grams of one to four characters. Other texts: words, and n-grams of two to four characters across words. */
export function ngrams(text: string, language: Language): Ngrams {
  const found: number[] = [];
  const shift = 32 - BUCKET_BITS[language];
  const add = (hashed: number) => {
    const bucket = hashed >>> shift;
    if (counts[bucket] === 0) found.push(bucket);
    counts[bucket] = (counts[bucket] as number) + 1;
  };
  const plain = text.normalize('NFKC').toLowerCase();
  if (language === 'zh') runs(plain.replace(/\s+/g, ' '), 1, 4, add);
  else {
    const words = plain.match(/[\p{Script=Latin}\p{N}']+/gu) ?? [];
    for (const word of words) {
      const gram = `w${word.length > 4 ? word.replace(/(?:ing|ed|es|s|e|ly)$/, '') : word}`;
      add(hash(gram, 0, gram.length));
    }
    runs(` ${words.join(' ')} `, 2, 4, add);
  }
  const values = new Float64Array(found.length);
  for (const [place, bucket] of found.entries()) {
    values[place] = 1 + Math.log(counts[bucket] as number);
    counts[bucket] = 0;
  }
  const length = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0)) || 1;
  return { buckets: Uint32Array.from(found), values: values.map((value) => value / length) };
}

/** The hashes of all runs of `from` to `to` characters. */
function runs(text: string, from: number, to: number, add: (hashed: number) => void): void {
  const starts: number[] = [];
  for (let at = 0; at < text.length; at += (text.codePointAt(at) as number) > 0xffff ? 2 : 1) starts.push(at);
  const count = starts.length;
  starts.push(text.length);
  for (let length = from; length <= to; length += 1)
    for (let at = 0; at + length <= count; at += 1)
      add(hash(text, starts[at] as number, starts[at + length] as number));
}

/** FNV-1a over UTF-16 code units, mixed so that its high bits are even. */
function hash(text: string, from: number, to: number): number {
  let value = 0x811c9dc5;
  for (let at = from; at < to; at += 1) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  value = Math.imul(value ^ (value >>> 15), 0x2c1b3c6d);
  return (value ^ (value >>> 12)) >>> 0;
}

/** The languages that a text is judged in: both where each has a fair share of its letters. */
export function languagesOf(text: string): Language[] {
  if (!isCjk(text)) return ['en'];
  const letters = text.match(/\p{L}/gu)?.length ?? 0;
  const chinese = text.match(/\p{Script=Han}/gu)?.length ?? 0;
  const share = letters === 0 ? 0 : chinese / letters;
  return share > 0.8 ? ['zh'] : share < 0.1 ? ['en'] : ['zh', 'en'];
}
