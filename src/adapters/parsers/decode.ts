import { chineseEncoding } from './chinese-encoding.ts';
import { tooManyCharacters, unreadable, unsupported } from './failures.ts';

const STEP = 2 ** 20;
const SAMPLE = 2 ** 16;

type Frequent = readonly (readonly [encoding: string, frequent: RegExp])[];
/** The most frequent characters, simplified and traditional. */
const CHINESE: Frequent = [
  [
    'gb18030',
    /[的一是不了在人有我他这个们中来上大为和国地到说时要就出会可也你对生能子那得着下自之年过发后作里。，、]/gu,
  ],
  ['big5', /[的一是不了在人有我他這個們中來上大為和國地到說時要就出會可也你對生能子那得著下自之年過發後作裡。，、]/gu],
];
/** Those of each language, which a text decoded wrongly does not show. */
const FREQUENT: Frequent = [
  ...CHINESE,
  ['shift_jis', /[ぁ-んァ-ヶー。、]/gu],
  ['euc-jp', /[ぁ-んァ-ヶー。、]/gu],
  ['euc-kr', /[이다는을의에가를하고은지도로서한기사인대어자시정나그해]/gu],
  ['windows-1251', /[оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфё]/giu],
];

const BINARY = 'The file is binary data, not text, and of no kind that is known; export it as PDF, DOCX or plain text';

/**
 * Bytes to well-formed text with \n line ends and no control characters but tab and form feed. `declared` is the encoding that the file itself names,
 * if any. A byte order mark wins, then UTF-8 if the bytes are that, then what is declared, then what the characters look like.
 */
export function decodeText(bytes: Uint8Array, maxCharacters: number, declared?: string): string {
  let text = '';
  for (const piece of decodedPieces(bytes, encodingOf(bytes, declared))) {
    text += piece;
    if (text.length > maxCharacters) throw tooManyCharacters(maxCharacters);
  }
  return text;
}

/** The same text, piece by piece. */
export function* decodedPieces(bytes: Uint8Array, encoding: string): Generator<string> {
  const decoder = new TextDecoder(encoding);
  // The other half of a line's end may come with the next piece.
  let held = '';
  for (let at = 0; at < bytes.length; at += STEP) {
    const piece = held + decoder.decode(bytes.subarray(at, at + STEP), { stream: true });
    held = piece.endsWith('\r') ? '\r' : '';
    yield cleanText(held ? piece.slice(0, -1) : piece);
  }
  yield cleanText(held + decoder.decode());
}

/** What no format may bring in: PostgreSQL stores no NUL, and half a surrogate pair is not a character. */
export const cleanText = (text: string): string =>
  text
    .toWellFormed()
    .replace(/\r\n?|[\u2028\u2029\u0085]/g, '\n')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
    .replace(/[\u0000-\u0008\u000b\u000e-\u001f\u007f\ufeff]/g, '');

export function encodingOf(bytes: Uint8Array, declared?: string): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  const wide = refuseBinary(bytes);
  if (wide) return wide;
  if (isUtf8(bytes)) return 'utf-8';
  const sample = bytes.subarray(0, SAMPLE);
  const named = declared && labelled(declared);
  if (named && named !== 'utf-8' && !named.startsWith('utf-16')) return named;
  return mostlyUtf8(sample) ? 'utf-8' : legacyEncoding(sample);
}

/**
 * UTF-16 without its mark shows by where its zero bytes are, or in Chinese by its frequent characters; other zero or control bytes
 * are no text.
 */
function refuseBinary(bytes: Uint8Array): string | undefined {
  const sample = bytes.subarray(0, SAMPLE);
  const zeros = [0, 0];
  let controls = 0;
  for (const [at, byte] of sample.entries()) {
    if (byte === 0) zeros[at % 2] = (zeros[at % 2] ?? 0) + 1;
    else if (byte < 0x20 && (byte < 0x08 || byte > 0x0d) && byte !== 0x1b && byte !== 0x1a) controls += 1;
  }
  const [even = 0, odd = 0] = zeros;
  if (odd > sample.length * 0.15 && even < odd / 50) return 'utf-16le';
  if (even > sample.length * 0.15 && odd < even / 50) return 'utf-16be';
  // A stray zero byte in a text is left out; more of them are data.
  if (controls <= 1 + sample.length / 500 && even + odd <= 1 + sample.length / 1_000) return undefined;
  const wide = (['utf-16le', 'utf-16be'] as const).find((encoding) => isChinese(sample, encoding));
  if (!wide) throw unsupported(BINARY);
  return wide;
}

/** Whether the bytes make frequent Chinese characters in this encoding, and none that is broken. */
function isChinese(sample: Uint8Array, encoding: string): boolean {
  const text = new TextDecoder(encoding).decode(sample.subarray(0, sample.length & ~1));
  const foreign = text.match(/[^\0-\x7f]/g)?.length ?? 0;
  if (foreign < 10 || /[\ufffd\0]/.test(text)) return false;
  return CHINESE.some(([, frequent]) => (text.match(frequent)?.length ?? 0) > 0.15 * foreign);
}

function isUtf8(bytes: Uint8Array): boolean {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    for (let at = 0; at < bytes.length; at += STEP) decoder.decode(bytes.subarray(at, at + STEP), { stream: true });
    decoder.decode();
    return true;
  } catch {
    return false;
  }
}

/** UTF-8 that was cut or patched somewhere: many whole characters for each broken one. */
function mostlyUtf8(sample: Uint8Array): boolean {
  const text = new TextDecoder('utf-8').decode(sample);
  const broken = text.match(/\ufffd+/g)?.length ?? 0;
  const whole = text.match(/[^\0-\x7f\ufffd]/g)?.length ?? 0;
  return whole > 4 * broken;
}

function labelled(label: string): string | undefined {
  try {
    return new TextDecoder(label).encoding;
  } catch {
    return undefined;
  }
}

function legacyEncoding(bytes: Uint8Array): string {
  const sample = wholeLines(bytes);
  const high = sample.reduce((sum, byte) => sum + (byte > 0x7f ? 1 : 0), 0);
  let best = { encoding: '', share: 0 };
  for (const [encoding, frequent] of FREQUENT) {
    const text = new TextDecoder(encoding).decode(sample);
    const foreign = text.match(/[^\0-\x7f]/g)?.length ?? 1;
    const wrong = text.match(/[\ufffd\ue000-\uf8ff]/g)?.length ?? 0;
    const share = (text.match(frequent)?.length ?? 0) / foreign - (5 * wrong) / foreign;
    if (share > best.share) best = { encoding, share };
  }
  // Any bytes look Cyrillic; names and other short texts in Chinese have few of its frequent characters.
  if (best.encoding === 'windows-1251' || best.share <= 0.15) {
    const chinese = chineseEncoding(sample);
    if (chinese) return chinese;
  }
  // Accented letters stand alone among plain ones; the frequent characters of a language make up a fifth of it or more.
  if (best.share > 0.15 && !(best.encoding === 'windows-1251' && high < sample.length / 4)) return best.encoding;
  if (high < sample.length * 0.3) return 'windows-1252';
  throw unreadable('The encoding of the text could not be told; save the file as UTF-8');
}

/** Without the last line, which may be cut inside a character. */
function wholeLines(bytes: Uint8Array): Uint8Array {
  if (bytes.length < SAMPLE) return bytes;
  const end = bytes.lastIndexOf(0x0a);
  return end > SAMPLE / 2 ? bytes.subarray(0, end) : bytes;
}
