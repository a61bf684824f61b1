import { doubt, legacyEncoding } from './encodings/legacy.ts';
import { sevenBitEncoding } from './encodings/seven-bits.ts';
import { wideEncoding } from './encodings/wide.ts';
import { tooManyCharacters, unsupported } from './failures.ts';

const STEP = 2 ** 20;
const SAMPLE = 2 ** 16;

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

/** Control characters, and those without width that are no part of a word: soft hyphens, zero-width spaces, marks of direction. */
const UNSEEN =
  /[[\p{Cc}--[\t\n\f\r\u0080-\u009f]]\u00ad\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]|\u034f/gv;
/** Joiners of letters mean something in Persian, in Indian scripts and in emoji; in words of the Latin alphabet they only hide them. */
const JOINERS = /(?<=[\p{Script=Latin}\p{N}])[\u200c\u200d]|[\u200c\u200d](?=[\p{Script=Latin}\p{N}])/gu;
/** Bullets of Symbol and Wingdings, which other fonts do not have. */
const BULLETS = /[\uf06c\uf06e\uf071\uf075\uf076\uf0a7\uf0a8\uf0b7\uf0d8\uf0fc](?=\s|$)/g;
/** Boxes and other signs of Wingdings where the text says what they are for: a box in a line, or beside a ticked one. */
const BOXES: Readonly<Record<string, string>> = {
  '\uf06f': '☐',
  '\uf071': '☐',
  '\uf072': '☐',
  '\uf0a8': '☐',
  '\uf052': '☑',
  '\uf0fe': '☑',
  '\uf053': '☒',
  '\uf078': '☒',
  '\uf0fd': '☒',
  '\uf0fb': '✗',
  '\uf0df': '←',
  '\uf0e0': '→',
};
const BOX_LINE = /^.*[\uf052\uf053\uf06f\uf071\uf072\uf078\uf0a8\uf0fb\uf0fd\uf0fe\uf0df\uf0e0].*$/gm;
const TICKED = /[\uf052\uf053\uf078\uf0fd\uf0fe]/;

const withBoxes = (line: string): string =>
  line.replace(/[\uf052-\uf0fe]/g, (sign, place: number) =>
    TICKED.test(line) || line.slice(0, place).trim() !== '' || !BULLETS_ALONE.test(sign) ? (BOXES[sign] ?? sign) : sign,
  );
const BULLETS_ALONE = /[\uf06f\uf071\uf072\uf0a8]/;

/** Letters and marks that have another form, which is the one that people type. */
const DECOMPOSED = /[\u0300-\u036f\u3099\u309a\uf900-\ufaff\u212a\u212b]/;

/**
 * Cleans every text: PostgreSQL stores no NUL, half a surrogate pair is no character, and a search finds a word only if its letters
 * are the ones that people type (Unicode's normalization form C).
 */
export function cleanText(text: string): string {
  const clean = text
    .toWellFormed()
    .replace(/\r\n?|[\u2028\u2029\u0085]/g, '\n')
    .replace(UNSEEN, '')
    .replace(JOINERS, '')
    .replace(BOX_LINE, withBoxes)
    .replace(BULLETS, '•');
  return DECOMPOSED.test(clean) ? clean.normalize('NFC') : clean;
}

export function encodingOf(bytes: Uint8Array, declared?: string): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  const wide = refuseBinary(bytes);
  if (wide) return wide;
  const sample = bytes.subarray(0, SAMPLE);
  const named = declared && labelled(declared);
  if (named === 'iso-2022-jp' || isIso2022Jp(sample)) return 'iso-2022-jp';
  if (isUtf8(bytes)) {
    const other = sevenBitEncoding(sample);
    if (other) throw doubt([other]);
    return 'utf-8';
  }
  if (named && named !== 'utf-8' && !named.startsWith('utf-16') && decodesTo(tellingLines(bytes), named)) return named;
  const telling = tellingLines(bytes);
  return mostlyUtf8(telling) ? 'utf-8' : legacyOrWide(telling, sample);
}

/** Chinese in UTF-16 has no zero bytes where it has no spaces. */
function legacyOrWide(telling: Uint8Array, sample: Uint8Array): string {
  try {
    return legacyEncoding(telling);
  } catch (error) {
    const wide = wideEncoding(sample);
    if (wide) return wide;
    throw error;
  }
}

/** UTF-16 without its mark shows by where its zero bytes are, or by its letters; other zero or control bytes are no text. */
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
  const wide = wideEncoding(sample);
  if (!wide) throw unsupported(BINARY);
  return wide;
}

/** Escapes to Japanese characters, in a text whose bytes are all of 7 bits. */
const isIso2022Jp = (sample: Uint8Array): boolean =>
  ['\x1b$B', '\x1b$@'].some((mark) => Buffer.from(sample).includes(mark)) && sample.every((byte) => byte < 0x80);

/** True if the bytes are valid in this encoding. */
const decodesTo = (sample: Uint8Array, encoding: string): boolean =>
  !/[\ufffd\u0080-\u0084\u0086-\u009f]/.test(new TextDecoder(encoding).decode(sample));

/** The encoding that a file of text names: in XML, HTML, Python, CSS, or in its media type. */
export function declaredEncoding(bytes: Uint8Array, mediaType = ''): string | undefined {
  const head = Buffer.from(bytes.subarray(0, 4_096)).toString('latin1');
  const found =
    /^\s{0,20}<\?xml[^>]{0,200}encoding\s{0,5}=\s{0,5}["']([\w.:-]{2,40})/i.exec(head) ??
    /<meta[^<>]{0,200}charset\s{0,5}=\s{0,5}["']?\s{0,5}([\w.:-]{2,40})/i.exec(head) ??
    /^(?:[^\n]{0,200}\n)?[ \t\f]{0,20}(?:#|\/\/|;|\/\*|%)[^\n]{0,200}?coding[:=][ \t]{0,5}([\w.-]{2,40})/.exec(head) ??
    /^@charset "([\w.:-]{2,40})"/i.exec(head) ??
    /charset\s{0,5}=\s{0,5}["']?([\w.:-]{2,40})/i.exec(mediaType);
  return found?.[1];
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

/** Bytes of lines that tell an encoding, and bytes of one line. */
const TELLING = 2 ** 14;
const LONGEST_LINE = 2 ** 12;

/** The first lines with bytes over 0x7f, wherever they are in the file: the others are the same in most encodings. */
function tellingLines(bytes: Uint8Array): Uint8Array {
  const lines: Uint8Array[] = [];
  let length = 0;
  for (let at = 0; at < bytes.length && length < TELLING; ) {
    if ((bytes[at] as number) < 0x80) {
      at += 1;
      continue;
    }
    const start = Math.max(bytes.lastIndexOf(0x0a, at) + 1, at - LONGEST_LINE / 2);
    const newline = bytes.indexOf(0x0a, at);
    // Cuts the line before a byte that is a whole character.
    const end = newline < 0 ? bytes.length : newline + 1;
    const to = end - start > LONGEST_LINE ? wholeEnd(bytes, start, start + LONGEST_LINE) : end;
    lines.push(bytes.subarray(start, Math.max(to, at + 1)));
    length += to - start;
    at = Math.max(end, to);
  }
  return Buffer.concat(lines);
}

/** The last place before `end` after a byte under 0x80; `end` where there is none. */
function wholeEnd(bytes: Uint8Array, start: number, end: number): number {
  for (let at = end; at > start; at -= 1) if ((bytes[at - 1] as number) < 0x40) return at;
  return end;
}
