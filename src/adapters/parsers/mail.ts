import PostalMime, { type Address, type Email } from 'postal-mime';
import type { ParsedDocument } from '#core/ports/document-parser.ts';
import { count, tooMuch } from './failures.ts';
import { htmlText, parseHtml } from './html.ts';
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

/** A message: its subject, who wrote it to whom and when, its text, the names of what is attached, and messages that are. A saved page: what it shows. */
export async function parseMail(bytes: Buffer, limits: Limits): Promise<ParsedDocument | DocumentInPieces> {
  if (/^\s{0,10}From \S/.test(bytes.toString('latin1', 0, 100))) return mailbox(bytes, limits);
  const mail = await parsed(bytes);
  if (mail.html && isSavedPage(mail)) {
    const page = parseHtml(Buffer.from(mail.html), limits);
    return { ...page, mediaType: SAVED_PAGE, title: page.title ?? mail.subject ?? null };
  }
  return { text: await shown(mail, limits), mediaType: MAIL, title: mail.subject ?? null };
}

/** The library takes some 8 microseconds a line, however short. 50 MB of attachments in base64 have 700,000. */
const MOST_LINES = 1_000_000;

function parsed(bytes: Buffer): Promise<Email> {
  let lines = 0;
  for (let at = bytes.indexOf(LINE_END); at >= 0; at = bytes.indexOf(LINE_END, at + 1)) {
    lines += 1;
    if (lines > MOST_LINES)
      throw tooMuch(`The message has more than ${count(MOST_LINES)} lines, which is too much to read`);
  }
  return PostalMime.parse(new Uint8Array(bytes), { maxNestingDepth: 50, maxHeadersSize: 2 ** 20 });
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
function mailbox(bytes: Buffer, limits: Limits): DocumentInPieces {
  return { mediaType: 'application/mbox', title: null, pieces: messagesIn(bytes, limits) };
}

async function* messagesIn(bytes: Buffer, limits: Limits): AsyncGenerator<string> {
  for (let start = 0; start < bytes.length; ) {
    const next = bytes.indexOf('\nFrom ', start + 1);
    const end = next < 0 ? bytes.length : next + 1;
    const firstLine = bytes.indexOf(0x0a, start);
    const message = bytes.subarray(firstLine < 0 ? end : firstLine + 1, end);
    if (message.length > 0) yield `${await shown(await parsed(message), limits)}\n\n`;
    start = end;
  }
}

/** Messages that are attached to messages that are attached, and so on. */
const DEEPEST = 5;

/** `depth`: of a message that is attached to another one. Those that are attached to it follow its text. */
async function shown(mail: Email, limits: Limits, depth = 0): Promise<string> {
  const { subject, from, to, cc, attachments } = mail;
  const within: string[] = [];
  for (const { mimeType, content } of attachments)
    if (mimeType === MAIL && typeof content !== 'string' && depth < DEEPEST)
      within.push(await shown(await parsed(Buffer.from(new Uint8Array(content))), limits, depth + 1));
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
    bodyOf(mail, limits).trim(),
    named.length > 0 ? `Attachments: ${named.join(', ')}` : '',
    ...within,
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

const wordsIn = (text: string): number => text.match(/[\p{L}\p{N}]+/gu)?.length ?? 0;

/** The plain text, or what the page in the message shows, where that says much more. */
function bodyOf({ text = '', html }: Email, limits: Limits): string {
  if (!html || html.length > limits.maxCharacters) return text;
  const page = htmlText(html);
  return wordsIn(page) > 1.5 * wordsIn(text) ? page : text;
}
