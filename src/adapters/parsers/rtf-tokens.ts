/** Rich Text Format 1.9.1: groups, control words and text, one after the other. */
export type RtfToken =
  | { readonly type: 'open' }
  | { readonly type: 'close' }
  | { readonly type: 'word'; readonly word: string; readonly value: number | undefined }
  /** A byte in the encoding of the font, from a letter of the file or an escape. */
  | { readonly type: 'byte'; readonly byte: number };

const LONGEST_WORD = 32;
const isLetter = (byte: number): boolean => (byte >= 0x61 && byte <= 0x7a) || (byte >= 0x41 && byte <= 0x5a);
const isDigit = (byte: number): boolean => byte >= 0x30 && byte <= 0x39;

/** Control symbols are words of one character that is no letter. */
export function* rtfTokens(bytes: Buffer): Generator<RtfToken> {
  for (let at = 0; at < bytes.length; ) {
    const byte = bytes[at] as number;
    at += 1;
    if (byte === 0x7b) yield { type: 'open' };
    else if (byte === 0x7d) yield { type: 'close' };
    else if (byte === 0x0a || byte === 0x0d || byte === 0) continue;
    else if (byte !== 0x5c) yield { type: 'byte', byte };
    else if (isLetter(bytes[at] ?? 0)) {
      const start = at;
      while (at - start < LONGEST_WORD && isLetter(bytes[at] ?? 0)) at += 1;
      const word = bytes.toString('latin1', start, at);
      const digits = at;
      if (bytes[at] === 0x2d) at += 1;
      while (at - digits < 12 && isDigit(bytes[at] ?? 0)) at += 1;
      const number = bytes.toString('latin1', digits, at);
      if (bytes[at] === 0x20) at += 1;
      const value = number === '' || number === '-' ? undefined : Number(number);
      // Pictures and objects may be in it as they are.
      if (word === 'bin') at += Math.max(0, value ?? 0);
      else yield { type: 'word', word, value };
    } else {
      const symbol = String.fromCharCode(bytes[at] ?? 0);
      at += 1;
      if (symbol === "'") {
        const byteOf = Number.parseInt(bytes.toString('latin1', at, at + 2), 16);
        at += 2;
        if (!Number.isNaN(byteOf)) yield { type: 'byte', byte: byteOf };
      } else if (symbol === '\n' || symbol === '\r') yield { type: 'word', word: 'par', value: undefined };
      else yield { type: 'word', word: symbol, value: undefined };
    }
  }
}
