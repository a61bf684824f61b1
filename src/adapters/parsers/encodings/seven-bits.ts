/** Escapes of HZ (RFC 1843): pairs of bytes between ~{ and ~}. */
const HZ = /~\{((?:[!-w][!-}~]){2,200})~\}/g;
/** Escapes of UTF-7 (RFC 2152): UTF-16 in base64 between + and -, or what is no base64. Each run is read once: linear. */
const UTF_7 = /\+([A-Za-z\d+/]{3,})(.?)/gs;
/** Shortest run without its -: a shorter one is more often an ordinary word after a plus. */
const UNENDED = 8;
const FREQUENT_HAN =
  /[的一是不了在人有我他这个们中来上大为和国地到说时要就会可也你对生能子那得于自之年过后作里。，、：]/u;

/** The encoding of 7 bits that a text of ASCII is in; undefined for ASCII itself. */
export function sevenBitEncoding(sample: Uint8Array): 'HZ' | 'UTF-7' | undefined {
  const text = Buffer.from(sample).toString('latin1');
  if ([...text.matchAll(HZ)].some(([, pairs = '']) => FREQUENT_HAN.test(chinese(pairs)))) return 'HZ';
  const words = [...text.matchAll(UTF_7)]
    .filter(([, base64 = '', next]) => next === '-' || (base64.length >= UNENDED && next !== '='))
    .map(([, base64 = '']) => base64);
  return words.length > 0 && words.every((word) => isWord(utf16(word))) ? 'UTF-7' : undefined;
}

const chinese = (pairs: string): string =>
  new TextDecoder('gb18030').decode(Uint8Array.from(pairs, (character) => character.charCodeAt(0) | 0x80));

function utf16(base64: string): string {
  const bytes = Buffer.from(base64, 'base64');
  // The bits that fill the last group are zero.
  return bytes.length % 2 === 0 || bytes.at(-1) === 0
    ? new TextDecoder('utf-16be').decode(bytes.subarray(0, bytes.length & ~1))
    : '';
}

/** Letters with marks, or of other scripts: what base64 of something else never gives alone. */
const isWord = (text: string): boolean =>
  /^[\u00a1-\u024f\u0370-\u052f\u2010-\u203a\u20ac\u3000-\u9fff\uac00-\ud7a3\uff01-\uff5e]+$/u.test(text);
