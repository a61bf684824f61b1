import PostalMime, { type Address, type Email } from 'postal-mime';
import { AppError } from '#core/errors.ts';
import type { ParsedDocument } from '#core/ports/document-parser.ts';
import { calendarText } from './calendar.ts';
import { declaredEncoding, encodingOf } from './decode.ts';
import { count, tooMuch, unreadable } from './failures.ts';
import { parseHtml } from './html.ts';
import { attachedTexts, type ReadPart } from './mail-attachments.ts';
import { bodyOf } from './mail-body.ts';
import type { Limits } from './options.ts';
import type { DocumentInPieces } from './pieces.ts';

const MAIL = 'message/rfc822';
const SAVED_PAGE = 'multipart/related';

/** Fields of a message's header; two of them at the beginning of a file make a message. */
const FIELD =
  /^(?:from|to|cc|subject|date|received|return-path|mime-version|message-id|delivered-to|content-type|reply-to|x-[\w-]{1,60}):[ \t]?/i;
const MBOX_LINE = /^From \S{1,320} .{5,60}$/;

/** True for a message, a mailbox or a page that a browser saved in this format. A file name with another extension decides against it. */
export function isMail(head: string, ending: string, mediaType: string): boolean {
  const named =
    /^(?:eml|mht|mhtml|mbox)$/.test(ending) ||
    /^(?:message\/rfc822|multipart\/related|application\/mbox)$/.test(mediaType);
  if (!named && /^(?:txt|md|markdown|csv|json|log|ya?ml|http)$/.test(ending)) return false;
  const [first = '', ...others] = head.replace(/^\s+/, '').split(/\r?\n/, 60);
  const lines = MBOX_LINE.test(first) ? others : [first, ...others];
  const end = lines.indexOf('');
  const fields = lines.slice(0, end < 0 ? lines.length : end).filter((line) => !/^[ \t]/.test(line));
  if (!fields.every((line) => /^[!-9;-~]{1,100}:/.test(line) || line === '')) return false;
  return fields.filter((line) => FIELD.test(line)).length >= (named ? 1 : 3);
}

/** How the parts of a message are read. */
interface Reading {
  readonly limits: Limits;
  /** Absent: files that are attached are only named. */
  readonly readPart?: ReadPart | undefined;
}

/**
 * A message: its subject, who wrote it to whom and when, its text, the names of what is attached, and messages and files that are. A
 * saved page: what it shows.
 */
export async function parseMail(
  bytes: Buffer,
  limits: Limits,
  readPart?: ReadPart,
): Promise<ParsedDocument | DocumentInPieces> {
  const reading = { limits, readPart };
  if (/^\s{0,10}From \S/.test(bytes.toString('latin1', 0, 100))) return mailbox(bytes, reading);
  const mail = await parsed(bytes, true);
  refuseEncrypted(mail);
  if (mail.html && isSavedPage(mail)) {
    const page = parseHtml(Buffer.from(mail.html), limits);
    return { ...page, mediaType: SAVED_PAGE, title: page.title ?? mail.subject ?? null };
  }
  return { text: await shown(mail, reading), mediaType: MAIL, title: mail.subject ?? null };
}

/** The library takes some 8 microseconds a line, however short. 50 MB of attachments in base64 have 700,000. */
const MOST_LINES = 1_000_000;

/** A text part of a message in the library. */
interface TextPart {
  readonly content: ArrayBuffer | null;
  readonly contentType: { readonly parsed: { readonly params: Record<string, string> } };
}
type Library = { isInlineTextNode(part: TextPart): boolean };

/** The library decodes by what a part declares alone. Programs declare US-ASCII or Latin-1 for UTF-8: the bytes decide. */
class Reader extends PostalMime {
  /** True: an encoding that cannot be told refuses the message. */
  isStrict = false;

  isInlineTextNode(part: TextPart): boolean {
    const isText = (PostalMime.prototype as unknown as Library).isInlineTextNode.call(this, part);
    const { params } = part.contentType.parsed;
    if (!isText || !part.content) return isText;
    try {
      const bytes = new Uint8Array(part.content);
      params['charset'] = encodingOf(bytes, params['charset'] ?? declaredEncoding(bytes));
    } catch (error) {
      if (this.isStrict && error instanceof AppError && error.code === 'BAD_USER_INPUT') throw error;
    }
    return true;
  }
}

/** A message whose only content is locked says nothing but its subject. */
function refuseEncrypted(mail: Email): void {
  const type = headerOf(mail, 'content-type') ?? '';
  const isLocked =
    /^multipart\/encrypted/i.test(type) ||
    (/^application\/(?:x-)?pkcs7-mime/i.test(type) && !/signed-data/i.test(type)) ||
    /^\s*-----BEGIN PGP MESSAGE-----/.test(mail.text ?? '');
  if (isLocked)
    throw unreadable('The message is encrypted; open it in your mail program, save it decrypted and upload that');
}

async function parsed(bytes: Buffer, isStrict: boolean): Promise<Email> {
  let lines = 0;
  for (let at = bytes.indexOf(LINE_END); at >= 0; at = bytes.indexOf(LINE_END, at + 1)) {
    lines += 1;
    if (lines > MOST_LINES)
      throw tooMuch(`The message has more than ${count(MOST_LINES)} lines, which is too much to read`);
  }
  // Messages within it are read by this reader too.
  const reader = new Reader({ maxNestingDepth: 50, maxHeadersSize: 2 ** 20, forceRfc822Attachments: true });
  reader.isStrict = isStrict;
  try {
    return await reader.parse(new Uint8Array(bytes));
  } catch (error) {
    if (error instanceof Error && /^Maximum (?:MIME nesting|header size)/.test(error.message))
      throw tooMuch('The message has too many parts, or nests them too deeply, to be read; save its parts as files');
    throw error;
  }
}
const LINE_END = 0x0a;

const headerOf = ({ headers }: Email, key: string): string | undefined =>
  headers.find((header) => header.key === key)?.value.trim();

const isSavedPage = (mail: Email): boolean =>
  headerOf(mail, 'snapshot-content-location') !== undefined ||
  /^<?saved by /i.test(headerOf(mail, 'from') ?? '') ||
  (mail.to === undefined &&
    mail.text === undefined &&
    /^multipart\/related/i.test(headerOf(mail, 'content-type') ?? ''));

/** Reads the messages of a mailbox one by one (mbox). */
function mailbox(bytes: Buffer, reading: Reading): DocumentInPieces {
  return { mediaType: 'application/mbox', title: null, pieces: messagesIn(bytes, reading) };
}

async function* messagesIn(bytes: Buffer, reading: Reading): AsyncGenerator<string> {
  for (let start = 0; start < bytes.length; ) {
    const next = bytes.indexOf('\nFrom ', start + 1);
    const end = next < 0 ? bytes.length : next + 1;
    const firstLine = bytes.indexOf(0x0a, start);
    const message = bytes.subarray(firstLine < 0 ? end : firstLine + 1, end);
    if (message.length > 0) yield `${await shown(await parsed(unescaped(message), false), reading)}\n\n`;
    start = end;
  }
}

/** Lines of a text that begin with "From " have a mark before them in a mailbox. */
const unescaped = (message: Buffer): Buffer =>
  message.includes('\n>From ')
    ? Buffer.from(message.toString('latin1').replace(/^>(>*From )/gm, '$1'), 'latin1')
    : message;

const CALENDAR = /^(?:text\/calendar|application\/ics)$/;
const READ_AS_PARTS = /^(?:text\/calendar|application\/ics|message\/rfc822)$/;

/** Messages that are attached to messages that are attached, and so on. */
const DEEPEST = 20;

/** `depth`: of a message that is attached to another one. Those that are attached to it follow its text. */
async function shown(mail: Email, reading: Reading, depth = 0): Promise<string> {
  const { subject, from, to, cc, attachments } = mail;
  const within: string[] = [];
  for (const { mimeType, content } of attachments)
    if (mimeType === MAIL && typeof content !== 'string' && depth < DEEPEST)
      within.push(await shown(await parsed(Buffer.from(new Uint8Array(content)), false), reading, depth + 1));
    else if (CALENDAR.test(mimeType) && typeof content !== 'string')
      within.push(calendarText(new TextDecoder().decode(content)));
  const files = attachments.filter(({ mimeType }) => !READ_AS_PARTS.test(mimeType));
  const texts = reading.readPart ? await attachedTexts(files, reading.readPart, reading.limits.maxCharacters / 2) : [];
  const named = attachments.map(({ filename }) => filename).filter((name): name is string => !!name?.trim());
  const fields = [
    ['From', from && addressText(from)],
    ['To', to?.map(addressText).join(', ')],
    ['Cc', cc?.map(addressText).join(', ')],
    ['Date', headerOf(mail, 'date')],
  ].flatMap(([name, value]) => (value ? [`${name}: ${value}`] : []));
  return [
    subject ? `${depth > 0 ? '##' : '#'} ${subject.replace(/\s+/g, ' ')}` : '',
    fields.join('\n'),
    bodyOf(mail, reading.limits).trim(),
    named.length > 0 ? `Attachments: ${named.join(', ')}` : '',
    ...within,
    ...texts.map(({ name, text }) => `## Attachment: ${name}\n\n${text}`),
  ]
    .filter((part) => part.trim() !== '')
    .join('\n\n');
}

function addressText(address: Address): string {
  if (address.group) return [address.name, ...address.group.map(addressText)].filter(Boolean).join(', ');
  return address.name && address.address
    ? `${address.name} <${address.address}>`
    : address.name || (address.address ?? '');
}
